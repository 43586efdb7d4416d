"""The checker sees every broken rule. Each case breaks one thing of a plan that is right."""

from dataclasses import replace

import numpy as np
import pytest

from data.planning.check import violations
from data.planning.problem import EVENING, JOINT, Problem, Routes
from data.planning.timetable import routes_of
from tests.data.planning.cast import (
    CHEN,
    FRIDAY,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    MONDAY,
    NIGHT_OWL,
    NINE,
    PLUM_COURT,
    TUESDAY,
    WEI,
    problem,
)

HARBOUR = problem([WEI, LI], [PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE])
RIGHT = routes_of(HARBOUR, {0: [0, 1], 3: [2]})
TOGETHER = (replace(PLUM_COURT, kind=JOINT, begins=NINE + 10), replace(PLUM_COURT, kind=JOINT, begins=NINE + 10))


def said(of: Problem, routes: Routes) -> str:
    return " ".join(map(str, violations(of, routes)))


def test_nothing_is_wrong_with_a_plan_that_keeps_every_rule():
    assert violations(HARBOUR, RIGHT) == []
    assert violations(HARBOUR, routes_of(HARBOUR, {})) == []


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        (replace(RIGHT, need=RIGHT.need[:2]), "differ in length"),
        (replace(RIGHT, need=np.array([0, 1, 3])), "a row that the problem does not have"),
        (replace(RIGHT, crew=np.array([0, 0, 10])), "a row that the problem does not have"),
        (replace(RIGHT, crew=np.array([3, 0, 0])), "not in order"),
        (replace(RIGHT, arrives=RIGHT.arrives + 1), "does not begin when it says"),
        (replace(RIGHT, arrives=RIGHT.arrives - 1), "does not begin when it says"),
        (replace(RIGHT, walked_s=RIGHT.walked_s - 1), f"it is {RIGHT.walked_s} s"),
        (routes_of(HARBOUR, {0: [0, 1], 3: [0]}), "11: the visit is made 2 times"),
    ],
)
def test_a_plan_that_contradicts_itself_is_seen(routes, why):
    assert why in said(HARBOUR, routes)


@pytest.mark.parametrize(
    ("visit", "why"),
    [
        (replace(PLUM_COURT, role="assistant"), "officer 1 is no assistant"),
        (replace(PLUM_COURT, last_day=MONDAY), "2026-12-01 is after its last day"),
        (replace(PLUM_COURT, earliest=FRIDAY), "2026-12-01 is before its earliest day"),
        (replace(PLUM_COURT, pinned_officer=LI.number), "pinned to another officer than 1"),
        (replace(PLUM_COURT, pinned_day=FRIDAY), "pinned to another day than 2026-12-01"),
    ],
)
def test_a_visit_by_the_wrong_officer_or_on_the_wrong_day_is_seen(visit, why):
    assert why in said(problem([WEI], [visit]), routes_of(problem([WEI], [PLUM_COURT]), {1: [0]}))


@pytest.mark.parametrize(
    "visit",
    [
        replace(PLUM_COURT, last_day=TUESDAY, earliest=TUESDAY),
        replace(PLUM_COURT, pinned_officer=WEI.number, pinned_day=TUESDAY),
    ],
)
def test_a_visit_on_its_only_day_by_its_only_officer_is_right(visit):
    harbour = problem([WEI], [visit])
    assert violations(harbour, routes_of(harbour, {1: [0]})) == []


def test_a_day_longer_than_its_minutes_is_seen_to_the_second():
    longer = problem([replace(WEI, minutes=240)], [replace(PLUM_COURT, building=n, minutes=40) for n in range(3)])
    routes = routes_of(longer, {0: [0, 1, 2]})
    needed = -(-(3 * 40 * 60 + routes.walked_s) // 60)
    for minutes, wrong in ((needed, False), (needed - 1, True)):
        day = replace(longer, crew=replace(longer.crew, minutes=np.full(5, minutes, np.int32)))
        assert ("Officer 1 works longer than the minutes of 2026-11-30." in said(day, routes)) == wrong


def test_a_visit_that_waits_for_its_hours_is_right_and_one_after_them_is_seen():
    evening = replace(PLUM_COURT, kind=EVENING)
    owl = problem([NIGHT_OWL], [evening, LANTERN_HOUSE])
    assert violations(owl, routes_of(owl, {0: [1, 0]})) == []
    at_five, long = replace(PLUM_COURT, begins=17 * 60 + 5), replace(LANTERN_HOUSE, minutes=130)
    without_hours = routes_of(problem([NIGHT_OWL], [PLUM_COURT, long]), {0: [1, 0]})
    assert "11: the visit begins after its window" in said(problem([NIGHT_OWL], [at_five, long]), without_hours)


def test_a_minute_after_a_full_minute_is_a_minute_too_late():
    evening = problem([NIGHT_OWL], [replace(PLUM_COURT, kind=EVENING)])
    at_six = routes_of(evening, {0: [0]})
    assert at_six.arrives.tolist() == [18 * 60] and violations(evening, at_six) == []
    assert "does not begin when it says" in said(evening, replace(at_six, arrives=at_six.arrives + 1))


def test_a_visit_before_its_hours_is_seen():
    without_hours = routes_of(problem([NIGHT_OWL], [PLUM_COURT]), {0: [0]})
    evening = problem([NIGHT_OWL], [replace(PLUM_COURT, kind=EVENING)])
    assert "does not begin when it says" in said(evening, without_hours)


def test_a_joint_visit_is_made_by_both_at_one_moment_or_by_nobody():
    both = problem([WEI, LI, CHEN], TOGETHER)
    assert violations(both, routes_of(both, {0: [0], 1: [1]})) == []
    assert violations(both, routes_of(both, {})) == []
    for orders in ({0: [0]}, {0: [0], 4: [1]}):
        assert "11: the joint visit is not made by all" in said(both, routes_of(both, orders))


def test_one_officer_is_not_two():
    both = problem([WEI], [replace(one, minutes=0) for one in TOGETHER])
    assert "the joint visit is not made by all" in said(both, routes_of(both, {0: [0, 1]}))


def test_a_joint_visit_at_two_moments_is_seen_and_who_waits_for_the_other_is_right():
    apart = problem([WEI, LI], [replace(TOGETHER[0], begins=-1), replace(TOGETHER[1], begins=NINE + 30)])
    routes = routes_of(apart, {0: [0], 1: [1]})
    assert "the joint visit is not made by all" in said(apart, routes)
    assert violations(apart, replace(routes, arrives=np.full(2, NINE + 30, np.int32))) == []
