"""A list of public-rental homes: projects, homes and their states from one file, and states alone from the next."""

from datetime import date

from data.db.models.city import Home, HomeState, Project
from tests.data.riverton import CAST, PLUM, reasons, write_csv

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
