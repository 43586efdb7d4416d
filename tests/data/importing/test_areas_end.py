"""A street that is merged or renamed ends once nothing lies in it; days before still show it, with its buildings."""

from datetime import date

import numpy as np
import pytest

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.city.building_report import building_report
from data.city.city_facts import CityFacts
from data.city.fact_store import caught_up, load_city_facts
from data.city.fact_tables import facts_from_tables
from data.city.filters import Filters, selected
from data.city.snapshots import snapshot_on
from data.city.summaries import area_places
from data.city.visible_buildings import areas_of, visible_buildings
from data.db.engine import reading
from data.db.models.city import Area, Building, City, Import
from data.importing.command import summary
from data.importing.errors import CannotUndo
from data.importing.writing.idempotency import outcome_of
from scoring.rulebook.editions import Rulebook
from tests.data.importing.test_outlines_that_move import BUILDINGS_CITY, BY_CODE, BY_PLACE, contents, undo
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    ON,
    PLUM,
    QUIET_VISIT,
    STREETS,
    Desk,
    Row,
    reasons,
    sentence,
    square,
    write_csv,
    write_geojson,
)

ENDING = STREETS + 'ended_on = { column = "ended" }\nended_as = { column = "how", values = { "合并" = "merged" } }\n'
WHOLE = STREETS + "whole_list = true\n"
LAST = date(2024, 2, 29)  # the day before the street ended
MERGED = {"ended": "2024-03-01", "how": "合并"}
STANDS = {"ended": "", "how": ""}
WEST, EAST = {"code": "001", "name": "西街"}, {"code": "002", "name": "东街"}
EVERYWHERE = (113.85, 113.95)


def hand_in_streets(desk: Desk, mapping: str, *streets: tuple[Row, tuple[float, float]], **more):
    """Streets beside each other, each from west to east."""
    shapes = [square(113.85, 22.5) for _ in streets]
    for shape, (_, (west, east)) in zip(shapes, streets, strict=True):
        shape["coordinates"] = [[[west, 22.5], [east, 22.5], [east, 22.6], [west, 22.6], [west, 22.5]]]
    return desk.hand_in(mapping, write_geojson(desk.folder / "s.geojson", [row for row, _ in streets], shapes), **more)


def hand_in_city(desk: Desk) -> None:
    mapping = STREETS.replace('city = "riverton"\n', "") + BUILDINGS_CITY
    hand_in_streets(desk, mapping, (WEST, (113.85, 113.915)), (EAST, (113.915, 113.95)))


def merged(desk: Desk):
    """The west street ends; the east one has its ground."""
    return hand_in_streets(desk, ENDING, (WEST | MERGED, (113.85, 113.915)), (EAST | STANDS, EVERYWHERE))


def area(desk: Desk, code: str) -> Area:
    return next(one for one in desk.rows(Area) if one.code == code)


def facts(desk: Desk) -> CityFacts:
    with reading(desk.engine, SYSTEM) as session:
        return facts_from_tables(session, session.query(City).one(), "WGS84")


def lying_in(desk: Desk, code: str, on: date) -> set[str]:
    """Names of the buildings that a filter by that street leaves on a day."""
    now, street = facts(desk), area(desk, code).id
    day = snapshot_on(now, Rulebook(), ("baoan",), on)
    rows = selected(day, Filters(areas=(street,)))
    assert (rows == (area_places(day, "street", [street]) == 0)).all()
    names = {one.id: one.name for one in desk.rows(Building)}
    return {names[id_].split()[0] for id_ in now.buildings["id"][rows].tolist()}


@pytest.fixture
def by_place(desk) -> Desk:
    """Plum Court and Harbour Row by place in the west street, Mill House in the east street."""
    hand_in_city(desk)
    desk.buildings(*CAST, mapping=BY_PLACE)
    return desk


@pytest.fixture
def by_code(desk) -> Desk:
    """The same, but the buildings state their street."""
    hand_in_city(desk)
    desk.buildings(*in_streets("001", "001", "002"), mapping=BY_CODE)
    return desk


def in_streets(*codes: str) -> list[Row]:
    return [row | {"street": code} for row, code in zip(CAST, codes, strict=True)]


def test_what_lay_in_a_merged_street_follows_into_the_other_and_days_before_still_show_it_there(by_place):
    outcome = merged(by_place)
    assert (reasons(outcome), outcome.in_use) == ([], ())
    west = area(by_place, "001")
    assert (west.ended_on, west.ended_as) == (date(2024, 3, 1), "merged")
    assert lying_in(by_place, "001", LAST) == {"Plum", "Harbour"} and lying_in(by_place, "002", LAST) == {"Mill"}
    for day in (date(2024, 3, 1), ON):
        assert lying_in(by_place, "001", day) == set() and lying_in(by_place, "002", day) == {"Plum", "Harbour", "Mill"}


