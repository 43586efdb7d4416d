"""A plan as it now stands: the words against it in its routes, the latest of each building."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.planning.check import violations
from data.planning.moves import NOWHERE
from data.planning.plan_columns import PlannedArea, ToldLeftOut
from data.planning.standing import Standing, part_of, standing
from data.planning.timetable import routes_of, walked_s
from tests.data.planning.cast import (
    FRIDAY,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    LOCKED_YARD,
    MONDAY,
    NEXT_MONDAY,
    PLUM_COURT,
    TUESDAY,
    WEI,
    place,
    problem,
)

BEYOND = replace(LOCKED_YARD, building=31, at=place(900, 0))


def area(code, officers, visits, orders) -> PlannedArea:
    of = replace(problem(officers, visits), code=code)
    routes = routes_of(of, orders)
    left = np.setdiff1d(np.arange(len(visits)), routes.need)
    walked = np.array([walked_s(of, one, orders.get(one, [])) for one in range(len(of.crew))], np.int32)
    told = ToldLeftOut(left, np.zeros(len(left), np.int8), ({},) * len(left))
    return PlannedArea(of, routes, told, walked, ("",) * len(routes))


def harbour_and_hill() -> list[PlannedArea]:
    """On Monday Wei goes to Plum Court and Lantern House, and Li, who has three hours, to a house beyond.

    Harbour Row is left out.
    """
    return [
        area("harbour", [WEI], [PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE], {0: [0, 2]}),
        area("hill", [replace(LI, post=place(900, 0), minutes=180)], [BEYOND], {0: [0]}),
    ]


def words(*said) -> pd.DataFrame:
    rows = [(visit.building, officer.number, day) for visit, officer, day in said]
    return pd.DataFrame(rows, columns=["building_id", "officer_id", "day"])


def shown(stand: Standing) -> list[tuple]:
    """Officer, day and building of each stop."""
    crew, needs = stand.problem.crew, stand.problem.needs
    at, need = stand.routes.crew, stand.routes.need
    return list(zip(crew.officer[at].tolist(), crew.day[at].tolist(), needs.building[need].tolist(), strict=True))


def test_without_a_word_a_plan_stands_as_it_was_made():
    stand = standing(harbour_and_hill(), words())
    assert shown(stand) == [(1, MONDAY, 11), (1, MONDAY, 13), (2, MONDAY, 31)]
    assert stand.touched.tolist() == [] and violations(stand.problem, stand.routes) == []


def test_a_visit_that_is_moved_stands_with_its_new_officer_and_all_times_of_both_days_are_reckoned_anew():
    stand = standing(harbour_and_hill(), words((PLUM_COURT, LI, MONDAY)))
    assert sorted(shown(stand)) == [(1, MONDAY, 13), (2, MONDAY, 11), (2, MONDAY, 31)]
    assert violations(stand.problem, stand.routes) == []
    assert stand.walked_s.sum() == stand.routes.walked_s
    crew = stand.problem.crew
    assert [int(crew.officer[one]) for one in stand.touched.tolist()] == [1, 2]


def test_a_visit_that_was_left_out_stands_where_a_word_puts_it():
    stand = standing(harbour_and_hill(), words((HARBOUR_ROW, WEI, TUESDAY)))
    assert (1, TUESDAY, 12) in shown(stand) and len(shown(stand)) == 4
    assert list(stand.was.values()) == [NOWHERE]


def test_of_two_visits_moved_to_one_day_the_second_finds_the_first_there():
    stand = standing(harbour_and_hill(), words((PLUM_COURT, LI, MONDAY), (LANTERN_HOUSE, LI, MONDAY)))
    assert {officer for officer, *_ in shown(stand)} == {2} and violations(stand.problem, stand.routes) == []


def test_a_visit_moved_and_moved_back_was_planned_where_it_was_planned():
    stand = standing(harbour_and_hill(), words((PLUM_COURT, LI, FRIDAY), (PLUM_COURT, WEI, MONDAY)))
    assert sorted(shown(stand)) == [(1, MONDAY, 11), (1, MONDAY, 13), (2, MONDAY, 31)]
    crew = stand.problem.crew
    (was,) = stand.was.values()
    assert (crew.officer[was], crew.day[was].item()) == (1, MONDAY)


@pytest.mark.parametrize(
    "word", [(PLUM_COURT, LI, NEXT_MONDAY), (replace(PLUM_COURT, building=99), LI, MONDAY)], ids=["day", "building"]
)
def test_a_word_about_somebody_or_something_that_is_not_there_moves_nothing(word):
    stand = standing(harbour_and_hill(), words(word))
    assert shown(stand) == shown(standing(harbour_and_hill(), words())) and stand.moved == {}


def test_a_day_that_a_word_makes_too_long_is_shown_too_long():
    long = replace(PLUM_COURT, building=41, minutes=100)
    full = [area("harbour", [WEI, LI], [PLUM_COURT, long], {0: [0], 1: [1]})]
    stand = standing(full, words((PLUM_COURT, LI, MONDAY)))
    assert [str(one) for one in violations(stand.problem, stand.routes)] == [
        "Officer 2 works longer than the minutes of 2026-11-30."
    ]


def test_a_part_of_a_plan_has_its_stops_by_its_own_rows():
    stand = standing(harbour_and_hill(), words())
    part, routes = part_of(stand.problem, stand.routes, np.array([1]), np.array([1, 3]))
    assert part.needs.building[routes.need].tolist() == [31] and violations(part, routes) == []
