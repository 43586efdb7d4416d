"""Filters, each alone and all together, choose what a loop over the cast chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city.filters import UNRATED, Filters, Moved, in_areas, moved_so, selected
from data.city.snapshots import HAZARD_STATES, NEVER, Snapshot
from data.db.models.city import HAZARD_GROUPS, LEVELS
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_on
from tests import cast
from tests.data.city.test_snapshots import hazards
from tests.data.lockside import CAST, NORTH, ON, RULE_SETS, SOUTH, House
from tests.data.town_hall import Town

HOUSES = {house.name: house for house in CAST}
DAYS = (ON, date(2024, 4, 5), date(2024, 2, 20))
PLACES = (("district", "town"), *((level, name) for level in LEVELS[1:] for name in (NORTH, SOUTH, "east")))
AREA_NUMBERS = dict(zip(PLACES, range(-100, 0), strict=False))  # stand for ids until a town is there
CODES = {name: [*(grade.code for grade in edition_on(name, ON).grades), UNRATED] for name in RULE_SETS}

conditions = {
    "areas": st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(
        lambda some: tuple(map(AREA_NUMBERS.get, some))
    ),
    "grades": st.lists(
        st.sampled_from(RULE_SETS).flatmap(
            lambda name: st.tuples(st.just(name), st.lists(st.sampled_from(CODES[name]), unique=True).map(tuple))
        ),
        max_size=2,
    ).map(tuple),
    "hazard_group": st.none() | st.sampled_from(HAZARD_GROUPS),
    "hazard_state": st.none() | st.sampled_from(HAZARD_STATES),
    "unvisited_days": st.none() | st.sampled_from([0, 1, 29, 30, 41, 59, 60, 121, 122, 365, 366, NEVER]),
    "group_rental": st.none() | st.booleans(),
    "vacant": st.booleans(),
}
some_filters = st.one_of(
    *(st.builds(Filters, **{name: values}) for name, values in conditions.items()), st.builds(Filters, **conditions)
)


@cache
def grade(name: str, rule_set: str, on: date) -> str:
    edition = edition_on(rule_set, on)
    place = rate(compute_facts(cast.fact_log(HOUSES[name].as_cast()), edition, on), edition).grade[0]
    return UNRATED if place < 0 else edition.grades[place].code


def since_visit(house: House, on: date) -> int:
    return min(((on - day).days for day, _ in house.records.visits if day <= on), default=NEVER)


def meets(house: House, filters: Filters, on: date) -> bool:
    """Whether a house meets every condition, asked one by one."""
    own = {("district", "town"), *((level, house.street) for level in LEVELS[1:])} if house.street else set()
    groups = [filters.hazard_group] if filters.hazard_group else HAZARD_GROUPS
    about_hazards = filters.hazard_group is not None or filters.hazard_state is not None
    return all(
        (
            not filters.areas or bool({AREA_NUMBERS[place] for place in own} & set(filters.areas)),
            all(grade(house.name, rule_set, on) in codes for rule_set, codes in filters.grades),
            not about_hazards or any(hazards(house, group, filters.hazard_state or "open", on) for group in groups),
            filters.unvisited_days is None or since_visit(house, on) >= filters.unvisited_days,
            filters.group_rental is None or bool(house.group_rental) == filters.group_rental,
            not filters.vacant or house.vacant(on) > 0,
        )
    )


@dataclass(frozen=True, repr=False)
class Choosing:
    """The town on each day, and the ids that area numbers stand for."""

    names: Sequence[str]
    ids: Mapping[int, int]
    days: Mapping[date, Snapshot]

    def names_chosen(self, filters: Filters, on: date) -> set[str]:
        with_ids = replace(filters, areas=tuple(self.ids[number] for number in filters.areas))
        return {name for name, chosen in zip(self.names, selected(self.days[on], with_ids), strict=True) if chosen}


@pytest.fixture(scope="module")
def choosing(lockside) -> Choosing:
    ids = {number: lockside.area(*place) for place, number in AREA_NUMBERS.items()}
    return Choosing(list(lockside.rows()), ids, {on: lockside.snapshot(on) for on in DAYS})


@settings(max_examples=250)
@given(filters=some_filters, on=st.sampled_from(DAYS))
def test_filters_choose_what_a_loop_over_the_cast_chooses(choosing, filters, on):
    assert choosing.names_chosen(filters, on) == {house.name for house in CAST if meets(house, filters, on)}


def test_no_filter_leaves_everybody(choosing):
    assert choosing.names_chosen(Filters(), ON) == {house.name for house in CAST}
    assert not Filters().narrow


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(unvisited_days=NEVER), {"Never House"}),
        (Filters(unvisited_days=366), {"Never House", "Crowded Corner", "Maple Tower"}),
        (Filters(unvisited_days=367), {"Never House", "Maple Tower"}),
        (Filters(vacant=True), {"Lantern Hall"}),
        (Filters(group_rental=True), {"Crowded Corner"}),
        (Filters(hazard_group="fire"), {"Crowded Corner", "Mill Yard"}),
        (Filters(hazard_group="fire", hazard_state="overdue"), {"Mill Yard"}),
        (Filters(hazard_state="ever"), {"Crowded Corner", "Mill Yard", "Harbour Row", "Mended Cottage"}),
        (Filters(grades=(("qishuyan", ("red",)),)), {"Crowded Corner", "Harbour Row"}),
        (Filters(grades=(("qishuyan", ("red",)), ("baoan", ("one",)))), {"Crowded Corner"}),
        (Filters(grades=(("toronto", ("two_years",)),)), {"Maple Tower"}),
        (
            Filters(areas=(AREA_NUMBERS["street", NORTH],), grades=(("baoan", (UNRATED,)),)),
            {"Never House", "Maple Tower"},
        ),
        (Filters(areas=(AREA_NUMBERS["street", "east"],)), set()),
    ],
)
def test_by_name(choosing, filters, names):
    assert choosing.names_chosen(filters, ON) == names
    assert filters.narrow


def test_a_building_in_any_of_the_areas_is_meant_whatever_their_levels(lockside: Town):
    columns, rows = lockside.city_facts().buildings, lockside.rows()
    areas = (lockside.area("grid", NORTH), lockside.area("community", SOUTH))
    chosen = in_areas(columns, areas)
    assert {name for name, row in rows.items() if not chosen[row]} == {"Stray Barn"}
    assert not in_areas(columns, ()).any()


BEFORE, AFTER = np.array([0, 1, 2, 0, -1, 1], np.int8), np.array([1, 0, 2, 0, 1, -1], np.int8)


@pytest.mark.parametrize(
    ("moved", "rows"),
    [
        (Moved("qishuyan", ON, direction="better"), [0]),
        (Moved("qishuyan", ON, direction="worse"), [1]),
        (Moved("qishuyan", ON, before="red", after="yellow"), [0]),
        (Moved("qishuyan", ON, before="red"), [0, 3]),
        (Moved("qishuyan", ON, after="yellow"), [0, 4]),
        (Moved("qishuyan", ON, before=UNRATED), [4]),
        (Moved("qishuyan", ON, before="yellow", after=UNRATED), [5]),
        (Moved("qishuyan", ON, before="star"), []),
    ],
)
def test_a_flow_of_grades_chooses_those_that_moved_so(moved, rows):
    assert np.flatnonzero(moved_so(BEFORE, AFTER, ["red", "yellow", "green", "star"], moved)).tolist() == rows


def test_what_moved_is_asked_of_the_grades_of_the_earlier_day(choosing):
    day, moved = choosing.days[ON], Filters(moved=Moved("qishuyan", DAYS[2], direction="worse"))
    assert moved.narrow
    is_rated = day.grades["qishuyan"] >= 0
    better = (np.maximum(day.grades["qishuyan"], 0) + 1).astype(np.int8)
    assert (selected(day, moved, better) == (is_rated & selected(day, Filters()))).all()
    assert not selected(day, moved, day.grades["qishuyan"]).any()
    assert not selected(day, moved).any()
