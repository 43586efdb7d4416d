"""Rows that say several things, or one thing again: three hazards, a status and its day, the latest place."""

from datetime import date

import pytest

from data.db.models.city import Area, Building, Event, Hazard, HazardStep, HomeState, Inspection, Project
from data.importing.errors import FileRefused, WrongMapping
from tests.data.importing.test_public_rental import FIRST, HOMES
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    PLUM,
    STREETS,
    reasons,
    sentence,
    square,
    write_csv,
    write_geojson,
)

TOP = """
title = "Riverton: fire"
city = "riverton"
files = "fire*.csv"
format = "csv"
"""
LOOKED_UP = TOP + '[building]\nexisting = true\ncode = { column = "building" }\n'


def fire_hazard(item: str, key: str | None = None) -> str:
    parts = key or f'{{ parts = [{{ column = "id" }}, "{item}"], join = "-" }}'
    return f"""
[[hazard]]
where = {{ column = "{item}", equals = "NO" }}
key = {parts}
group = "fire"
category = "no {item}"
severity = "high"
found_on = {{ column = "year", which_day = "first" }}
"""


ITEMS = ("plan", "alarm", "sprinkler")
THREE = LOOKED_UP + "".join(map(fire_hazard, ITEMS))
ROW = {"id": "1", "building": PLUM["code"], "year": "2017", "plan": "NO", "alarm": "NO", "sprinkler": "YES"}


def hand_in(desk, mapping, *rows, **more):
    return desk.hand_in(mapping, write_csv(desk.folder / "fire.csv", rows), **more)


def test_three_hazards_in_a_row_are_three_hazards_each_with_its_own_key(desk):
    desk.buildings(*CAST)
    rows = (ROW, ROW | {"id": "2", "building": HARBOUR["code"], "sprinkler": "NO"})
    outcome = hand_in(desk, THREE, *rows)
    assert (outcome.faults, outcome.tallies["hazards"].new) == ([], 5)
    kept = [(one.source_key.partition(":")[2], one.category) for one in desk.rows(Hazard, Hazard.source_key)]
    assert kept == [
        ("1-alarm", "no alarm"),
        ("1-plan", "no plan"),
        ("2-alarm", "no alarm"),
        ("2-plan", "no plan"),
        ("2-sprinkler", "no sprinkler"),
    ]
    again = hand_in(desk, THREE, *rows)
    assert (again.tallies["hazards"].new, again.tallies["hazards"].unchanged) == (0, 5)
    later = hand_in(desk, THREE, ROW | {"sprinkler": "NO"})
    assert (later.tallies["hazards"].new, later.tallies["hazards"].unchanged) == (1, 2)


def test_what_is_wrong_with_one_hazard_of_a_row_sets_the_whole_row_aside(desk):
    desk.buildings(*CAST)
    outcome = hand_in(desk, THREE, ROW | {"year": ""}, ROW | {"id": "2"})
    assert reasons(outcome) == ["value_missing"] and desk.count(Hazard) == 2


def test_hazards_that_share_a_key_are_told_apart_by_a_constant_or_set_aside(desk):
    desk.buildings(*CAST)
    same = '{ column = "id" }'
    mapping = LOOKED_UP + fire_hazard("plan", same) + fire_hazard("alarm", same)
    outcome = hand_in(desk, mapping, ROW, ROW | {"id": "2", "plan": "YES"}, ROW | {"id": "3", "alarm": "YES"})
    assert reasons(outcome) == ["duplicate_code"]
    assert "Two of the mapping's hazards are called '1', the other in row 1" in sentence(outcome)
    assert [one.category for one in desk.rows(Hazard, Hazard.source_key)] == ["no alarm", "no plan"]


