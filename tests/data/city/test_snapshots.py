"""The town as it stood on a day: every count turns on the very day it should."""

from datetime import date, timedelta

import numpy as np
import pytest

from data.city.snapshots import HAZARD_STATES, NEVER, days_since_visit, hazards_by_group, month_ends, vacant_homes
from data.db.models.city import HAZARD_GROUPS
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_on
from tests import cast
from tests.data.lockside import CAST, ON, RULE_SETS, House

HOUSES = {house.name: house for house in CAST}
TURNING_DAYS = sorted(
    {
        turn + timedelta(off)
        for house in CAST
        for turn in [
            *(day for _, day in house.records.events),
            *(day for day, _ in house.records.visits),
            *(day for loop in house.records.loops for _, day in loop.steps),
            *(loop.due for loop in house.records.loops if loop.due),
            *(day for home in house.public_homes for _, day in home),
        ]
        for off in (-1, 0, 1)
    }
)


def hazards(house: House, group: str, state: str, on: date) -> int:
    """How many hazards of a group a house has in a state, counted one by one."""
    found = [period for loop in house.records.loops for period in loop.open_periods() if period.group == group]
    found = [period for period in found if period.found <= on]
    if state != "ever":
        found = [period for period in found if period.closed is None or period.closed > on]
    if state == "overdue":
        found = [period for period in found if period.due is not None and period.due < on]
    return len(found)


@pytest.mark.parametrize(
    ("name", "group", "state", "before", "turn", "after"),
    [
        ("Crowded Corner", "public_order", "open", 0, date(2024, 6, 1), 1),  # found
        ("Crowded Corner", "public_order", "ever", 0, date(2024, 6, 1), 1),
        ("Crowded Corner", "public_order", "overdue", 0, date(2024, 6, 17), 1),  # the day after the due day
        ("Crowded Corner", "fire", "overdue", 0, date(2099, 1, 1), 0),  # no due day
        ("Crowded Corner", "hygiene", "open", 0, date(2024, 6, 1), 0),  # mended on the spot
        ("Crowded Corner", "hygiene", "ever", 0, date(2024, 6, 1), 1),
        ("Harbour Row", "public_order", "open", 1, date(2024, 3, 1), 0),  # resolved
        ("Harbour Row", "public_order", "overdue", 1, date(2024, 3, 1), 0),
        ("Harbour Row", "public_order", "ever", 1, date(2024, 3, 1), 1),
        ("Mill Yard", "fire", "open", 0, date(2024, 5, 1), 1),  # reopened
        ("Mill Yard", "fire", "overdue", 0, date(2024, 5, 1), 1),  # and late at once
        ("Mill Yard", "fire", "ever", 1, date(2024, 5, 1), 2),
        ("Mill Yard", "hygiene", "open", 1, date(2024, 4, 10), 1),  # resolved and reopened on one day
    ],
)
def test_a_hazard_is_counted_from_its_day_on(lockside, name, group, state, before, turn, after):
    city_facts, row = lockside.city_facts(), lockside.rows()[name]
    place = HAZARD_GROUPS.index(group)
    counts = [hazards_by_group(city_facts, state, day)[row, place] for day in (turn - timedelta(1), turn)]
    assert counts == [before, after]


def test_hazards_by_group_and_state_are_those_of_the_cast_around_every_turning_day(lockside):
    city_facts, rows = lockside.city_facts(), lockside.rows()
    for on in TURNING_DAYS:
        for state in HAZARD_STATES:
            told = [[hazards(HOUSES[name], group, state, on) for group in HAZARD_GROUPS] for name in rows]
            np.testing.assert_array_equal(hazards_by_group(city_facts, state, on), told, err_msg=f"{state} on {on}")


def test_vacant_homes_are_those_of_the_cast_around_every_turning_day(lockside):
    city_facts, rows = lockside.city_facts(), lockside.rows()
    seen = set()
    for on in TURNING_DAYS:
        told = [HOUSES[name].vacant(on) for name in rows]
        seen |= set(told)
        np.testing.assert_array_equal(vacant_homes(city_facts, on), told, err_msg=str(on))
    assert seen == {0, 1, 2, 3}


def test_days_since_the_last_visit_are_those_of_the_cast_around_every_turning_day(lockside):
    city_facts, rows = lockside.city_facts(), lockside.rows()
    for on in TURNING_DAYS:
        visits = ([(on - day).days for day, _ in HOUSES[name].records.visits if day <= on] for name in rows)
        told = [min(days, default=NEVER) for days in visits]
        np.testing.assert_array_equal(days_since_visit(city_facts, on), told, err_msg=str(on))


def test_never_house_was_never_visited_and_a_visit_without_a_check_list_counts(lockside):
    day, rows = lockside.snapshot(), lockside.rows()
    assert day.days_since_visit[rows["Never House"]] == NEVER
    assert day.days_since_visit[rows["Mill Yard"]] == (ON - date(2024, 5, 2)).days
    assert day.days_since_visit[rows["Lantern Hall"]] == 0


@pytest.mark.parametrize("rule_set", RULE_SETS)
@pytest.mark.parametrize("on", [ON, date(2024, 3, 31), date(2022, 2, 2)])
def test_grades_and_scores_are_those_of_the_cast(lockside, rule_set, on):
    day, edition = lockside.snapshot(on), edition_on(rule_set, on)
    rated = rate(
        compute_facts(cast.fact_log(*(HOUSES[name].as_cast() for name in lockside.rows())), edition, on), edition
    )
    np.testing.assert_array_equal(day.grades[rule_set], rated.grade)
    np.testing.assert_array_equal(day.scores[rule_set], rated.score)
    assert day.editions[rule_set] == edition


def test_month_ends_are_the_day_itself_and_last_days_before_it():
    assert month_ends(date(2024, 3, 31), 3) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]
    assert month_ends(date(2024, 1, 1), 2) == [date(2023, 12, 31), date(2024, 1, 1)]
    assert month_ends(ON, 1) == [ON]
