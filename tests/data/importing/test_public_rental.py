"""A list of public-rental homes: projects, homes and their states from one file, and states alone from the next."""

from datetime import date

import pytest

from data.access.roles import SYSTEM
from data.city import queries
from data.city.fact_store import caught_up
from data.city.fact_tables import facts_from_tables
from data.city.snapshots import vacant_homes
from data.db.engine import reading
from data.db.models.city import City, Home, HomeState, Project
from tests.data.importing.test_undo import everything, undo
from tests.data.riverton import CAST, ON, PLUM, Desk, reasons, write_csv

HOMES = """
title = "Riverton: public homes"
city = "riverton"
files = "homes*.csv"
format = "csv"

[building]
existing = true
code = { column = "building" }

[project]
repeats = true
code = { column = "project" }
name = { column = "project" }
operator = "Riverton Housing"
address = { column = "address" }
place = { lon = { column = "lon" }, lat = { column = "lat" }, datum = "GCJ02" }

[home]
code = { column = "home" }
rooms = { column = "rooms" }
area_m2 = { column = "area" }
floor = { column = "floor" }
rent_yuan_month = { column = "rent" }
lift = { column = "lift", values = { "有" = true, "无" = false } }
barrier_free = false

[home_state]
state = { column = "state", values = { "空闲" = "vacant", "已租" = "let" } }
day = { column = "since" }
"""
STATES = """
title = "Riverton: states of public homes"
city = "riverton"
files = "states*.csv"
format = "csv"

[building]
existing = true
code = { column = "building" }

[project]
existing = true
code = { column = "project" }

[home]
existing = true
code = { column = "home" }

[home_state]
state = { column = "state", values = { "空闲" = "vacant", "已租" = "let" } }
day = { column = "since" }
"""
FIRST = {"building": PLUM["code"], "project": "梅苑公租房", "address": "1 Plum Lane", "lon": "113.905", "lat": "22.547"}
FIRST |= {"home": "1-101", "rooms": "2", "area": "58.5", "floor": "1", "rent": "900", "lift": "无"}
FIRST |= {"state": "空闲", "since": "2024-03-01"}
SECOND = FIRST | {"home": "1-201", "floor": "2", "state": "已租", "since": "2023-01-01"}


def _hand_in(desk, mapping, *rows):
    return desk.hand_in(mapping, write_csv(desk.folder / "homes.csv", rows))


def test_projects_homes_and_states_come_from_one_file(desk):
    desk.buildings(*CAST)
    outcome = _hand_in(desk, HOMES, FIRST, SECOND)
    assert outcome.faults == []
    assert {name: tally.new for name, tally in outcome.tallies.items()} == {
        "buildings": 0,
        "projects": 1,
        "homes": 2,
        "home_states": 2,
    }
    (project,) = desk.rows(Project)
    assert project.lon != 113.905 and abs(project.lon - 113.900) < 0.001  # GCJ-02 lies some 500 m to the east
    first = desk.rows(Home, Home.code)[0]
    assert (first.area_m2, first.lift, first.building_id) == (58.5, False, desk.building(PLUM).id)
    again = _hand_in(desk, HOMES, FIRST, SECOND)
    assert {tally.unchanged for tally in again.tallies.values()} == {0, 1, 2}
    assert again.counts()["new"] == again.counts()["changed"] == 0


def test_later_states_are_added_and_one_of_the_same_day_comes_after_it(desk):
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST, SECOND)
    let = FIRST | {"state": "已租", "since": "2024-05-01"}
    assert _hand_in(desk, STATES, let).tallies["home_states"].new == 1
    corrected = _hand_in(desk, STATES, let | {"state": "空闲"}).tallies["home_states"]
    assert (corrected.new, corrected.changed) == (0, 1)
    assert [(one.state, one.day) for one in desk.rows(HomeState, HomeState.id)][2:] == [
        ("let", date(2024, 5, 1)),
        ("vacant", date(2024, 5, 1)),
    ]


def test_a_home_or_project_that_is_not_there_is_named(desk):
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST)
    outcome = _hand_in(desk, STATES, FIRST | {"home": "9-999"}, FIRST | {"project": "Elsewhere"})
    assert reasons(outcome) == ["home_unknown", "project_unknown"]


def test_two_homes_of_one_code_in_one_project_are_told_apart_by_the_file(desk):
    desk.buildings(*CAST)
    assert reasons(_hand_in(desk, HOMES, FIRST, FIRST)) == ["duplicate_code"]