def test_several_events_and_states_of_a_home_in_a_row(desk):
    desk.buildings(*CAST)
    events = LOOKED_UP + "".join(
        f'[[event]]\nwhere = {{ column = "{kind}", missing = false }}\nkind = "{kind}"\nday = {{ column = "{kind}" }}\n'
        f'key = {{ parts = [{{ column = "id" }}, "{kind}"] }}\n'
        for kind in ("criminal_case", "fire_accident")
    )
    row = {"id": "1", "building": PLUM["code"], "criminal_case": "2024-01-05", "fire_accident": "2024/2/6"}
    assert hand_in(desk, events, row, row | {"id": "2", "fire_accident": ""}).tallies["events"].new == 3
    assert sorted({(one.kind, one.day) for one in desk.rows(Event)}) == [
        ("criminal_case", date(2024, 1, 5)),
        ("fire_accident", date(2024, 2, 6)),
    ]
    states = HOMES.partition("[home_state]")[0] + "".join(
        f'[[home_state]]\nwhere = {{ column = "{state}", missing = false }}\nstate = "{state}"\n'
        f'day = {{ column = "{state}" }}\n'
        for state in ("let", "vacant")
    )
    home = FIRST | {"let": "2023-01-01", "vacant": "2024-03-01"}
    assert hand_in(desk, states, home).tallies["home_states"].new == 2
    assert {(one.state, one.day.year) for one in desk.rows(HomeState)} == {("let", 2023), ("vacant", 2024)}


@pytest.mark.parametrize("table", ["building", "area"])
def test_a_building_or_area_cannot_stand_several_times(desk, table):
    with pytest.raises(WrongMapping, match=rf"\[\[{table}\]\] stands several times; only hazard, event"):
        desk.mapping(TOP + f'[[{table}]]\ncode = "1"\n')


STATUS = (
    LOOKED_UP
    + """
[hazard]
key = { column = "id" }
group = "fire"
category = "Blocked stairs"
severity = "high"
found_on = { column = "found" }

[[hazard.step]]
step = "resolved"
where = { column = "status", equals = ["Close", "已整改"] }
day = { column = "since" }

[[hazard.step]]
step = "transferred"
where = { column = "status", equals = "Passed on" }
day = { column = "since" }
"""
)


def test_a_status_and_its_day_are_steps_where_the_status_says_so(desk):
    desk.buildings(*CAST)
    row = {"id": "1", "building": PLUM["code"], "found": "2024-01-01", "status": "Close", "since": "2024-02-01"}
    rows = (row, row | {"id": "2", "status": "Open", "since": "2024-01-10"}, row | {"id": "3", "status": "Passed on"})
    assert hand_in(desk, STATUS, *rows, row | {"id": "4", "status": "Open", "since": "soon"}).faults == []
    steps = [(one.hazard_id, one.step, one.day.month) for one in desk.rows(HazardStep, HazardStep.id)]
    assert [step for step in steps if step[1] != "found"] == [(1, "resolved", 2), (3, "transferred", 2)]
    closed = hand_in(desk, STATUS, rows[1] | {"status": "已整改", "since": "2024-03-01"})
    assert closed.tallies["hazards"].changed == 1


def test_a_step_that_was_taken_must_say_when(desk):
    desk.buildings(*CAST)
    row = {"id": "1", "building": PLUM["code"], "found": "2024-01-01", "status": "Close", "since": ""}
    outcome = hand_in(desk, STATUS, row, row | {"id": "2", "status": "Open"})
    assert reasons(outcome) == ["value_missing"] and "'since' is empty; fill it in" in sentence(outcome)


DRIFTING = BUILDINGS.replace("[building]", '[building]\nrepeats = "latest"') + (
    '[inspection]\nkey = { column = "visit" }\nday = { column = "day" }\n'
)
FIRST_VISIT = PLUM | {"address": "600 N Street", "visit": "1", "day": "2015-01-01"}
LAST_VISIT = PLUM | {"address": "701 N Street", "lon": "113.9003", "visit": "2", "day": "2017-01-01"}


@pytest.mark.parametrize("rows", [(FIRST_VISIT, LAST_VISIT), (LAST_VISIT, FIRST_VISIT)], ids=["in order", "reversed"])
def test_a_place_that_drifts_is_where_the_latest_visit_saw_it_and_every_visit_is_kept(desk, rows):
    outcome = desk.buildings(*rows, mapping=DRIFTING)
    assert outcome.faults == [] and desk.count(Inspection) == 2
    plum = desk.building(PLUM)
    assert (plum.address, plum.lon, desk.count(Building)) == ("701 N Street", 113.9003, 1)


