"""What moving a visit to another officer or day costs, and which rule stands against it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.planning.check import violations
from data.planning.moves import AGAINST, Moves, moves, with_visit
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.problem import EVENING, JOINT, Problem, Routes
from data.planning.timetable import routes_of, walked_s
from tests.data.planning import towns
from tests.data.planning.cast import (
    CHEN,
    FAR_FARM,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    LOCKED_YARD,
    MONDAY,
    PLUM_COURT,
    TUESDAY,
    WEI,
    place,
    problem,
)

WEIS_DAYS = replace(WEI, days=(MONDAY, TUESDAY))
LIS_DAYS = replace(LI, days=(MONDAY, TUESDAY))
WEI_MONDAY, LI_MONDAY, WEI_TUESDAY, LI_TUESDAY = range(4)


def said(of: Moves) -> list[str]:
    return [AGAINST[one] for one in of.against.tolist()]


def asked(visit, *others, officers=(WEIS_DAYS, LIS_DAYS), orders=None) -> Moves:
    """What moving the first visit costs, which Wei makes on Monday before the others unless `orders` say otherwise."""
    of = problem(officers, [visit, *others])
    return moves(of, routes_of(of, {WEI_MONDAY: [0]} if orders is None else orders), 0)


def test_a_visit_may_move_to_whoever_has_time_and_the_day_it_stands_on_is_no_move():
    found = asked(PLUM_COURT)
    assert said(found) == ["same_day", "", "", ""]
    assert found.more_s.tolist() == [0, 0, 0, 0]  # the same way from the same post, whoever goes
    assert found.left_s[LI_MONDAY] < 90 * 60 and found.place[LI_MONDAY] == 0


def test_a_visit_on_the_way_of_another_costs_less_than_one_that_needs_a_walk_of_its_own():
    beside = replace(PLUM_COURT, building=21, at=place(65, 0))
    of = problem([WEIS_DAYS, LIS_DAYS], [PLUM_COURT, beside])
    found = moves(of, routes_of(of, {WEI_MONDAY: [0], LI_TUESDAY: [1]}), 0)
    assert found.fits.tolist()[0] == LI_TUESDAY and found.more_s[LI_TUESDAY] < found.more_s[LI_MONDAY] == 0


@pytest.mark.parametrize(
    ("visit", "officers", "rule"),
    [
        (PLUM_COURT, [WEIS_DAYS, replace(CHEN, days=(MONDAY, TUESDAY))], "role"),
        (replace(PLUM_COURT, last_day=MONDAY), [WEIS_DAYS], "days"),
        (replace(PLUM_COURT, minutes=30), [WEIS_DAYS, replace(LIS_DAYS, minutes=20)], "reach"),
        (replace(PLUM_COURT, kind=JOINT), [WEIS_DAYS, LIS_DAYS], "partner"),
    ],
)
def test_the_rule_that_stands_against_a_move_is_named(visit, officers, rule):
    of = problem(officers, [visit])
    found = said(moves(of, routes_of(of, {0: [0]}), 0))
    assert found[0] == "same_day" and rule in found


def test_an_evening_visit_does_not_move_to_whoever_goes_home_at_eleven():
    of = problem([WEIS_DAYS], [replace(PLUM_COURT, kind=EVENING)])
    assert said(moves(of, routes_of(of, {}), 0)) == ["window", "window"]


def test_nobody_works_longer_for_a_move():
    long = [replace(LANTERN_HOUSE, building=20 + n, minutes=55) for n in range(2)]
    found = asked(PLUM_COURT, *long, orders={WEI_MONDAY: [0], LI_MONDAY: [1, 2]})
    assert said(found) == ["same_day", "no_time", "", ""]
    assert (
        -31 * 60 < found.left_s[LI_MONDAY] < -20 * 60
    )  # ten minutes of two hours are left, and the visit takes thirty


def test_what_is_left_out_and_what_is_pinned_may_be_moved_too():
    found = asked(replace(PLUM_COURT, pinned_officer=1, pinned_day=MONDAY), HARBOUR_ROW, orders={WEI_MONDAY: [1]})
    assert said(found) == [""] * 4
    assert (found.more_s >= 0).all() and found.more_s[WEI_MONDAY] < found.more_s[LI_MONDAY]


def test_far_farm_is_out_of_everybodys_reach():
    assert said(asked(FAR_FARM, orders={})) == ["reach"] * 4


def test_a_visit_by_several_that_is_agreed_is_not_put_off_for_a_visit_that_moves():
    joint = [replace(LOCKED_YARD, kind=JOINT, begins=9 * 60 + 10), replace(LOCKED_YARD, kind=JOINT, begins=9 * 60 + 10)]
    of = problem([WEIS_DAYS, LIS_DAYS], [PLUM_COURT, *joint])
    routes = routes_of(of, {WEI_MONDAY: [1], LI_MONDAY: [2], WEI_TUESDAY: [0]})
    loose = replace(of, needs=replace(of.needs, begins=np.full(3, -1, np.int32)))
    found = moves(loose, routes, 0)
    assert found.place[[WEI_MONDAY, LI_MONDAY]].tolist() == [1, 1]


@settings(max_examples=25)
@given(seed=st.integers(0, 2**16), chance=st.randoms(use_true_random=False))
def test_the_cost_of_a_move_is_the_difference_of_all_walking_before_and_after_and_the_checker_agrees(seed, chance):
    of = towns.team(seed, needs=40, officers=2)
    routes = due_then_nearest(of)
    need = chance.randrange(len(of.needs))
    found = moves(of, routes, need)
    for officer_day in found.fits.tolist():
        after = _moved(of, routes, need, officer_day, int(found.place[officer_day]))
        assert after.walked_s - routes.walked_s == found.more_s[officer_day]
        assert [str(one) for one in violations(of, after)] == []
        used = 60 * int(of.needs.minutes[after.orders[officer_day]].sum())
        used += walked_s(of, officer_day, after.orders[officer_day])
        assert 60 * int(of.crew.minutes[officer_day]) - used == found.left_s[officer_day]


def _moved(of: Problem, routes: Routes, need: int, officer_day: int, at: int) -> Routes:
    orders = {one: [other for other in order if other != need] for one, order in routes.orders.items()}
    orders[officer_day] = with_visit(orders.get(officer_day, []), need, at)
    return routes_of(of, orders)
