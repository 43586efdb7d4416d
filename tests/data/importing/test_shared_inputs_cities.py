"""Small files of strangers about a whole city that once failed: outlines that move, the last day, rules."""

from datetime import date

import pytest

from data.access.roles import SYSTEM
from data.city.fact_tables import facts_from_tables
from data.city.snapshots import snapshot_on
from data.db.engine import open_database, reading
from data.db.models.city import Area, Building, City, HazardStep
from data.importing.command import summary
from data.importing.errors import WrongMapping
from data.importing.mapping.parser import mapping_of, read_mapping
from scoring.rulebook.editions import Rulebook
from tests.data.importing.shared_inputs import FAILING, beside, take
from tests.data.riverton import Desk, write_csv

pytestmark = beside
HOUSES = [
    {"code": code, "name": code, "address": code, "lon": lon, "lat": "22.55"}
    for code, lon in (("B1", "113.9"), ("B2", "113.91"))
]
LEAVE_OUT = '[[leave_out]]\ncolumn="state"\nequals="拆除"\nreason="pulled down"\n'  # its file has no such column


@pytest.fixture
def town(tmp_path) -> Desk:
    return Desk(open_database(f"sqlite:///{tmp_path / 'town.sqlite'}"), tmp_path)


def by(town: Desk, mapping: str, file: str):
    return take(town, read_mapping(FAILING / mapping), FAILING / file)


def streets(town: Desk) -> dict[str, str | None]:
    names = {area.id: area.code for area in town.rows(Area)}
    return {one.code: names.get(one.street_id) for one in town.rows(Building)}


def test_b09_buildings_follow_the_outlines_and_one_outside_is_counted(town):
    by(town, "b09-streets.toml", "b09-streets-before.geojson")
    text = (FAILING / "b09-buildings-by-place.toml").read_text(encoding="utf-8")
    assert LEAVE_OUT in text
    taken = take(town, mapping_of("buildings", text.replace(LEAVE_OUT, "")), FAILING / "b09-buildings.csv")
    assert (taken.faults, taken.outside) == ([], {"street": 1})
    assert "outside every area: 1 building lies in no street" in summary(taken)
    assert streets(town) == {"edge": "001", "out30m": None, "in": "001"}
    moved = by(town, "b09-streets.toml", "b09-streets-after.geojson")
    assert streets(town) == {"edge": "002", "out30m": None, "in": "001"}
    assert vars(moved.tallies["buildings"]) == {"new": 0, "changed": 1, "unchanged": 0}


def test_b12_the_last_day_is_that_of_the_last_fact_and_what_was_found_then_is_open(town):
    take(town, read_mapping(FAILING / "b12-city.toml"), write_csv(town.folder / "b.csv", HOUSES))
    visits = (
        'title = "Late: visits"\ncity = "late"\nfiles = "*"\nformat = "csv"\n[building]\nexisting = true\n'
        'code = { column = "building" }\n[inspection]\nkey = { column = "id" }\nday = { column = "day" }\n'
    )
    assert take(town, mapping_of("visits", visits), FAILING / "b12-visits.csv").faults == []
    assert by(town, "b12-hazards.toml", "b12-hazards-after-the-last-visit.csv").faults == []
    assert ("resolved", date(2026, 10, 5)) in [(one.step, one.day) for one in town.rows(HazardStep)]
    with reading(town.engine, SYSTEM) as session:
        facts = facts_from_tables(session, session.query(City).one(), "WGS84")
    assert facts.span == (date(2026, 9, 20), date(2026, 11, 20))
    on_the_last_day = snapshot_on(facts, Rulebook(), ("baoan",), facts.span[1])
    assert int(on_the_last_day.hazards["open"].sum()) == 2, "the gas leak and the wires, not the stairs"


def test_b13_a_city_without_rules_is_refused_when_its_mapping_is_read():
    with pytest.raises(WrongMapping, match=r"'rule_sets' must name at least one of .*baoan"):
        read_mapping(FAILING / "b13-city-without-rules.toml")
