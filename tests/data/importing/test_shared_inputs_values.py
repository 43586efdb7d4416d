"""Small files of strangers that once failed. Skips where the reference folder is not beside the project."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database
from data.db.models.city import Area, Building, Event, Hazard, HazardStep, Home, Inspection
from data.importing.errors import WrongMapping
from data.importing.mapping.choose_mapping import allotted
from data.importing.mapping.parser import mapping_of, read_mapping
from data.importing.writing.run import import_file
from tests.data.riverton import Desk, read_here, reasons, square, write_geojson

FAILING = Path(__file__).resolve().parents[4] / "shared" / "failing-inputs"
pytestmark = pytest.mark.skipif(not FAILING.is_dir(), reason="../shared/failing-inputs is not there")
ON = date(2026, 11, 26)
TOP = 'title = "Anytown: {0}"\ncity = "anytown"\nfiles = "*"\nformat = ["csv", "xlsx"]\n'
LOOKED_UP = TOP + '[building]\nexisting = true\ncode = {{ column = "{1}" }}\n'
PLAIN_BUILDINGS = TOP + (
    '[building]\ncode = {{ column = "code" }}\nname = {{ column = "name" }}\naddress = {{ column = "address" }}\n'
    'place = {{ lon = {{ column = "lon" }}, lat = {{ column = "lat" }}, datum = "WGS84" }}\n'
)
DRAWN_BUILDINGS = TOP.replace('["csv", "xlsx"]', '"geojson"') + (
    '[building]\ncode = {{ column = "code" }}\nplace = {{ geometry = true, datum = "WGS84" }}\n'
)
VISITS = LOOKED_UP + '[inspection]\nkey = {{ column = "{2}" }}\nday = {{ column = "day" }}\n'


@pytest.fixture
def anytown(tmp_path) -> Desk:
    """A city of one street and two buildings, by its own mappings."""
    town = Desk(open_database(f"sqlite:///{tmp_path / 'anytown.sqlite'}"), tmp_path)
    areas = write_geojson(tmp_path / "areas.geojson", [{"code": "S", "name": "S"}], [square(113.8, 22.45, 0.2)])
    take(town, read_mapping(FAILING / "mappings" / "anytown_a_areas.toml"), areas)
    listed = tmp_path / "listed.csv"
    listed.write_text("code,name,address,lon,lat\nB1,A,a,113.9,22.55\nB2,B,b,113.9,22.55\n", encoding="utf-8")
    take(town, mapping_of("listed", PLAIN_BUILDINGS.format("listed")), listed)
    return town


def take(town: Desk, mapping, path: Path):
    return import_file(town.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read_here)


def failing(town: Desk, name: str, mapping):
    """mapping: a text, or the name of one beside the files."""
    path = FAILING / name
    if not mapping.startswith("anytown_"):
        return take(town, mapping_of("theirs", mapping), path)
    copy = town.folder / name
    shutil.copy(path, copy)
    ((chosen, file),) = allotted([read_mapping(FAILING / "mappings" / f"{mapping}.toml")], [copy])
    return take(town, chosen, file)


def their(mapping: str, *changes: tuple[str, str]) -> str:
    text = (FAILING / "mappings" / f"{mapping}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def codes(town: Desk) -> set[str]:
    return {one.code for one in town.rows(Building)}


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