def test_an_older_file_that_comes_later_does_not_move_the_building_back(desk):
    desk.buildings(LAST_VISIT, mapping=DRIFTING)
    older = desk.buildings(FIRST_VISIT, mapping=DRIFTING)
    assert (older.faults, older.tallies["inspections"].new) == ([], 1)
    assert desk.building(PLUM).address == "701 N Street"
    newest = LAST_VISIT | {"address": "8 N Street", "visit": "3", "day": "2018-01-01"}
    assert desk.buildings(newest, mapping=DRIFTING).tallies["buildings"].changed == 1
    assert desk.building(PLUM).address == "8 N Street"


def test_of_two_rows_of_one_day_the_later_counts_and_a_row_that_is_set_aside_does_not(desk):
    same_day = LAST_VISIT | {"visit": "3", "address": "9 N Street"}
    broken = LAST_VISIT | {"visit": "4", "day": "2018-01-01", "homes": "many", "address": "nowhere"}
    assert reasons(desk.buildings(LAST_VISIT, same_day, broken, mapping=DRIFTING)) == ["number_unreadable"]
    assert desk.building(PLUM).address == "9 N Street"


def test_the_latest_row_may_be_told_by_a_column_of_its_own_and_must_be_told_by_some(desk):
    of_list = BUILDINGS.replace("[building]", '[building]\nrepeats = "latest"\nlatest_by = { column = "listed" }')
    rows = (PLUM | {"name": "New", "listed": "2024-02"}, PLUM | {"name": "Old", "listed": "2024-01"})
    assert reasons(desk.buildings(*rows, mapping=of_list)) == ["date_incomplete"] * 2
    by_month = of_list.replace('"listed" }', '"listed", which_day = "first" }')
    assert desk.buildings(*rows, mapping=by_month).faults == [] and desk.building(PLUM).name == "New"
    with pytest.raises(WrongMapping, match=r"\[building\] keeps the latest row; say by which day with 'latest_by'"):
        desk.mapping(BUILDINGS.replace("[building]", '[building]\nrepeats = "latest"'))


DISTRICTS = STREETS.replace('level = "street"', 'level = "district"').replace("streets", "districts")
WITH_DISTRICTS = BUILDINGS.replace("[city.levels]", '[city.levels]\ndistrict = { zh = "区", en = "District" }')
IN_DISTRICTS = STREETS + 'parent = { level = "district", name = { column = "in" } }\n'
BY_NAME = WITH_DISTRICTS + '[building.areas]\nstreet = { column = "street", by = "name", within = { column = "in" } }\n'


def lay_out(desk):
    """Two districts, each with a Quay Street; Mill Road is in the first."""
    desk.buildings(PLUM, mapping=WITH_DISTRICTS)
    districts = [{"code": "E", "name": "East 东区"}, {"code": "W", "name": "West"}]
    shapes = [square(113.9, 22.5), square(113.8, 22.5)]
    desk.hand_in(DISTRICTS, write_geojson(desk.folder / "d.geojson", districts, shapes))
    streets = [
        {"code": "1", "name": "Quay Street", "in": "East 东区"},
        {"code": "2", "name": "Quay Street", "in": "West"},
        {"code": "3", "name": "Mill Road", "in": "East 东区"},
    ]
    shapes = [square(113.9, 22.5, 0.05), square(113.8, 22.5), square(113.95, 22.5, 0.05)]
    return desk.hand_in(IN_DISTRICTS, write_geojson(desk.folder / "s.geojson", streets, shapes))


