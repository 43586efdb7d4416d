"""Values in small files of strangers that once failed: codes, days, numbers, and what a row says."""

from datetime import date

import pytest

from data.db.models.city import Area, Building, Event, Hazard, HazardStep, Home, Inspection
from data.importing.errors import WrongMapping
from data.importing.mapping.parser import read_mapping
from tests.data.importing.shared_inputs import (
    FAILING,
    LOOKED_UP,
    PLAIN_BUILDINGS,
    TOP,
    VISITS,
    anytown,
    beside,
    codes,
    failing,
    their,
)
from tests.data.riverton import reasons

__all__ = ["anytown"]  # a fixture
pytestmark = beside
DRAWN_BUILDINGS = TOP.replace('["csv", "xlsx"]', '"geojson"') + (
    '[building]\ncode = {{ column = "code" }}\nplace = {{ geometry = true, datum = "WGS84" }}\n'
)


def test_15_and_b05_codes_kept_as_floats_are_whole(anytown):
    failing(anytown, "15_float_code.geojson", "anytown_a_areas")
    assert {one.code for one in anytown.rows(Area)} == {"S", "6301200042"}
    outcome = failing(anytown, "b05-codes-as-floats.geojson", DRAWN_BUILDINGS.format("points"))
    assert (reasons(outcome), codes(anytown)) == (["value_missing"], {"B1", "B2", "440306001001"})


def test_22_every_day_is_read_by_itself_or_by_a_key(anytown):
    by_itself = failing(anytown, "22_dates.csv", "anytown_zh")
    assert reasons(by_itself) == ["date_unreadable", "date_unreadable", "date_incomplete"]
    keys = their("anytown_zh", ('"%Y%m%d"]', '"%Y%m%d", "excel", "roc"], which_day = "first"'))
    assert failing(anytown, "22_dates.csv", keys).faults == []
    found = {one.day for one in anytown.rows(Event)}
    assert found == {date(2024, 3, 5), date(2023, 3, 15), date(2024, 3, 1)}


def test_23_a_decimal_comma_is_read_where_the_mapping_says_so(anytown):
    signs = [(f'{{ column = "{side}" }}', f'{{ column = "{side}", decimal = [",", "."] }}') for side in ("LON", "LAT")]
    assert failing(anytown, "23_decimal_comma.csv", their("anytown_semi", *signs)).faults == []
    assert {one.lon for one in anytown.rows(Building) if one.code.startswith("M")} == {113.85}


def test_24_units_and_thousands_are_taken_off_where_the_mapping_says_so(anytown):
    units = ('column = "UNITS"', 'column = "UNITS", thousands = ",", strip = ["户", "%"]')
    year = ('column = "YEAR"', 'column = "YEAR", strip = ["年"]')
    outcome = failing(anytown, "24_numbers_with_units.csv", their("anytown_b", units, year))
    taken = {one.code: one.homes for one in anytown.rows(Building) if one.code.startswith("I")}
    assert taken == {"I6": 1200, "I7": 10, "I8": 10, "I9": 100, "I10": 95, "I11": 10}
    assert len(outcome.faults) == 7


def test_31_codes_of_16_digits_are_taken(anytown):
    assert failing(anytown, "31_code_of_16_digits.csv", "anytown_b").faults == []
    assert codes(anytown) >= {"1120024814982980", "1112883110407381"}


def test_34_a_place_that_drifts_keeps_every_visit(anytown):
    mapping = TOP.format("drifts") + (
        '[building]\nrepeats = "latest"\ncode = { column = "CODE" }\naddress = { column = "ADDRESS" }\n'
        'place = { lon = { column = "LON" }, lat = { column = "LAT" }, datum = "WGS84" }\n'
        '[inspection]\nkey = { column = "VISIT" }\nday = { column = "DAY" }\n'
    )
    assert failing(anytown, "34_place_drifts.csv", mapping).faults == []
    assert anytown.count(Inspection) == 2
    assert anytown.building({"code": "B1"}).address == "701 N Street"


def test_35_a_status_and_its_day(anytown):
    mapping = LOOKED_UP.format("status", "BUILDING") + (
        '[hazard]\nkey = { column = "ID" }\ngroup = "fire"\ncategory = "x"\nseverity = "low"\n'
        'found_on = { column = "FOUND" }\n[[hazard.step]]\nstep = "resolved"\n'
        'where = { column = "STATUS", equals = "Close" }\nday = { column = "STATUS_DAY" }\n'
    )
    assert failing(anytown, "35_status_and_its_day.csv", mapping).faults == []
    assert [(one.step, one.day) for one in anytown.rows(HazardStep) if one.step != "found"] == [
        ("resolved", date(2024, 2, 1))
    ]


