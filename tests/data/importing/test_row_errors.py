"""What is wrong with a row sets that row aside, with a sentence that names the cure; the others are taken."""

from datetime import date

import pytest

from data.db.models.city import Area, Building, RejectedRow
from data.importing.writing.rejected_rows import write_rejected_rows
from tests.data.riverton import (
    BLOCKED_STAIRS,
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    PLUM,
    QUIET_VISIT,
    STREETS,
    reasons,
    sentence,
    square,
    write_geojson,
    write_xlsx,
)

BAD_BUILDINGS = {
    "place_missing": ({"lon": ""}, "fill in both coordinates"),
    "place_swapped": ({"lon": "22.55", "lat": "113.9"}, "swap them"),
    "place_outside": ({"lon": "116.4", "lat": "39.9"}, "outside 'riverton' (113.8 to 114 E, 22.45 to 22.65 N)"),
    "number_not_finite": ({"homes": "NaN"}, "'homes' holds 'NaN'"),
    "number_unreadable": ({"homes": "12 套"}, "write digits"),
    "number_out_of_range": ({"built": "98"}, "not between 1000 and 9999"),
    "value_unknown": ({"use": "厂房"}, "correct it or add it there"),
    "value_missing": ({"code": ""}, "'code' is empty; fill it in"),
    "code_shortened": ({"code": "4.40306E+17"}, "save the column as text"),
    "text_too_long": ({"name": "x" * 161}, "at most 160 fit"),
    "text_unreadable": ({"name": "Mill\x07House"}, "save the file as UTF-8"),
}


@pytest.mark.parametrize(("reason", "change", "words"), [(key, *value) for key, value in BAD_BUILDINGS.items()])
def test_a_bad_building_is_set_aside_with_its_own_sentence(desk, reason, change, words):
    outcome = desk.buildings(PLUM, MILL | change, HARBOUR)
    assert reasons(outcome) == [reason]
    assert words in sentence(outcome) and sentence(outcome).endswith(".")
    assert desk.count(Building) == 2
    (kept,) = desk.rows(RejectedRow)
    assert (kept.row_number, kept.reason, kept.row["name"]) == (2, reason, (MILL | change)["name"])


@pytest.mark.parametrize("number", ["inf", "-Infinity", "1e999", "nan"])
def test_no_number_without_an_end_comes_in(desk, number):
    assert reasons(desk.buildings(PLUM | {"lon": number}))[0] == "number_not_finite"
    assert desk.count(Building) == 0


@pytest.mark.parametrize("code", ["440306001001001000", "4403060010010010000000000", "4.40306001001001E+17", "4.4e17"])
def test_codes_shortened_by_excel_are_told_from_whole_ones(desk, code):
    assert reasons(desk.buildings(PLUM | {"code": code}, HARBOUR)) == ["code_shortened"]


def test_zeros_at_the_end_of_a_code_are_kept_when_the_mapping_says_so(desk):
    meant = BUILDINGS.replace('code = { column = "code" }', 'code = { column = "code", trailing_zeros = true }')
    assert desk.buildings(PLUM | {"code": "440306001001001000"}, mapping=meant).faults == []


def test_one_code_in_hundreds_may_end_in_noughts(desk):
    rows = [PLUM | {"code": f"4403060010010{number:05d}"} for number in range(2001)]
    assert desk.buildings(*rows).faults == []
    assert reasons(desk.buildings(*rows[:50])) == ["code_shortened"]


def test_a_number_of_more_than_15_digits_in_a_workbook_is_known_to_be_cut_short(desk):
    path = write_xlsx(desk.folder / "buildings.xlsx", [PLUM | {"code": 440306001001001001}])
    assert reasons(desk.hand_in(BUILDINGS, path)) == ["code_shortened"]


def test_a_code_that_stands_twice_is_set_aside_the_second_time(desk):
    outcome = desk.buildings(PLUM, HARBOUR, PLUM | {"name": "Another"})
    assert reasons(outcome) == ["duplicate_code"]
    assert f"'{PLUM['code']}' stood in row 1 already" in sentence(outcome)
    assert desk.building(PLUM).name == PLUM["name"]


