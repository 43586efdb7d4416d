"""A building that lies in an area by its place follows an outline that moves; one that lies in none is counted."""

import pytest
from sqlalchemy import text

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.city.fact_store import caught_up
from data.city.fact_tables import facts_from_tables
from data.db.engine import reading, writing
from data.db.models.city import Area, Base, Building, City
from data.importing.command import summary
from data.importing.errors import CannotUndo
from data.importing.writing.undo import undo_import
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, PLUM, STREETS, Desk, Row, square, write_geojson

BY_PLACE = BUILDINGS + '\n[building.areas]\nstreet = "by place"\n'
BY_CODE = BUILDINGS + '\n[building.areas]\nstreet = { column = "street" }\n'
WEST, EAST = {"code": "001", "name": "西街"}, {"code": "002", "name": "东街"}
FAR = PLUM | {"code": "440306001001001009", "name": "Far House", "lon": "113.9990"}
# Plum Court lies at 113.9001, Harbour Row at 113.9102, Mill House at 113.9203.
NOT_COMPARED = ("imports", "undone_imports", "changes", "changed_buildings", "audit_entries", "audit_head")


def hand_in_streets(desk: Desk, border: float, mapping: str = STREETS, end: float = 113.93):
    """The two streets beside each other: everything west of the border, and everything east of it."""
    shapes = [square(113.85, 22.5), square(113.85, 22.5)]
    for shape, west, east in zip(shapes, (113.85, border), (border, end), strict=True):
        shape["coordinates"] = [[[west, 22.5], [east, 22.5], [east, 22.6], [west, 22.6], [west, 22.5]]]
    return desk.hand_in(mapping, write_geojson(desk.folder / "streets.geojson", (WEST, EAST), shapes))


def hand_in_city(desk: Desk, border: float):
    return hand_in_streets(desk, border, STREETS.replace('city = "riverton"\n', "") + BUILDINGS_CITY)


BUILDINGS_CITY = "\n[city]" + BUILDINGS.split("[city]")[1].split("[building]")[0]


def street_of(desk: Desk, row: Row) -> str | None:
    codes = {area.id: area.code for area in desk.rows(Area)}
    return codes.get(desk.building(row).street_id)


def contents(desk: Desk) -> dict[str, list]:
    with desk.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {table.name}"))))
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_COMPARED
        }


def undo(desk: Desk, number: int) -> None:
    with writing(desk.engine, SYSTEM) as session:
        undo_import(session, SYSTEM, number, actor=COMMAND_LINE)


@pytest.fixture
def placed(desk) -> Desk:
    """Three buildings by place: Plum Court in the west street, the others in the east street."""
    hand_in_city(desk, 113.905)
    desk.buildings(*CAST, mapping=BY_PLACE)
    assert [street_of(desk, row) for row in CAST] == ["001", "002", "002"]
    return desk


def test_a_building_follows_the_outline_into_the_area_it_lies_in_now(placed):
    outcome = hand_in_streets(placed, 113.915)
    assert [street_of(placed, row) for row in CAST] == ["001", "001", "002"]
    assert vars(outcome.tallies["buildings"]) == {"new": 0, "changed": 1, "unchanged": 0}
    assert "buildings" in summary(outcome) and "1 changed" in summary(outcome)


def test_the_same_outlines_again_move_nothing(placed):
    before = contents(placed)
    outcome = hand_in_streets(placed, 113.905)
    assert "buildings" not in outcome.tallies
    assert contents(placed) == before


def test_a_preview_says_what_would_move_and_moves_nothing(placed):
    before = contents(placed)
    shapes = [square(113.85, 22.5, 0.08), square(113.93, 22.5, 0.05)]
    file = write_geojson(placed.folder / "streets.geojson", (WEST, EAST), shapes)
    outcome = placed.hand_in(STREETS, file, preview=True)
    assert outcome.tallies["buildings"].changed == 2
    assert contents(placed) == before


def test_undoing_the_import_takes_the_buildings_back(placed):
    before = contents(placed)
    undo(placed, hand_in_streets(placed, 113.915).import_id)
    assert contents(placed) == before


def test_what_is_kept_of_the_city_follows_both_ways(placed, monkeypatch, tmp_path):
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)

    def facts(known=None):
        with reading(placed.engine, SYSTEM) as session:
            city = session.query(City).one()
            made = facts_from_tables(session, city, "WGS84")
            if known is not None:
                known = caught_up(session, city, known, "WGS84") or made
                assert known.buildings["street"].tolist() == made.buildings["street"].tolist()
            return known or made

    known = facts()
    number = hand_in_streets(placed, 113.915).import_id
    known = facts(known)
    undo(placed, number)
    facts(known)


def test_an_import_of_outlines_by_which_later_buildings_were_placed_stays(placed):
    number = hand_in_streets(placed, 113.915).import_id
    placed.buildings(*CAST, FAR | {"lon": "113.9120"}, mapping=BY_PLACE)
    with pytest.raises(CannotUndo, match=r"import \d+ \(buildings.csv\) came after it and builds on it"):
        undo(placed, number)


def test_buildings_that_state_their_street_by_its_code_stay_in_it(desk):
    hand_in_city(desk, 113.905)
    desk.buildings(*(row | {"street": code} for row, code in ((PLUM, "001"), (HARBOUR, "002"))), mapping=BY_CODE)
    outcome = hand_in_streets(desk, 113.915)
    assert [street_of(desk, row) for row in (PLUM, HARBOUR)] == ["001", "002"]
    assert "buildings" not in outcome.tallies


def test_a_building_that_is_kept_off_the_map_stays_where_it_was_said_to_be(desk):
    hand_in_city(desk, 113.905)
    off_map = '[[off_map]]\ncolumn = "lon"\nmissing = true\nreason = "no place"\n'
    desk.buildings(
        PLUM, mapping=BY_CODE.replace("[city]", off_map + "[city]").replace('{ column = "street" }', '"by place"')
    )
    before = desk.building(PLUM).street_id
    hand_in_streets(desk, 113.88)
    assert desk.building(PLUM).street_id != before
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET lon = NULL, lat = NULL, key = NULL, off_map = 'x'"))
    stays = desk.building(PLUM).street_id
    hand_in_streets(desk, 113.95, end=113.96)
    assert desk.building(PLUM).street_id == stays is not None


def test_a_new_area_takes_in_what_lay_outside_every_area(placed):
    placed.buildings(*CAST, FAR, mapping=BY_PLACE)
    assert street_of(placed, FAR) is None
    file = write_geojson(
        placed.folder / "more.geojson", ({"code": "003", "name": "远街"},), [square(113.94, 22.5, 0.09)]
    )
    outcome = placed.hand_in(STREETS, file)
    assert street_of(placed, FAR) == "003"
    assert outcome.tallies["buildings"].changed == 1


def test_buildings_outside_every_area_are_counted_where_they_come_in_and_where_outlines_move(placed):
    outcome = placed.buildings(*CAST, FAR, mapping=BY_PLACE)
    assert outcome.outside == {"street": 1}
    assert "outside every area: 1 building lies in no street" in summary(outcome)
    assert hand_in_streets(placed, 113.87, end=113.915).outside == {"street": 2}
    assert street_of(placed, MILL) is None
    assert placed.buildings(*CAST, FAR, mapping=BY_PLACE).outside == {"street": 2}


def test_a_building_says_of_each_level_whether_it_follows_from_its_place(placed):
    assert {row.street_by_place for row in placed.rows(Building)} == {True}
    assert {row.grid_by_place for row in placed.rows(Building)} == {None}