def test_an_area_is_stated_by_name_and_where_a_name_repeats_by_the_wider_area(desk):
    assert lay_out(desk).faults == []
    codes = {one.id: one.code for one in desk.rows(Area)}
    assert [codes.get(one.parent_id) for one in desk.rows(Area, Area.code)] == ["E", "W", "E", None, None][:3] + [
        None
    ] * 2
    rows = (
        PLUM | {"street": "quay  street", "in": "EAST 东区"},
        HARBOUR | {"street": "Mill Road", "in": "", "lon": "113.96", "lat": "22.52"},
        MILL | {"street": "", "in": ""},
    )
    assert desk.buildings(*rows, mapping=BY_NAME).faults == []
    assert [codes.get(desk.building(row).street_id) for row in rows] == ["1", "3", None]


def test_a_name_that_says_several_areas_or_none_sets_the_row_aside(desk):
    lay_out(desk)
    rows = (
        PLUM | {"street": "Quay Street", "in": ""},
        HARBOUR | {"street": "Low Road", "in": "West"},
        MILL | {"street": "Quay Street", "in": "West"},
        MILL | {"code": "9", "street": "Quay Street", "in": "North"},
    )
    outcome = desk.buildings(*rows, mapping=BY_NAME)
    assert reasons(outcome) == ["area_ambiguous", "area_unknown", "outside_its_area", "area_unknown"]
    assert "Several streets are called 'Quay Street' (1, 2); say with 'within'" in outcome.faults[0][2]
    assert "There is no street called 'West Low Road'" in outcome.faults[1][2]


def test_columns_that_may_stand_in_each_others_place(desk):
    either = BUILDINGS.replace('code = { column = "code" }', 'code = { column = ["房屋编码", "编码", "code"] }')
    either += '[[leave_out]]\ncolumn = ["状态", "status"]\nequals = "拆除"\nreason = "Pulled down"\n'
    for heading, status, row in (("编码", "状态", PLUM), ("房屋编码", "status", HARBOUR), ("code", "状态", MILL)):
        named = {heading if name == "code" else name: text for name, text in row.items()}
        assert desk.buildings(named | {status: ""}, mapping=either).faults == []
        assert reasons(desk.buildings(named | {status: "拆除"}, mapping=either)) == ["left_out"]
    assert desk.count(Building) == 3
    both = PLUM | {"编码": "2", "房屋编码": "1", "status": ""}
    assert desk.buildings(both, mapping=either).faults == []
    assert desk.building({"code": "1"}).name == PLUM["name"]
    nowhere = {name: text for name, text in PLUM.items() if name != "code"} | {"status": ""}
    with pytest.raises(FileRefused, match="column '房屋编码' is missing"):
        desk.buildings(nowhere, mapping=either)


def test_constants_stand_among_the_parts_of_a_text_and_nothing_may_join_them(desk):
    parts = '{ parts = [{ column = "code" }, "-", 7, { column = "name", missing = ["?"] }], join = "" }'
    mapping = BUILDINGS.replace('code = { column = "code" }', f"code = {parts}")
    outcome = desk.buildings(PLUM | {"code": "A", "name": "B"}, PLUM | {"name": "?"}, mapping=mapping)
    assert reasons(outcome) == ["value_missing"]
    assert [one.code for one in desk.rows(Building)] == ["A-7B"]


def test_what_a_list_does_not_say_of_a_home_stays_unknown(desk):
    desk.buildings(*CAST)
    least = HOMES
    for line in ("rooms", "area_m2", "floor", "rent_yuan_month", "lift", "barrier_free"):
        least = "\n".join(one for one in least.split("\n") if not one.startswith(f"{line} ="))
    assert hand_in(desk, least, FIRST).tallies["homes"].new == 1
    outcome = hand_in(desk, HOMES, FIRST | {"lift": "", "rent": ""})
    assert (outcome.faults, outcome.tallies["homes"].changed) == ([], 1)
    with desk.engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT rooms, rent_yuan_month, lift, barrier_free FROM homes").one()
    assert tuple(known) == (2, None, None, False)


def test_a_project_without_a_place_is_refused_when_the_mapping_is_read(desk):
    without = "\n".join(line for line in HOMES.split("\n") if not line.startswith("place"))
    with pytest.raises(WrongMapping, match=r"project: 'place' is missing"):
        desk.mapping(without)
    assert desk.count(Project) == 0
