"""Any file the importer can read shows its columns; what a file does not say itself is chosen on the screen."""

from types import SimpleNamespace

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from dashboard.admin.imports import ways_of_reading as ways_of_reading_module
from dashboard.admin.imports.upload_store import Upload
from dashboard.i18n import LANGUAGES, translator
from dashboard.look.choices import offered
from data.importing.mapping.guess_columns import TARGETS_ON_SCREEN
from data.importing.text_encodings import ENCODINGS
from tests.dashboard.admin.test_import_page import finished, handed_in, own_district, press, rows_of, said, sign_in

__all__ = ["own_district"]  # a fixture
HEADING = ("CODE", "NAME", "LON", "LAT")
BIG5 = "編號,名稱\nB1,大安區復興南路\n".encode("big5")


def workbook(path, **sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path.read_bytes()


def layers(path, **rows: int) -> bytes:
    for layer, count in rows.items():
        frame = pd.DataFrame({"CODE": [f"{layer}{n}" for n in range(count)], layer: ["x"] * count})
        gpd.GeoDataFrame(frame, geometry=[shapely.Point(113.9, 22.5)] * count, crs=4326).to_file(
            path, driver="GPKG", layer=layer
        )
    return path.read_bytes()


def box(page: AppTest, label: str):
    """The box of that name; None where there is none."""
    return next((one for one in page.selectbox if one.label.removesuffix(" *") == label), None)


def columns_offered(page: AppTest) -> list[str]:
    return box(page, "Code").options


def test_a_workbook_shows_its_columns_and_another_sheet_can_be_chosen(own_district, tmp_path, monkeypatch):
    sign_in(monkeypatch, "administrator")
    data = workbook(
        tmp_path / "w.xlsx",
        说明=[["本表由网格员填写"]],
        台账=[[*HEADING], ["B1", "A", 113.9, 22.55]],
        旧=[["ID", "CODE"], ["B9", "Z"]],
    )
    page = handed_in(own_district, data, name="w.xlsx")
    assert not page.exception
    assert box(page, "Sheet").value == "台账" and columns_offered(page)[1:] == list(HEADING)
    page = box(page, "Sheet").set_value("旧").run()
    assert columns_offered(page)[1:] == ["ID", "CODE"]
    assert 'sheet = "旧"' in page.code[0].value


def test_a_geopackage_of_qgis_shows_the_columns_of_its_one_layer_with_shapes(own_district, tmp_path, monkeypatch):
    sign_in(monkeypatch, "administrator")
    layers(tmp_path / "w.gpkg", houses=2)
    pyogrio.write_dataframe(
        pd.DataFrame({"f_table_name": ["houses"], "styleQML": ["<qgis/>"]}), tmp_path / "w.gpkg", layer="layer_styles"
    )
    page = handed_in(own_district, (tmp_path / "w.gpkg").read_bytes(), name="w.gpkg")
    assert not page.exception and box(page, "Layer") is None
    assert columns_offered(page)[1:] == ["CODE", "houses"]


def test_of_several_layers_one_is_chosen_on_the_screen(own_district, tmp_path, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = handed_in(own_district, layers(tmp_path / "w.gpkg", a=1, b=3), name="w.gpkg")
    assert not page.exception and box(page, "Layer").options == ["a", "b"]
    page = box(page, "Layer").set_value("b").run()
    assert columns_offered(page)[1:] == ["CODE", "b"] and "3 rows" in said(page)
    assert 'layer = "b"' in page.code[0].value


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_in_any_way(own_district, monkeypatch, end):
    sign_in(monkeypatch, "administrator")
    data = end.join([";".join(HEADING), "B1;House;113.9;22.5"]).encode()
    page = handed_in(own_district, data, name="w.csv")
    assert not page.exception and columns_offered(page)[1:] == list(HEADING)
    assert 'delimiter = ";"' in page.code[0].value


def test_an_encoding_that_is_not_certain_is_asked_for_and_the_text_is_shown(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = handed_in(own_district, BIG5, name="w.csv")
    assert not page.exception and "perhaps" in said(page) and box(page, "Code") is None
    page = box(page, "Encoding of the text").set_value("big5").run()
    assert "大安區復興南路" in said(page) and columns_offered(page)[1:] == ["編號", "名稱"]
    page = box(page, "Code").set_value("編號").run()
    assert 'encoding = "big5"' in page.code[0].value


def test_the_row_of_the_heading_is_found_and_can_be_corrected(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    data = "宝安区出租屋一览表\n统计日期：2024\nCODE,NAME\nA1,House\nA2,Mill\n".encode()
    page = handed_in(own_district, data, name="w.csv")
    assert page.number_input[0].value == 3 and columns_offered(page)[1:] == ["CODE", "NAME"]
    assert "heading_row = 3" in page.code[0].value
    page = page.number_input[0].set_value(4).run()
    assert columns_offered(page)[1:] == ["A1", "House"]
    page = page.number_input[0].set_value(40).run()
    assert "there is a heading and no row" in said(page)
    page = page.number_input[0].set_value(3).run()
    assert columns_offered(page)[1:] == ["CODE", "NAME"]


def test_what_would_be_overlooked_is_said_before_and_after_the_import(own_district, tmp_path, monkeypatch):
    sign_in(monkeypatch, "administrator")
    book = openpyxl.Workbook()
    ((lon, lat),) = rows_of(own_district, "SELECT lon, lat FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    for row in (HEADING, ("N1", "A", lon, lat), ("合计", "", "", "")):
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.save(tmp_path / "w.xlsx")
    page = finished(press(handed_in(own_district, (tmp_path / "w.xlsx").read_bytes(), name="w.xlsx"), "Check"))
    assert "Hidden rows of the sheet are read like the others: 1" in said(page)
    assert "A total or a note" in said(page)
    page = finished(press(page, "Import (1 record)"))
    assert "Hidden rows of the sheet" in said(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_encoding_has_a_name_on_the_screen(language):
    t = translator(language)
    names = [t(f"imports.encoding_{name}") for name in ("by_itself", *ENCODINGS)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("sent", "taken"), [("big5", "big5"), ("../../etc/passwd", ""), ("\0", ""), (None, "")])
def test_an_encoding_that_no_box_has_offered_is_not_taken_for_a_choice(monkeypatch, tmp_path, sent, taken):
    """A browser can send any text; Streamlit passes it on."""
    upload = Upload("a.csv", tmp_path / ("0" * 32))
    state = {f"import_encoding_{upload.path.name}": sent}
    monkeypatch.setattr(ways_of_reading_module, "st", SimpleNamespace(session_state=state))
    assert ways_of_reading_module._chosen(upload).encoding == taken


def test_what_a_box_does_not_offer_is_no_choice_of_it():
    assert offered("area", TARGETS_ON_SCREEN, "building") == "area"
    assert offered("x", TARGETS_ON_SCREEN, "building") == "building"
    assert offered("x", iter(("y", "z")), None) is None
