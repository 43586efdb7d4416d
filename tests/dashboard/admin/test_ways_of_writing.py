"""How a column writes its numbers and days is said on the import page, where the column leaves it open."""

import pytest

from dashboard.i18n import LANGUAGES, translator
from tests.dashboard.admin.test_import_page import finished, handed_in, own_district, press, rows_of, said, sign_in
from tests.dashboard.admin.test_ways_of_reading import box

__all__ = ["own_district"]  # a fixture


def houses(file, *homes: str) -> bytes:
    """Buildings of so many homes, on an existing place."""
    ((lon, lat),) = rows_of(file, "SELECT lon, lat FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    lines = [f"NEW{number};{text};{lon};{lat}" for number, text in enumerate(homes)]
    return "\n".join(["CODE;Homes;LON;LAT", *lines]).encode()


def homes_of_new(file) -> list[int]:
    return [homes for (homes,) in rows_of(file, "SELECT homes FROM buildings WHERE code LIKE 'NEW%' ORDER BY code")]


def test_numbers_as_programs_write_them_are_not_asked_about(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    t = translator("en")
    page = handed_in(own_district, houses(own_district, "35", "1200"), name="w.csv")
    assert not page.exception and box(page, t("imports.number_form")) is None and not page.multiselect


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_and_units_that_can_mean_one_thing_are_read_and_shown(own_district, monkeypatch, language):
    sign_in(monkeypatch, "administrator")
    t = translator(language)
    page = handed_in(own_district, houses(own_district, "1,250户", "35户"), language, "w.csv")
    assert not page.exception
    assert page.multiselect[0].label == t("imports.units") and page.multiselect[0].value == ["户"]
    assert box(page, t("imports.number_form")).value == "1,234.5"
    assert "1,250户 → 1250 · 35户 → 35" in said(page)
    page = finished(press(page, t("imports.check")))
    finished(press(page, t("imports.import", n="2")))
    assert homes_of_new(own_district) == [1250, 35]


@pytest.mark.parametrize(("answer", "homes"), [("1,234.5", [1000, 2000]), ("1234,5", [1, 2])])
def test_numbers_that_can_be_read_in_two_ways_are_asked_about_and_never_preset(
    own_district, monkeypatch, answer, homes
):
    sign_in(monkeypatch, "administrator")
    t = translator("en")
    page = handed_in(own_district, houses(own_district, "1,000", "2,000"), name="w.csv")
    assert not page.exception and t("imports.choose_number_form") in said(page)
    assert t("imports.check") not in [button.label for button in page.button]
    page = box(page, t("imports.number_form")).set_value(answer).run()
    assert f"1,000 → {homes[0]} · 2,000 → {homes[1]}" in said(page)
    page = finished(press(page, t("imports.check")))
    finished(press(page, t("imports.import", n="2")))
    assert homes_of_new(own_district) == homes


def test_of_two_units_none_is_left_off_until_somebody_says_so(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = handed_in(own_district, houses(own_district, "12户", "35套"), name="w.csv")
    assert not page.exception and page.multiselect[0].value == []
    assert "12户 → not read · 35套 → not read" in said(page)
    page = page.multiselect[0].set_value(["户", "套"]).run()
    assert "12户 → 12 · 35套 → 35" in said(page)
    assert 'strip = ["户", "套"]' in page.code[0].value


def test_days_in_the_order_that_was_said_are_shown_as_they_will_be_read(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    t = translator("en")
    ((code,),) = rows_of(own_district, "SELECT code FROM buildings LIMIT 1")
    visits = f"编号,楼栋编码,巡查日期\n1,{code},05/01/2024\n".encode()
    page = handed_in(own_district, visits, name="巡查.csv")
    page = box(page, t("imports.day_order")).set_value("month_first").run()
    assert "05/01/2024 → 2024-05-01" in said(page)


@pytest.mark.parametrize(("which", "days"), [("", []), ("first", ["2026-03-01"]), ("last", ["2026-03-31"])])
def test_which_day_a_month_stands_for_is_chosen_and_without_it_such_rows_are_set_aside(
    own_district, monkeypatch, which, days
):
    sign_in(monkeypatch, "administrator")
    t = translator("en")
    ((code,),) = rows_of(own_district, "SELECT code FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    page = handed_in(own_district, f"案件编号,楼栋编码,案件类型,案发日期\nAJ-1,{code},火灾,2026-03\n".encode())
    chosen = box(page, t("imports.which_day"))
    assert not page.exception and chosen.value == ""
    page = chosen.set_value(which).run()
    assert f"2026-03 → {days[0] if days else t('imports.not_read')}" in said(page)
    page = finished(press(page, t("imports.check")))
    if days:
        finished(press(page, t("imports.import", n="1")))
    assert rows_of(own_district, "SELECT day FROM events WHERE source_key LIKE 'event:AJ-1%'") == [(d,) for d in days]