def test_36_three_hazards_in_a_row(anytown):
    hazards = "".join(
        f'[[hazard]]\nwhere = {{ column = "{item}", equals = "NO" }}\n'
        f'key = {{ parts = [{{ column = "RSN" }}, "{item}"] }}\ngroup = "fire"\ncategory = "{item}"\n'
        'severity = "high"\nfound_on = 2017-01-01\n'
        for item in ("FIRE_PLAN", "FIRE_ALARM", "SPRINKLER")
    )
    mapping = LOOKED_UP.format("three", "RSN").replace('{ column = "RSN" }', '{ column = "RSN", prefix = "B" }')
    assert failing(anytown, "36_three_hazards_in_a_row.csv", mapping + hazards).faults == []
    assert anytown.count(Hazard) == 4


def test_37_a_published_score_with_decimals_is_taken(anytown):
    scored = VISITS.format("scores", "CODE", "CODE").replace('"day"', '"DAY"')
    outcome = failing(anytown, "37_score_without_result.csv", scored + 'published_score = { column = "SCORE" }\n')
    assert outcome.faults == []
    assert {one.published_score for one in anytown.rows(Inspection)} == {50.0, 81.1}


def test_38_a_home_without_lift_is_taken(anytown):
    mapping = TOP.format("homes") + (
        '[building]\nexisting = true\ncode = { column = "building" }\n[project]\ncode = "p"\nname = "P"\n'
        'operator = "P"\naddress = "P"\nrepeats = true\n'
        'place = { lon = { column = "lon" }, lat = { column = "lat" }, datum = "WGS84" }\n[home]\n'
        'code = { column = "room" }\nrooms = { column = "rooms" }\narea_m2 = { column = "area" }\n'
        'floor = { column = "floor", strip = ["A"] }\nrent_yuan_month = { column = "rent" }\n'
    )
    assert failing(anytown, "38_home_without_lift.csv", mapping).faults == []
    assert [(one.floor, one.lift, one.barrier_free) for one in anytown.rows(Home)] == [(3, None, None)]


def test_39_scores_of_one_and_of_two_digits_are_taken(anytown):
    mapping = LOOKED_UP.format("wide", "CODE") + (
        '[inspection]\nkey = { column = "CODE" }\nday = { column = "DAY" }\n'
        '[inspection.answers]\nchecklist = "wide"\nitems = { score = "SCORE" }\nmost = 100\n'
    )
    assert failing(anytown, "39_wide_scores.csv", mapping).faults == []
    assert {one.answers for one in anytown.rows(Inspection)} == {"=87", "=9"}


def test_41_a_project_without_place_is_refused_when_the_mapping_is_read():
    with pytest.raises(WrongMapping, match="project: 'place' is missing"):
        read_mapping(FAILING / "41_project_without_place.toml")


@pytest.mark.parametrize("name", ["b03a-gpkg-datetime-naive.gpkg", "b03b-gpkg-datetime-plus8.gpkg"])
def test_b03_times_of_a_geopackage_need_no_form(anytown, name):
    mapping = VISITS.format("gpkg", "building", "id").replace('["csv", "xlsx"]', '"gpkg"')
    assert failing(anytown, name, mapping).faults == []
    assert {one.day for one in anytown.rows(Inspection)} == {date(2024, 1, 5), date(2024, 3, 1)}


def test_b04_the_citys_zone_decides_the_day_of_a_stamp(anytown):
    assert failing(anytown, "b04-stamps.csv", VISITS.format("stamps", "building", "id")).faults == []
    assert [one.day for one in anytown.rows(Inspection)] == [date(2024, 1, 5)] * 5


def test_b08_invisible_signs_make_no_second_building(anytown):
    outcome = failing(anytown, "b08-invisible-signs-in-codes.csv", PLAIN_BUILDINGS.format("signs"))
    assert reasons(outcome) == ["duplicate_code"] * 3 + ["code_capitals", "duplicate_code"]
    assert codes(anytown) == {"B1", "B2"}


def test_b38_what_a_spreadsheet_puts_round_a_text_is_taken_off(anytown):
    assert failing(anytown, "b38-spreadsheet-text-trick.csv", PLAIN_BUILDINGS.format("trick")).faults == []
    assert codes(anytown) == {"B1", "B2", "001"}