# what ends

ENDING = {
    "home": HOMES.replace("lift = {", 'ended_on = { column = "ended" }\nended_as = "demolished"\nlift = {'),
    "project": HOMES.replace("repeats = true", 'repeats = true\nended_on = { column = "ended" }'),
}
WHOLE = {table: HOMES.replace(f"[{table}]\n", f"[{table}]\nwhole_list = true\n") for table in ("home", "project")}
THIRD = FIRST | {"home": "1-301"}
OTHER = FIRST | {"project": "竹苑公租房", "home": "2-101"}
DAY_BEFORE = date(2024, 4, 30)


def _facts(session):
    return facts_from_tables(session, session.query(City).one(), "WGS84")


def _vacant(desk: Desk, day: date) -> int:
    """Vacant homes of Plum Court, as the map and as its card count them."""
    with reading(desk.engine, SYSTEM) as session:
        city, now = session.query(City).one(), _facts(session)
        building = queries.building_by_code(session, SYSTEM, city, PLUM["code"])
        on_card = queries.homes_of_building(session, SYSTEM, building, day).get("vacant", 0)
        on_map = int(vacant_homes(now.stored, day).sum())
        assert now.span == (date(2023, 1, 1), date(2024, 3, 1))  # an end is no fact that moves the last day
    assert on_map == on_card
    return on_map


@pytest.mark.parametrize(("table", "left"), [("home", 1), ("project", 0)])
def test_a_home_that_ended_itself_or_with_its_project_is_vacant_until_the_day_before(desk, table, left):
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST, SECOND, THIRD)
    before = everything(desk)
    still = "2024-05-01" if table == "project" else ""
    outcome = _hand_in(
        desk, ENDING[table], FIRST | {"ended": "2024-05-01"}, *(one | {"ended": still} for one in (SECOND, THIRD))
    )
    assert reasons(outcome) == []
    assert [_vacant(desk, day) for day in (DAY_BEFORE, date(2024, 5, 1), ON)] == [2, left, left]
    undo(desk, outcome.import_id)
    assert everything(desk) == before and _vacant(desk, ON) == 2


@pytest.mark.parametrize(("table", "model"), [("home", Home), ("project", Project)])
def test_a_home_or_project_that_a_whole_list_does_not_name_has_ended(desk, table, model):
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST, SECOND, OTHER)
    before = everything(desk)
    asked = _hand_in(desk, WHOLE[table], FIRST, SECOND)
    plural = f"{table}s"
    assert (asked.ended, asked.unanswered[plural].missing) == ({}, 1)
    path = write_csv(desk.folder / "homes.csv", [FIRST, SECOND])
    outcome = desk.hand_in(WHOLE[table], path, end_missing=True)
    assert outcome.ended == {plural: 1}
    (gone,) = (one for one in desk.rows(model) if one.ended_on)
    assert (gone.ended_on, gone.ended_as) == (ON, "not_listed")
    assert [_vacant(desk, day) for day in (date(2024, 6, 29), ON)] == [2, 1]
    for number in (outcome.import_id, asked.import_id):
        undo(desk, number)
    assert everything(desk) == before


def test_what_is_kept_of_the_city_follows_the_end_of_a_project_and_its_undo(desk, monkeypatch, tmp_path):
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST, SECOND, THIRD)
    with reading(desk.engine, SYSTEM) as session:
        known = _facts(session)
    ended = _hand_in(desk, ENDING["project"], *(one | {"ended": "2024-05-01"} for one in (FIRST, SECOND, THIRD)))
    for left in (0, 2):
        with reading(desk.engine, SYSTEM) as session:
            known = caught_up(session, session.query(City).one(), known, "WGS84")
            assert int(vacant_homes(known.dated, ON).sum()) == left
        undo(desk, ended.import_id) if not left else None


def test_a_home_that_falls_vacant_after_its_end_is_not_counted(desk):
    desk.buildings(*CAST)
    _hand_in(desk, HOMES, FIRST, SECOND)
    _hand_in(desk, ENDING["home"], FIRST | {"ended": ""}, SECOND | {"ended": "2024-08-01"})
    outcome = _hand_in(desk, STATES, SECOND | {"state": "空闲", "since": "2024-06-01"})
    assert reasons(outcome) == []
    with reading(desk.engine, SYSTEM) as session:
        now = _facts(session)
    assert [int(vacant_homes(now.stored, day).sum()) for day in (ON, date(2024, 8, 1))] == [2, 1]
