"""What is to be planned: which officer-day may make which visit, and when it would begin."""

import pickle
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.db.models.planning import VISIT_KINDS
from data.planning.conditions import as_fixed, in_reach, in_time, may_visit, right_role
from data.planning.errors import WrongProblem
from data.planning.problem import EVENING, KINDS, URGENT, Problem
from data.planning.timetable import begins, routes_of, spare_s
from scoring.planning import worth
from tests.data.planning.cast import (
    CHEN,
    FAR_FARM,
    FRIDAY,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    MONDAY,
    NIGHT_OWL,
    NINE,
    PLUM_COURT,
    TUESDAY,
    WEDNESDAY,
    WEI,
    crew,
    needs,
    place,
    problem,
)


def days(of: Problem, allowed: np.ndarray) -> list[date]:
    """The days of the officer-days that may make the first visit."""
    return of.crew.day[allowed[:, 0]].tolist()


def test_the_kinds_of_visits_are_the_same_in_problems_tables_and_worth():
    assert KINDS == VISIT_KINDS == worth.KINDS


def test_only_the_role_that_is_asked_for_may_come():
    harbour = problem([WEI, CHEN], [replace(PLUM_COURT, role="assistant")])
    assert set(harbour.crew.officer[right_role(harbour)[:, 0]]) == {CHEN.number}


def test_a_visit_is_made_from_its_earliest_day_to_its_last():
    harbour = problem([WEI], [replace(PLUM_COURT, earliest=TUESDAY, last_day=WEDNESDAY)])
    assert days(harbour, in_time(harbour)) == days(harbour, may_visit(harbour)) == [TUESDAY, WEDNESDAY]


def test_where_nothing_is_said_any_day_will_do():
    harbour = problem([WEI], [PLUM_COURT])
    assert days(harbour, may_visit(harbour)) == list(WEI.days)


def test_a_place_that_is_not_reached_in_a_day_or_not_on_the_map_is_out_of_reach():
    harbour = problem([WEI], [FAR_FARM, replace(PLUM_COURT, at=(np.nan, np.nan)), PLUM_COURT])
    assert in_reach(harbour).any(axis=0).tolist() == [False, False, True]


def test_the_way_there_and_back_counts_to_the_minute():
    walked = problem([WEI], [PLUM_COURT]).from_post[0, 0] * 2
    assert 60 < walked < 180
    for minutes, fits in ((117, True), (118, False)):
        assert in_reach(problem([WEI], [replace(PLUM_COURT, minutes=minutes)]))[0, 0] == fits


def test_a_pinned_visit_is_for_its_officer_and_its_day():
    harbour = problem([WEI, LI], [replace(PLUM_COURT, pinned_officer=LI.number, pinned_day=FRIDAY)])
    (row,) = np.flatnonzero(as_fixed(harbour)[:, 0])
    assert (harbour.crew.officer[row], harbour.crew.day[row].item()) == (LI.number, FRIDAY)


def test_an_evening_visit_is_for_whoever_works_in_the_evening():
    harbour = problem([WEI, NIGHT_OWL], [replace(PLUM_COURT, kind=EVENING), replace(PLUM_COURT, kind=URGENT)])
    allowed = may_visit(harbour)
    assert set(harbour.crew.officer[allowed[:, 0]]) == {NIGHT_OWL.number}
    assert allowed[:, 1].all()


def test_an_agreed_moment_must_lie_within_the_working_day():
    harbour = problem([WEI], [replace(PLUM_COURT, begins=minute) for minute in (NINE, NINE + 2, NINE + 80, NINE + 100)])
    assert may_visit(harbour)[0].tolist() == [False, True, True, False]


def test_visits_begin_one_after_the_other_with_the_way_between():
    harbour = problem([WEI], [PLUM_COURT, LANTERN_HOUSE])
    first = 60 * NINE + int(harbour.from_post[0, 0])
    assert begins(harbour, 0, [0, 1]) == [first, first + 30 * 60 + int(harbour.between[0, 1])]
    assert begins(harbour, 0, []) == []


def test_a_day_does_not_hold_more_than_its_minutes():
    harbour = problem([WEI], [replace(PLUM_COURT, building=n, minutes=40) for n in range(3)])
    assert begins(harbour, 0, [0, 1]) and begins(harbour, 0, [0, 1, 2]) is None


def test_whoever_comes_before_the_window_waits_and_after_it_is_too_late():
    harbour = problem([NIGHT_OWL], [replace(PLUM_COURT, kind=EVENING), replace(LANTERN_HOUSE, begins=17 * 60 + 10)])
    assert begins(harbour, 0, [1, 0]) == [17 * 3600 + 600, 18 * 3600]
    assert begins(harbour, 0, [0, 1]) is None


def test_routes_say_the_minute_rounded_up_and_all_that_is_walked():
    harbour = problem([WEI], [PLUM_COURT])
    made = routes_of(harbour, {0: [0]})
    way = int(harbour.from_post[0, 0])
    assert made.arrives.tolist() == [NINE + -(-way // 60)] and made.walked_s == 2 * way
    assert spare_s(harbour, {0: [0]})[:2].tolist() == [120 * 60 - 30 * 60 - 2 * way, 120 * 60]


def test_walking_by_road_takes_the_place_of_the_straight_line():
    harbour = problem([replace(WEI, days=(MONDAY,))], [PLUM_COURT], by_road=np.array([[0, 700], [600, 0]]))
    assert (harbour.from_post.item(), harbour.to_post.item()) == (700, 600)


def test_a_problem_is_the_same_after_it_went_to_another_process():
    harbour = problem([WEI], [PLUM_COURT, HARBOUR_ROW])
    again = pickle.loads(pickle.dumps(harbour))
    np.testing.assert_array_equal(may_visit(again), may_visit(harbour))


@pytest.mark.parametrize(
    ("officers", "visits", "why"),
    [
        (crew([WEI]), replace(needs([PLUM_COURT]), minutes=np.array([1, 2])), "have 1, 2 rows"),
        (crew([WEI]), needs([replace(PLUM_COURT, minutes=-1)]), "one of officer, assistant"),
        (crew([WEI]), replace(needs([PLUM_COURT]), role=np.array([2])), "one of officer, assistant"),
        (crew([replace(WEI, starts=22 * 60 + 1)]), needs([PLUM_COURT]), "after midnight"),
    ],
)
def test_what_does_not_fit_together_is_refused(officers, visits, why):
    with pytest.raises(WrongProblem, match=why):
        problem([], [], crew=officers, needs=visits)


def test_a_place_is_as_far_from_the_post_as_it_says():
    harbour = problem([WEI], [replace(PLUM_COURT, at=place(300, 400))], walk_factor=1.0, walk_kmh=3.6)
    assert abs(harbour.from_post[0, 0] - 500) < 3