def test_a_street_that_a_whole_list_does_not_name_has_ended(by_place):
    before = contents(by_place)
    asked = hand_in_streets(by_place, WHOLE, (EAST, EVERYWHERE))
    assert (asked.ended, asked.unanswered["areas"].missing, asked.unanswered["areas"].standing) == ({}, 1, 2)
    undo(by_place, asked.import_id)
    assert contents(by_place) == before
    outcome = hand_in_streets(by_place, WHOLE, (EAST, EVERYWHERE), end_missing=True)
    assert outcome.ended == {"areas": 1} and "1 area ended and counts no more" in summary(outcome)
    assert (area(by_place, "001").ended_on, area(by_place, "001").ended_as) == (ON, "not_listed")
    assert lying_in(by_place, "002", ON) == {"Plum", "Harbour", "Mill"}
    undo(by_place, outcome.import_id)
    assert contents(by_place) == before


def test_a_street_that_a_later_list_names_again_stands_again(by_place):
    hand_in_streets(by_place, WHOLE, (EAST, EVERYWHERE), end_missing=True)
    hand_in_streets(by_place, WHOLE, (WEST, (113.85, 113.915)), (EAST, (113.915, 113.95)))
    assert area(by_place, "001").ended_on is None and lying_in(by_place, "001", ON) == {"Plum", "Harbour"}


def test_a_whole_list_of_streets_ends_nothing_of_another_level(by_place):
    text = STREETS.replace('level = "street"', 'level = { column = "level" }')
    city = BUILDINGS_CITY.replace("street = {", 'district = { zh = "区", en = "District" }\nstreet = {')
    hand_in_streets(
        by_place,
        text.replace('city = "riverton"\n', "") + city,
        ({"code": "9", "name": "区", "level": "district"}, EVERYWHERE),
    )
    outcome = hand_in_streets(by_place, WHOLE, (EAST, EVERYWHERE), end_missing=True)
    assert outcome.missing["areas"].standing == 2 and area(by_place, "9").ended_on is None


@pytest.mark.parametrize(("mapping", "more"), [(ENDING, {}), (WHOLE, {"end_missing": True})])
def test_a_street_in_which_buildings_lie_stands_on_and_they_are_named(by_code, mapping, more):
    streets = [(WEST | MERGED, (113.85, 113.915)), (EAST | STANDS, EVERYWHERE)][mapping == WHOLE :]
    outcome = hand_in_streets(by_code, mapping, *streets, **more)
    (in_use,) = outcome.in_use
    assert (in_use.level, in_use.code, in_use.buildings) == ("street", "001", 2)
    assert list(in_use.codes) == [PLUM["code"], HARBOUR["code"]] and outcome.ended == {}
    assert "street 001 has not ended: 2 buildings lie in it" in summary(outcome)
    assert area(by_code, "001").ended_on is None and lying_in(by_code, "001", ON) == {"Plum", "Harbour"}
    with reading(by_code.engine, SYSTEM) as session:
        assert outcome_of(session, session.get_one(Import, outcome.import_id)).in_use == [in_use]
    by_code.buildings(*in_streets("002", "002", "002"), mapping=BY_CODE)
    again = hand_in_streets(by_code, mapping, *streets, **more)
    assert again.in_use == () and area(by_code, "001").ended_on is not None
    assert lying_in(by_code, "001", LAST) == {"Plum", "Harbour"} and lying_in(by_code, "001", ON) == set()


def test_a_building_that_ended_before_its_street_does_not_hold_it(by_code):
    ended = BY_CODE.replace("[building]\n", '[building]\nended_on = { column = "ended" }\n')
    rows = in_streets("001", "002", "002")
    by_code.buildings(rows[0] | {"ended": "2024-02-01"}, mapping=ended)
    assert [one.buildings for one in merged(by_code).in_use] == [1]
    by_code.buildings(rows[1], mapping=BY_CODE)
    assert merged(by_code).in_use == () and area(by_code, "001").ended_on == date(2024, 3, 1)
    assert lying_in(by_code, "001", date(2024, 1, 31)) == {"Plum", "Harbour"}


def test_a_row_that_states_an_ended_street_is_set_aside_with_its_day(by_place):
    merged(by_place)
    outcome = by_place.buildings(*in_streets("001", "002", "002"), mapping=BY_CODE)
    assert reasons(outcome) == ["area_ended"]
    assert sentence(outcome) == "The street '001' ended on 2024-03-01; say the one it lies in now, or when this ended."


WHOLE_LIST = ("[building]\n", "[building]\nwhole_list = true\n")


