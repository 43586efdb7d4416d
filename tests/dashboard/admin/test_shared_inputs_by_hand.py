"""Small files of strangers that once ended the import page: handed in, matched by hand, and taken in."""

from collections.abc import Iterator

import pytest
import streamlit as st

from dashboard.admin.imports import upload_store
from dashboard.cache import background_jobs as jobs
from data.db.models.city import Area
from tests.dashboard.admin.test_import_page import finished, opened, press, said, sign_in
from tests.dashboard.admin.test_ways_of_reading import box, columns_offered
from tests.data.importing.shared_inputs import FAILING, anytown_in, beside, codes
from tests.data.riverton import Desk

pytestmark = beside
PLAIN = ["CODE", "NAME", "ADDRESS", "UNITS", "YEAR", "LON", "LAT", "DAY"]


@pytest.fixture
def town(tmp_path, monkeypatch) -> Iterator[Desk]:
    """Anytown, with the pages pointed at it."""
    town = anytown_in(tmp_path)
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(town.engine.url))
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    monkeypatch.setattr("dashboard.cache.job_process.APART", False)
    monkeypatch.setattr(upload_store, "FOLDER", tmp_path / "uploads")
    monkeypatch.setattr(jobs.JOBS, "_jobs", {})
    forget()
    sign_in(monkeypatch, "administrator")
    yield town
    forget()


def forget() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def handed_in(name: str, target: str = "building"):
    page = opened()
    page = page.file_uploader[0].set_value((name, (FAILING / name).read_bytes(), "text/csv")).run()
    assert not page.exception
    chosen = box(page, "What the file holds")
    return page if chosen.value == target else chosen.set_value(target).run()


def taken_in(page, records: int):
    page = finished(press(page, "Check"))
    assert not page.exception
    page = finished(press(page, f"Import ({records} {'record' if records == 1 else 'records'})"))
    assert not page.exception
    return page


def areas(town: Desk) -> set[str]:
    return {one.code for one in town.rows(Area)}


def test_01_a_workbook_shows_its_columns_and_each_sheet_can_be_taken(town):
    page = handed_in("01_screen_xlsx.xlsx")
    assert columns_offered(page)[1:] == PLAIN and box(page, "Sheet").value == "Sheet"
    assert "Others hold rows too: 'second' (1); choose one above if it is meant." in said(page)
    page = box(page, "Sheet").set_value("second").run()
    assert "Others hold rows too" not in said(page)
    taken_in(page, 1)
    assert codes(town) == {"B1", "B2", "S2A"}


def test_02_a_geopackage_shows_its_columns_whatever_its_layer_is_called(town):
    page = handed_in("02_screen_gpkg.gpkg", "area")
    assert columns_offered(page)[1:] == ["code", "name"]
    taken_in(page, 1)
    assert areas(town) == {"S", "Q1"}


def test_03_lines_that_end_as_on_old_macs_are_lines(town):
    page = handed_in("03_screen_cr_only.csv")
    assert columns_offered(page)[1:] == PLAIN
    taken_in(page, 1)
    assert codes(town) == {"B1", "B2", "A1"}


def test_26_a_total_is_pointed_out_before_anything_is_taken_in(town):
    page = finished(press(handed_in("26_total_row.csv"), "Check"))
    assert "A total or a note" in said(page)
    finished(press(page, "Import (1 record)"))
    assert codes(town) == {"B1", "B2", "TO9"}


def test_b26_the_layer_with_features_is_read_beside_the_styles_of_qgis(town):
    page = handed_in("b26-gpkg-with-layer-styles.gpkg", "area")
    assert columns_offered(page)[1:] == ["code", "name"] and box(page, "Layer") is None
    taken_in(page, 1)
    assert areas(town) == {"S", "S1"}


def test_b40_the_table_on_the_second_sheet_is_found_and_another_sheet_can_be_chosen(town):
    page = handed_in("b40-table-on-the-second-sheet.xlsx")
    assert columns_offered(page)[1:] == ["统一地址编码", "楼栋名称", "经度", "纬度"]
    assert (box(page, "Sheet").value, box(page, "Sheet").options) == ("台账", ["填表说明", "台账"])
    taken_in(page, 1)
    assert town.building({"code": "B1"}).name == "A"