def test_rows_that_repeat_a_building_must_agree(desk):
    repeats = BUILDINGS.replace("[building]", "[building]\nrepeats = true")
    outcome = desk.buildings(PLUM, PLUM, PLUM | {"homes": "13"}, mapping=repeats)
    assert reasons(outcome) == ["rows_conflict"]
    assert "Row 1 speaks of the same building and says '12' for homes, this row says '13'" in sentence(outcome)
    assert outcome.tallies["buildings"].new == 1


def test_rows_that_repeat_an_area_with_another_outline_say_so_without_its_bytes(desk):
    desk.buildings(PLUM)  # it describes the city
    rows = [{"code": "001", "name": "East"}, {"code": "001", "name": "East"}]
    path = write_geojson(desk.folder / "streets.geojson", rows, [square(113.85, 22.5, 0.02), square(113.9, 22.5, 0.02)])
    outcome = desk.hand_in(STREETS.replace("[area]", "[area]\nrepeats = true"), path)
    assert reasons(outcome) == ["rows_conflict"]
    assert sentence(outcome).startswith("Row 1 speaks of the same area with another outline; join the outlines")


def test_a_row_with_several_faults_names_them_all(desk):
    outcome = desk.buildings(PLUM | {"homes": "many", "built": "1e999"})
    assert reasons(outcome) == ["number_unreadable"]
    assert "'homes' holds 'many'" in sentence(outcome) and "'built' holds '1e999'" in sentence(outcome)


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        ({"day": "2024-07-01"}, "date_in_future", "lies after 2024-06-30"),
        ({"day": "New Year's Eve"}, "date_unreadable", "not a day written as %Y-%m-%d"),
        ({"day": "12/31/2023"}, "date_unreadable", "not a day written as %Y-%m-%d"),
        ({"day": "0024-01-02"}, "date_implausible", "too far from today to be meant"),
        ({"day": "2024-02-30"}, "date_unreadable", "not a day"),
        ({"building": "Nowhere"}, "building_unknown", "There is no building 'Nowhere' yet"),
        ({"stairs": "7+"}, "answer_unknown", "'stairs' holds '7+', which is no answer"),
        ({"mended": "2024-01-01"}, "steps_out_of_order", "before it was found on 2024-01-02"),
    ],
)
def test_a_bad_visit_is_set_aside_with_its_own_sentence(desk, change, reason, words):
    desk.buildings(*CAST)
    outcome = desk.visits(QUIET_VISIT, BLOCKED_STAIRS | change)
    assert reasons(outcome) == [reason]
    assert words in sentence(outcome)
    assert {name: tally.new for name, tally in outcome.tallies.items()} == {
        "buildings": 0,
        "inspections": 1,
        "hazards": 0,
    }


def test_the_day_of_the_import_itself_is_no_future(desk):
    desk.buildings(*CAST)
    assert desk.visits(QUIET_VISIT | {"day": "2024-06-30"}, on=date(2024, 6, 30)).faults == []


def test_broken_missing_and_wrong_geometry_of_an_area(desk):
    desk.buildings(*CAST)
    bow_tie = {"type": "Polygon", "coordinates": [[[113.8, 22.5], [113.9, 22.6], [113.9, 22.5], [113.8, 22.6]]]}
    bow_tie["coordinates"][0].append([113.8, 22.5])
    geometry = [
        square(113.85, 22.5),
        bow_tie,
        {"type": "Polygon", "coordinates": [[[113.8, 22.5], [113.9, "x"]]]},
        None,
        {"type": "Point", "coordinates": [113.9, 22.5]},
        square(22.5, 113.85),
        square(116.3, 39.8),
    ]
    rows = [{"code": str(number), "name": "Quay Street"} for number in range(len(geometry))]
    outcome = desk.hand_in(STREETS, write_geojson(desk.folder / "streets.geojson", rows, geometry))
    assert reasons(outcome) == [
        "geometry_broken",
        "geometry_broken",
        "geometry_missing",
        "geometry_kind",
        "place_swapped",
        "place_outside",
    ]
    assert "Self-intersection" in outcome.faults[0][2] and "Fix geometries" in outcome.faults[0][2]
    assert desk.count(Area) == 1


