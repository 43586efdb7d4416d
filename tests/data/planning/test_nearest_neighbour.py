"""The plan by hand: due day, then nearest neighbour. And visits by two, which are fixed before any plan."""

from dataclasses import replace

import numpy as np

from data.planning.check import violations
from data.planning.joint import allowed_visits, with_joint_fixed, without_halves
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.problem import EVENING, JOINT, NO_MOMENT, Problem
from tests.data.planning.cast import (
    CHEN,
    FRIDAY,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LAST_FRIDAY,
    LI,
    LOCKED_YARD,
    MONDAY,
    NIGHT_OWL,
    NINE,
    PLUM_COURT,
    TUESDAY,
    WEDNESDAY,
    WEI,
    place,
    problem,
)

OF_TWO = (replace(LANTERN_HOUSE, kind=JOINT), replace(LANTERN_HOUSE, kind=JOINT, role="assistant"))


def stops(of: Problem) -> list[tuple[int, object, int]]:
    """Officer, day and building of each stop of the plan by hand, which breaks no rule."""
    routes = due_then_nearest(of)
    assert violations(of, routes) == []
    crew = of.crew
    return [
        (int(crew.officer[one]), crew.day[one].item(), int(of.needs.building[need]))
        for one, need in zip(routes.crew, routes.need, strict=True)
    ]


def agreed(of: Problem) -> list[tuple[int, object, int]]:
    fixed = with_joint_fixed(of).needs
    return list(zip(fixed.pinned_officer.tolist(), fixed.pinned_day.tolist(), fixed.begins.tolist(), strict=True))


def test_what_is_due_first_is_visited_first():
    late, later = replace(PLUM_COURT, due=LAST_FRIDAY, minutes=60), replace(LOCKED_YARD, due=WEDNESDAY, minutes=60)
    assert stops(problem([WEI], [later, late])) == [(1, MONDAY, 11), (1, TUESDAY, 14)]


def test_of_what_is_due_the_nearest_door_comes_next():
    row = [replace(PLUM_COURT, building=metres, at=place(metres, 0), minutes=20) for metres in (300, 100, 200)]
    assert [building for *_, building in stops(problem([WEI], row))] == [100, 200, 300]


def test_what_does_not_fit_makes_room_for_what_does():
    long, short = replace(PLUM_COURT, minutes=100), replace(LOCKED_YARD, minutes=90, due=TUESDAY)
    short_one = replace(HARBOUR_ROW, minutes=10, due=FRIDAY, last_day=None)
    assert stops(problem([replace(WEI, days=(MONDAY,))], [long, short, short_one])) == [
        (1, MONDAY, 11),
        (1, MONDAY, 12),
    ]


def test_what_is_pinned_goes_before_what_is_due():
    pinned = replace(LOCKED_YARD, due=None, pinned_day=MONDAY, minutes=100)
    assert stops(problem([WEI], [replace(PLUM_COURT, due=LAST_FRIDAY, minutes=100), pinned]))[0] == (1, MONDAY, 14)


def test_an_evening_visit_is_put_where_its_hours_allow():
    evening = replace(PLUM_COURT, kind=EVENING, due=MONDAY)
    others = [replace(LOCKED_YARD, building=n, due=TUESDAY) for n in range(3)]
    made = stops(problem([replace(NIGHT_OWL, days=(MONDAY,))], [evening, *others]))
    assert (4, MONDAY, 11) in made and len(made) == 4


def test_an_area_without_officers_or_without_visits_has_an_empty_plan():
    assert stops(problem([], [PLUM_COURT])) == stops(problem([WEI], [])) == []


def test_a_visit_by_two_is_fixed_on_the_first_day_both_are_free_at_the_first_moment_both_are_there():
    both = problem([WEI, replace(CHEN, starts=NINE + 30, days=(TUESDAY, FRIDAY))], OF_TWO)
    assert agreed(both) == [(1, TUESDAY, NINE + 35), (3, TUESDAY, NINE + 35)]
    assert sorted(stops(both)) == [(1, TUESDAY, 13), (3, TUESDAY, 13)]


def test_two_joint_visits_of_the_same_two_come_one_after_the_other():
    others = [replace(one, building=14, at=LOCKED_YARD.at, last_day=MONDAY) for one in OF_TWO]
    both = problem([WEI, CHEN], [*OF_TWO, *others])
    (_, _, second), _, (_, day, first), _ = agreed(both)
    assert day == MONDAY and first == NINE + 5 and second >= first + 30
    assert len(stops(both)) == 4


def test_a_joint_visit_finds_the_officers_whose_hours_meet():
    both = problem([NIGHT_OWL, replace(LI, number=5, starts=10 * 60), CHEN], OF_TWO)
    assert [officer for officer, *_ in agreed(both)] == [5, 3]


def test_where_no_day_has_both_nobody_goes():
    for officers in ([WEI], [NIGHT_OWL, CHEN]):
        alone = problem(officers, [*OF_TWO, PLUM_COURT])
        assert (with_joint_fixed(alone).needs.begins == NO_MOMENT).all()
        assert allowed_visits(with_joint_fixed(alone)).any(axis=0).tolist() == [False, False, True]
        assert [building for *_, building in stops(alone)] == [11]


def test_a_joint_visit_that_is_agreed_stays_as_it_is():
    agreed_on = [
        replace(one, pinned_officer=officer, pinned_day=FRIDAY, begins=NINE + 40)
        for one, officer in zip(OF_TWO, (1, 3), strict=True)
    ]
    others = [replace(one, building=15, pinned_day=FRIDAY) for one in OF_TWO]
    both = problem([WEI, CHEN], [*agreed_on, *others])
    assert agreed(both)[:2] == [(1, FRIDAY, NINE + 40), (3, FRIDAY, NINE + 40)]
    assert agreed(both)[2][2] >= NINE + 70
    assert len(stops(both)) == 4


def test_half_a_joint_visit_is_taken_out():
    both = problem([WEI, CHEN], [*OF_TWO, PLUM_COURT])
    assert without_halves(both, {0: [2, 0]}) == {0: [2]}
    assert without_halves(both, {0: [2, 0], 1: [1]}) == {0: [2, 0], 1: [1]}


def test_without_joint_visits_nothing_is_fixed():
    plain = problem([WEI], [PLUM_COURT])
    assert with_joint_fixed(plain) is plain
    np.testing.assert_array_equal(allowed_visits(plain), np.ones((5, 1), bool))
