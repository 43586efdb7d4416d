"""A city's first and last day are those of any fact: a visit, a case, a hazard and its steps, the state of a home."""

from datetime import date

import pytest

from data.access.roles import SYSTEM
from data.city import queries
from data.city.city_metadata import first_and_last_day
from data.city.fact_tables import facts_from_tables
from data.city.snapshots import snapshot_on
from data.db.engine import reading
from data.db.models.city import City
from scoring.rulebook.editions import Rulebook
from tests.data.importing.test_public_rental import FIRST, HOMES
from tests.data.riverton import BLOCKED_STAIRS, CAST, HARBOUR, PLUM, QUIET_VISIT, VISITS, Desk, write_csv

HAZARDS = """
title = "Riverton: hazards"
city = "riverton"
files = "hazards*.csv"
format = "csv"

[building]
existing = true
code = { column = "building" }

[hazard]
key = { column = "id" }
group = "fire"
category = "gas_leak"
severity = "high"
found_on = { column = "found" }

[[hazard.step]]
step = "resolved"
day = { column = "mended" }
"""
GAS = {"id": "1", "building": HARBOUR["code"], "found": "2024-05-20", "mended": ""}
VISIT = QUIET_VISIT | {"day": "2024-03-01"}


def hazards(desk: Desk, *rows) -> None:
    assert desk.hand_in(HAZARDS, write_csv(desk.folder / "hazards.csv", rows)).faults == []


def days(desk: Desk) -> tuple[date, date]:
    """As the facts have them, which must be as the tables have them."""
    with reading(desk.engine, SYSTEM) as session:
        city = session.query(City).one()
        by_tables = first_and_last_day(session, city)
        facts = facts_from_tables(session, city, "WGS84")
        assert (facts.span or by_tables) == by_tables
        return by_tables


@pytest.fixture
def visited(desk) -> Desk:
    desk.buildings(*CAST)
    desk.visits(VISIT)
    assert days(desk) == (date(2024, 3, 1), date(2024, 3, 1))
    return desk


def open_hazards(desk: Desk) -> int:
    with reading(desk.engine, SYSTEM) as session:
        facts = facts_from_tables(session, session.query(City).one(), "WGS84")
    return int(snapshot_on(facts, Rulebook(), ("baoan",), facts.span[1]).hazards["open"].sum())


def test_a_hazard_found_after_the_last_visit_is_seen(visited):
    hazards(visited, GAS)
    assert days(visited)[1] == date(2024, 5, 20)
    assert open_hazards(visited) == 1


def test_a_hazard_resolved_after_the_last_visit_is_closed(visited):
    hazards(visited, GAS | {"found": "2024-02-20", "mended": "2024-06-10"})
    assert days(visited) == (date(2024, 2, 20), date(2024, 6, 10))
    assert open_hazards(visited) == 0


def test_a_home_that_fell_vacant_after_the_last_visit_is_counted(visited):
    homes = write_csv(visited.folder / "homes.csv", [FIRST | {"since": "2024-06-11"}])
    assert visited.hand_in(HOMES, homes).faults == []
    assert days(visited)[1] == date(2024, 6, 11)


def test_a_home_that_was_let_later_moves_the_day_too(visited):
    homes = [FIRST | {"since": "2024-06-11"}, FIRST | {"since": "2024-06-20", "state": "已租"}]
    mapping = HOMES.replace("[home]\n", "[home]\nrepeats = true\n")
    assert visited.hand_in(mapping, write_csv(visited.folder / "homes.csv", homes)).faults == []
    assert days(visited)[1] == date(2024, 6, 20)


def test_a_case_after_the_last_visit_counts_as_before(visited):
    mapping = VISITS.split("[inspection]")[0].replace("visits", "cases") + (
        '[event]\nkey = { column = "id" }\nkind = "criminal_case"\nday = { column = "day" }\n'
    )
    case = {"id": "1", "building": PLUM["code"], "day": "2024-04-02"}
    assert visited.hand_in(mapping, write_csv(visited.folder / "cases.csv", [case])).faults == []
    assert days(visited)[1] == date(2024, 4, 2)


def test_the_day_a_hazard_is_due_is_no_fact(visited):
    mapping = HAZARDS.replace("found_on =", 'due_on = { column = "due" }\nfound_on =')
    rows = [GAS | {"due": "2024-12-31"}]
    assert visited.hand_in(mapping, write_csv(visited.folder / "hazards.csv", rows)).faults == []
    assert days(visited)[1] == date(2024, 5, 20)


def test_what_was_corrected_away_counts_no_more(visited):
    hazards(visited, GAS)
    hazards(visited, GAS | {"found": "2024-04-20"})
    assert days(visited)[1] == date(2024, 4, 20)


def test_without_any_fact_it_is_the_day_of_the_import(desk):
    desk.buildings(*CAST)
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "riverton")
        assert facts_from_tables(session, city, "WGS84").span is None
        first, last = first_and_last_day(session, city)
    assert first == last
    desk.visits(BLOCKED_STAIRS)
    assert days(desk)[1] == date(2024, 1, 2)