def test_a_building_must_lie_in_the_street_it_states(desk):
    desk.buildings(PLUM)
    rows = [{"code": "1", "name": "Quay Street"}, {"code": "2", "name": "Mill Road"}]
    streets = write_geojson(desk.folder / "s.geojson", rows, [square(113.85, 22.5), square(113.82, 22.46, 0.03)])
    desk.hand_in(STREETS, streets)
    stated = BUILDINGS + '\n[building.areas]\nstreet = { column = "street", strip_zeros = true }\n'
    there, elsewhere, unknown = ({**one, "street": code} for one, code in zip(CAST, ("01", "02", "9"), strict=True))
    outcome = desk.buildings(there, elsewhere, unknown, mapping=stated)
    assert reasons(outcome) == ["outside_its_area", "area_unknown"]
    assert desk.building(PLUM).street_id == desk.rows(Area, Area.code)[0].id


def test_a_building_without_a_stated_street_gets_the_one_around_its_place(desk):
    desk.buildings(PLUM)
    desk.hand_in(
        STREETS,
        write_geojson(desk.folder / "s.geojson", [{"code": "1", "name": "Quay Street"}], [square(113.85, 22.5)]),
    )
    outcome = desk.buildings(PLUM, mapping=BUILDINGS + '\n[building.areas]\nstreet = "by place"\n')
    assert outcome.tallies["buildings"].changed == 1
    assert desk.building(PLUM).street_id == desk.rows(Area)[0].id


def test_half_a_character_of_json_is_set_aside_and_can_be_written_down(desk):
    path = write_geojson(desk.folder / "buildings.geojson", [PLUM, MILL | {"name": "Mill \ud800", "\udfff": "x"}])
    outcome = desk.hand_in(BUILDINGS, path)
    assert reasons(outcome) == ["text_unreadable"]
    write_rejected_rows(desk.folder / "bad.csv", outcome.frame, outcome.faults, outcome.row_numbers)
    assert "Mill \N{REPLACEMENT CHARACTER}" in (desk.folder / "bad.csv").read_text("utf-8-sig")


def test_rows_are_left_out_and_kept_off_the_map_with_the_mappings_reasons(desk):
    mapping = BUILDINGS + (
        '[[leave_out]]\ncolumn = "name"\nmatches = "^Harbour"\nreason = "pulled down"\n'
        '[[off_map]]\ncolumn = "lat"\nmissing = true\nreason = { zh = "没有坐标", en = "No place" }\n'
    )
    outcome = desk.buildings(PLUM, HARBOUR, MILL | {"lat": ""}, mapping=mapping)
    assert reasons(outcome) == ["left_out"]
    assert sentence(outcome) == "Left out by the mapping: pulled down."
    mill = desk.building(MILL)
    assert (mill.off_map, mill.lon, mill.lat, mill.key) == ("没有坐标 / No place", None, None, None)
    assert outcome.off_map == {"没有坐标 / No place": 1}


def test_a_building_found_by_its_address_is_not_made_again(desk):
    desk.buildings(PLUM, HARBOUR)
    matched = BUILDINGS.replace("[building]", '[building]\nmatch = { field = "address", normalise = "upper_spaces" }')
    rows = (PLUM | {"code": "A", "address": "1  plum LANE "}, MILL | {"code": "B"})
    outcome = desk.buildings(*rows, mapping=matched)
    assert outcome.tallies["buildings"].new == 1 and desk.count(Building) == 3
    desk.buildings(PLUM | {"code": "C"})
    assert reasons(desk.buildings(rows[0], mapping=matched)) == ["building_ambiguous"]
