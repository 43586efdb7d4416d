"""A plan made again after it was announced: what is announced stays, unless it must move or much is gained."""

from dataclasses import replace

import numpy as np
import pytest

from data.planning.check import violations
from data.planning.problem import EVENING, JOINT, Problem, Routes
from data.planning.routes import solve
from tests.data.planning import towns
from tests.data.planning.cast import (
    CHEN,
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LI,
    LOCKED_YARD,
    MONDAY,
    NIGHT_OWL,
    PLUM_COURT,
    WEI,
    problem,
)

SEED, FEW = 7, 30


def solved(of: Problem, seed: int = SEED) -> Routes:
    routes = solve(of, seed, FEW)
    assert [str(one) for one in violations(of, routes)] == []
    return routes


def announced(of: Problem, routes: Routes) -> Problem:
    """The problem again, after these routes have been announced."""
    day = np.full(len(of.needs), "NaT", "datetime64[D]")
    day[routes.need] = of.crew.day[routes.crew]
    return replace(of, needs=replace(of.needs, announced_day=day), before=routes)


def days_by_need(of: Problem, routes: Routes) -> dict[int, object]:
    return dict(zip(routes.need.tolist(), of.crew.day[routes.crew].tolist(), strict=True))


@pytest.mark.parametrize(
    "of", [towns.team(3, needs=120, officers=2), *towns.grids(towns.SHORT_DAY, 4)], ids=lambda of: of.code
)
def test_a_plan_made_again_after_it_was_announced_moves_and_drops_next_to_nothing(of):
    first = solved(of)
    again = solved(announced(of, first), SEED + 1)
    kept = days_by_need(of, first).items() & days_by_need(of, again).items()
    assert len(kept) >= 0.97 * len(first)


def test_when_an_officer_falls_ill_what_is_still_made_keeps_its_day_and_what_must_be_made_finds_another():
    hard = replace(HARBOUR_ROW, last_day=MONDAY)
    of = problem([WEI, LI], [*(replace(PLUM_COURT, building=n, minutes=45) for n in range(20)), hard])
    first = solved(of)
    ill = of.crew.officer == of.crew.officer[first.crew[first.need == 20]]
    without = replace(of, crew=replace(of.crew, minutes=np.where(ill, 0, 120).astype(np.int32)))
    before, after = days_by_need(of, first), days_by_need(of, solved(announced(without, first)))
    assert 20 in after and len(after) == 10
    assert after.items() <= before.items()


def test_an_announced_plan_with_evenings_and_visits_by_two_is_begun_with_too():
    of_two = [replace(LANTERN_HOUSE, kind=JOINT), replace(LANTERN_HOUSE, kind=JOINT, role="assistant")]
    evenings = [replace(PLUM_COURT, building=n, kind=EVENING, minutes=60) for n in range(4)]
    of = problem([replace(NIGHT_OWL, minutes=240), replace(CHEN, starts=17 * 60)], [*evenings, *of_two, LOCKED_YARD])
    first = solved(of)
    assert days_by_need(of, solved(announced(of, first), SEED + 1)) == days_by_need(of, first)
