"""The coming weeks laid out: the sentences of tests/cases/weeks.toml, what always holds, and a quarter tried."""

import tomllib
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning import weeks as module
from scoring.planning.figures import figures
from scoring.planning.weeks import (
    LEFT,
    ComingVisits,
    Week,
    coming_visits,
    day_of_each,
    visits_this_week,
    week_of_each,
)
from tests.scoring.planning.quarter import AHEAD, CALENDAR, FIRST, WORKED, Outcome, quarter

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "weeks.toml").read_text(encoding="utf-8"))["case"]
SLOTS = figures().slots
VISIT = 30.0
BUILDING = st.tuples(st.integers(-60, 55), st.sampled_from([7, 10, 21, 45, 180]), st.sampled_from([1.0, 3.0, 9.0]))


def weeks_of(a_day: int, number: int = AHEAD) -> list[Week]:
    return [Week(days, np.full(len(days), a_day * VISIT)) for days in WORKED[:number]]


def coming(buildings: list[tuple[int, int, float]], weeks: list[Week]) -> ComingVisits:
    due, days, weight = zip(*buildings, strict=True)
    due_days = FIRST + np.array(due)
    return coming_visits(due_days, np.array(days, "timedelta64[D]"), np.array(weight), weeks, CALENDAR)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_sentence_of_the_cases(case):
    named = list(case["buildings"])
    told = [((one["due"] - FIRST.item()).days, one["days"], one["weight"]) for one in case["buildings"].values()]
    weeks = weeks_of(case["a_day"], case.get("weeks", AHEAD))
    visits = coming(told, weeks)
    rows, day = visits_this_week(visits, weeks, VISIT, SLOTS)
    if "this_week_holds" in case:
        assert len(rows) == case["this_week_holds"]
    else:
        made = zip(visits.building[rows], weeks[0].days[day], strict=True)
        assert {named[building]: on.item() for building, on in made} == case["this_week"]


def test_the_next_visits_follow_each_by_its_interval_and_on_working_days():
    visits = coming([(2, 10, 1.0)], weeks_of(3, 5))
    days = [FIRST.item() + timedelta(after) for after in (2, 11, 22, 32)]  # of day 12, a Saturday, the Friday
    assert visits.due.tolist() == days


def test_what_is_overdue_comes_again_an_interval_after_the_first_day():
    visits = coming([(-30, 21, 1.0)], weeks_of(3, 4))
    assert visits.due[1:].tolist() == [FIRST.item() + timedelta(21)]


def test_where_nothing_is_due_nothing_is_planned():
    due = np.array(["NaT", "2027-03-02"], "datetime64[D]")
    visits = coming_visits(due, np.array([10, 10], "timedelta64[D]"), np.ones(2), weeks_of(1), CALENDAR)
    rows, day = visits_this_week(visits, weeks_of(1), VISIT, SLOTS)
    assert len(visits.due) == len(rows) == len(day) == 0


@given(st.lists(BUILDING, min_size=1, max_size=25), st.integers(1, 4), st.integers(1, AHEAD))
def test_no_week_or_day_holds_more_than_fits_and_nothing_is_left_while_there_is_room(buildings, a_day, number):
    weeks = weeks_of(a_day, number)
    visits = coming(buildings, weeks)
    week = week_of_each(visits, weeks, VISIT, SLOTS)
    fitting = np.array([len(one.days) * a_day for one in weeks])
    assert (np.bincount(week[week != LEFT], minlength=number) <= fitting).all()
    assert (week == LEFT).sum() == max(len(visits.due) - fitting.sum(), 0)
    rows, day = visits_this_week(visits, weeks, VISIT, SLOTS)
    assert len(set(visits.building[rows])) == len(rows)
    assert (np.bincount(day, minlength=1) <= a_day).all() and (day != LEFT).all()


@given(st.lists(BUILDING, min_size=2, max_size=5), st.integers(1, 2))
def test_no_other_week_of_a_visit_alone_would_be_cheaper(buildings, a_day):
    weeks = weeks_of(a_day, 3)
    visits = coming(buildings, weeks)
    day = day_of_each(visits, weeks[0], VISIT, SLOTS)
    costs = module._cost_of_days(visits, weeks[0].days, SLOTS)
    held = np.bincount(day[day != LEFT], minlength=5)
    for row in np.flatnonzero(day != LEFT):
        own = costs[row, day[row]] + SLOTS.full_slot * held[day[row]] / a_day
        for other in np.flatnonzero(held < a_day):
            assert own <= costs[row, other] + SLOTS.full_slot * (held[other] + 1) / a_day + 1e-6 or other == day[row]


@pytest.mark.parametrize("weights", [(9.0, 1.0), (1.0, 9.0)])
def test_where_one_does_not_fit_the_lighter_is_left(weights):
    day = Week(WORKED[0][:1], np.array([VISIT]))
    visits = coming([(-3, 45, weights[0]), (-3, 45, weights[1])], [day])
    left = week_of_each(visits, [day], VISIT, SLOTS) == LEFT
    assert visits.weight[left].tolist() == [1.0]


def test_nobody_is_visited_twice_in_a_week_though_the_next_is_full():
    weeks = [*weeks_of(2, 1), Week(WORKED[1], np.zeros(5))]
    visits = coming([(-1, 7, 1.0)] * 6, weeks)
    assert (np.bincount(visits.building[week_of_each(visits, weeks, VISIT, SLOTS) == 0]) == 2).any()
    rows, _ = visits_this_week(visits, weeks, VISIT, SLOTS)
    assert visits.building[rows].tolist() == [0, 1, 2, 3, 4, 5]
    assert (visits.due[rows] < FIRST).all()


def test_a_large_area_is_dealt_into_hands_that_keep_to_the_minutes():
    rng = np.random.default_rng(1)
    buildings = [(int(due), 10, 3.0) for due in rng.integers(-9, 14, 400)]
    weeks = weeks_of(64)
    visits = coming(buildings, weeks)
    assert len(visits.due) > 3 * module.MOST_AT_ONCE
    rows, day = visits_this_week(visits, weeks, VISIT, SLOTS)
    assert len(set(visits.building[rows])) == len(rows) <= 5 * 64
    assert (np.bincount(day) <= 64 + 4).all()  # a hand rounds a day's visits up
    overdue = np.flatnonzero(np.array(buildings)[:, 0] < 0)
    assert set(overdue) <= set(visits.building[rows])


@pytest.fixture(scope="module")
def planned() -> Outcome:
    return quarter(40, 120, planned=True)


@pytest.fixture(scope="module")
def due_only() -> Outcome:
    return quarter(40, 120, planned=False)


def test_over_a_quarter_98_of_100_repeat_visits_are_on_time(planned, due_only):
    assert planned.on_time / planned.repeats >= 0.98
    assert due_only.on_time / due_only.repeats < 0.90


def test_over_a_quarter_a_grids_highest_week_is_at_most_1_3_times_its_mean(planned, due_only):
    assert planned.peak <= 1.3
    assert due_only.peak > 2


def test_over_a_quarter_at_most_three_visits_in_ten_are_added(planned, due_only):
    assert planned.visits.sum() <= 1.30 * due_only.visits.sum()
