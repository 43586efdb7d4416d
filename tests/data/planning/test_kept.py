"""A plan made again moves only what must move, and gives up only what is worth less."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.planning.check import violations
from data.planning.problem import EVENING, Problem, Routes
from data.planning.routes import plan
from tests.data.planning import towns
from tests.data.planning.cast import HARBOUR_ROW, LI, MONDAY, NIGHT_OWL, PLUM_COURT, TUESDAY, WEI, problem

SEED = 7


def announced(of: Problem, routes: Routes) -> Problem:
    """The problem again, after these routes have been announced."""
    day = np.full(len(of.needs), "NaT", "datetime64[D]")
    day[routes.need] = of.crew.day[routes.crew]
    return replace(of, needs=replace(of.needs, announced_day=day), before=routes)


def without(of: Problem, officer: int) -> Problem:
    """The officer has no minutes on any day."""
    away = of.crew.officer == officer
    return replace(of, crew=replace(of.crew, minutes=np.where(away, 0, of.crew.minutes).astype(np.int32)))


def again(of: Problem, seed: int = SEED) -> Routes:
    routes = plan(of, seed)
    assert [str(one) for one in violations(of, routes)] == []
    return routes


def stands(of: Problem, routes: Routes) -> dict[int, tuple]:
    """Officer and day of each need that is visited."""
    officer, day = of.crew.officer[routes.crew], of.crew.day[routes.crew]
    return dict(zip(routes.need.tolist(), zip(officer.tolist(), day.tolist(), strict=True), strict=True))


@settings(max_examples=8)
@given(seed=st.integers(0, 2**16), needs=st.integers(5, 60))
def test_with_nothing_changed_nothing_moves_whatever_the_seed(seed, needs):
    of = towns.team(seed, needs=needs, officers=2)
    first = plan(of, SEED)
    assert stands(of, first).items() <= stands(of, again(announced(of, first), SEED + 1)).items()


@settings(max_examples=8)
@given(seed=st.integers(0, 2**16))
def test_with_one_officer_away_only_their_visits_move(seed):
    of = towns.team(seed, needs=70, officers=3)
    first = plan(of, SEED)
    before = stands(of, first)
    after = stands(of, again(announced(without(of, 1), first)))
    assert {need: at for need, at in before.items() if at[0] != 1}.items() <= after.items()


def test_what_must_be_made_by_its_last_day_takes_the_place_of_what_can_wait():
    hard = replace(HARBOUR_ROW, last_day=MONDAY)
    of = problem([WEI, LI], [*(replace(PLUM_COURT, building=n, minutes=45) for n in range(20)), hard])
    first = plan(of, SEED)
    officer, _ = stands(of, first)[20]
    after = stands(of, again(announced(without(of, officer), first)))
    assert after[20] == (3 - officer, MONDAY)


def test_room_that_an_absence_leaves_on_other_days_is_used():
    of = problem([WEI], [PLUM_COURT, replace(PLUM_COURT, building=22)])
    routes = plan(of, SEED)
    on_monday = of.crew.day == np.datetime64(MONDAY)
    ill = replace(of, crew=replace(of.crew, minutes=np.where(on_monday, 0, 120).astype(np.int32)))
    assert set(stands(of, routes).values()) == {(1, MONDAY)}
    assert set(stands(of, again(announced(ill, routes))).values()) == {(1, TUESDAY)}


@pytest.mark.parametrize("minutes", [60, 240])
def test_evenings_that_are_announced_stay_in_their_hours(minutes):
    evenings = [replace(PLUM_COURT, building=n, kind=EVENING, minutes=60) for n in range(4)]
    of = problem([replace(NIGHT_OWL, minutes=240)], evenings)
    first = plan(of, SEED)
    shorter = replace(of, crew=replace(of.crew, minutes=np.full(len(of.crew), minutes, np.int32)))
    again(announced(shorter, first))


def test_where_nobody_is_left_nothing_is_planned():
    of = problem([WEI], [PLUM_COURT])
    assert len(again(announced(without(of, 1), plan(of, SEED)))) == 0