def test_a_building_that_a_list_names_again_does_not_stand_in_a_street_that_ended_meanwhile(by_code):
    whole = BUILDINGS.replace(*WHOLE_LIST)
    path = write_csv(by_code.folder / "fewer.csv", CAST[2:])
    by_code.hand_in(whole, path, on=date(2024, 2, 1), end_missing=True)
    merged(by_code)
    assert area(by_code, "001").ended_on is not None
    outcome = by_code.buildings(*CAST, mapping=whole)
    assert reasons(outcome) == ["area_ended"] * 2 and by_code.building(PLUM).ended_on == date(2024, 2, 1)
    assert outcome.faults[0][2] == (
        f"The building '{PLUM['code']}' stands again, but the street '001' in which it lay ended on 2024-03-01; say "
        "the street it lies in now."
    )
    said = by_code.buildings(*in_streets("002", "002", "002"), mapping=BY_CODE.replace(*WHOLE_LIST))
    assert reasons(said) == []
    assert by_code.building(PLUM).ended_on is None and by_code.building(PLUM).street_id == area(by_code, "002").id


def test_a_name_that_went_to_another_street_means_the_one_that_stands(by_place):
    hand_in_streets(
        by_place, ENDING, (WEST | MERGED, (113.85, 113.915)), (EAST | STANDS | {"name": "西街"}, EVERYWHERE)
    )
    by_name = BY_CODE.replace('{ column = "street" }', '{ column = "street", by = "name" }')
    assert reasons(by_place.buildings(PLUM | {"street": "西街"}, mapping=by_name)) == []
    assert by_place.building(PLUM).street_id == area(by_place, "002").id


def test_the_end_of_a_street_lies_not_ahead(by_place):
    ahead = WEST | MERGED | {"ended": "2024-07-01"}
    outcome = hand_in_streets(by_place, ENDING, (ahead, (113.85, 113.915)), (EAST | STANDS, EVERYWHERE))
    assert reasons(outcome) == ["date_in_future"]


def test_of_two_mergers_every_day_shows_its_own_street(by_place):
    merged(by_place)
    both = EAST | {"ended": "2024-05-01", "how": "合并"}
    hand_in_streets(by_place, ENDING, (both, EVERYWHERE), ({"code": "003", "name": "新街"} | STANDS, EVERYWHERE))
    whole = {"Plum", "Harbour", "Mill"}
    told = {
        day: [lying_in(by_place, code, day) for code in ("001", "002", "003")] for day in (LAST, date(2024, 4, 1), ON)
    }
    assert list(told.values()) == [[{"Plum", "Harbour"}, {"Mill"}, set()], [set(), whole, set()], [set(), set(), whole]]


def test_what_is_kept_of_the_city_follows_an_end_and_its_undo(by_code, monkeypatch, tmp_path):
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)

    def caught_up_with(known: CityFacts) -> CityFacts:
        with reading(by_code.engine, SYSTEM) as session:
            city, made = session.query(City).one(), facts(by_code)
            known = caught_up(session, city, known, "WGS84") or made
        for name, column in made.former_areas.items():
            assert np.array_equal(known.former_areas[name], column), name
        assert (known.areas_on("street", LAST) == made.areas_on("street", LAST)).all()
        return known

    with reading(by_code.engine, SYSTEM) as session:
        known = load_city_facts(session, session.query(City).one(), "WGS84")
    merged(by_code)
    by_code.buildings(*in_streets("002", "002", "002"), mapping=BY_CODE)
    known = caught_up_with(known)
    ending = merged(by_code)
    known = caught_up_with(known)
    assert len(known.former_areas["area"]) == 2
    by_code.visits(QUIET_VISIT)
    known = caught_up_with(known)
    assert known.recent is not None and len(known.former_areas["area"]) == 2
    undo(by_code, ending.import_id)
    assert len(caught_up_with(known).former_areas["area"]) == 0


def test_a_move_out_of_a_street_that_ended_since_is_undone_after_that_end_only(by_code):
    merged(by_code)
    moved = by_code.buildings(*in_streets("002", "002", "002"), mapping=BY_CODE)
    ending = merged(by_code)
    with pytest.raises(CannotUndo, match=f"import {ending.import_id} "):
        undo(by_code, moved.import_id)
    undo(by_code, ending.import_id)
    undo(by_code, moved.import_id)
    assert lying_in(by_code, "001", ON) == {"Plum", "Harbour"}


def test_who_sees_the_other_street_sees_the_merged_one_in_the_past_and_a_card_names_it(by_place):
    merged(by_place)
    west, east, now = area(by_place, "001").id, area(by_place, "002").id, facts(by_place)
    officer = AccessScope("grid_officer", areas=(east,))
    with reading(by_place.engine, officer) as session:
        city = queries.city_by_code(session, officer, "riverton")
        seen = visible_buildings(officer, city.id, now)
        cards = {day: building_report(session, officer, city, now, PLUM["code"], day) for day in (LAST, ON)}
    assert seen.all() and areas_of(now, seen).tolist() == [west, east]
    assert [cards[day].areas for day in (LAST, ON)] == [(west,), (east,)]
