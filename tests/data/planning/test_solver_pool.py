"""Many areas in processes of their own: the same plan however many, stopped at once, and no area without a plan."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest

from data.planning import area_plan as area_plans_module
from data.planning import solver_pool
from data.planning.area_plan import AreaPlan, area_plan
from data.planning.check import violations
from data.planning.errors import NoRoutes, NoSolver
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.problem import Problem
from data.planning.solver_pool import LOOK_S, area_plans
from data.settings import PROJECT
from tests.data.planning import towns
from tests.data.planning.cast import PLUM_COURT, WEI, problem

SEED = 11
GRIDS = towns.grids(towns.SHORT_DAY, 9)


class Stop(Exception):
    """Somebody pressed the button."""


@dataclass(frozen=True)
class Deadly(Problem):
    """Ends whichever process solves it, but for the one it was made in."""

    home: int = os.getpid()

    @cached_property
    def walking(self) -> np.ndarray:
        if os.getpid() != self.home:
            os.abort()
        return Problem.walking.func(self)


@dataclass(frozen=True)
class Endless(Problem):
    """Takes for ever."""

    @cached_property
    def walking(self) -> np.ndarray:
        while True:
            pass


def of_kind(kind: type[Problem], of: Problem) -> Problem:
    return kind(**{name: getattr(of, name) for name in Problem.__dataclass_fields__})


def quietly(*_: object) -> None:
    """Nobody looks."""


def same(one: AreaPlan, other: AreaPlan) -> bool:
    columns = [(getattr(one.routes, name), getattr(other.routes, name)) for name in ("crew", "need", "arrives")]
    columns += [(one.left.need, other.left.need), (one.left.reason, other.left.reason)]
    return all(np.array_equal(*pair) for pair in columns) and (one.code, one.left.lacks, one.fell_back) == (
        other.code,
        other.left.lacks,
        other.fell_back,
    )


def test_one_process_and_two_give_the_plan_that_each_area_has_by_itself():
    alone = [area_plan(grid, SEED) for grid in GRIDS]
    for workers in (1, 2):
        together = area_plans(GRIDS, SEED, quietly, workers)
        assert all(same(one, other) for one, other in zip(alone, together, strict=True))
    assert [plan.code for plan in alone] == [grid.code for grid in GRIDS]
    assert all(plan.fell_back is None for plan in alone)


def test_another_area_beside_it_changes_no_areas_plan_and_another_seed_does():
    first, *_ = area_plans(GRIDS[:1], SEED, quietly)
    *_, again = area_plans([*GRIDS[1:4], GRIDS[0]], SEED, quietly)
    assert same(first, again)
    assert not all(same(area_plan(grid, SEED), area_plan(grid, SEED + 1)) for grid in GRIDS)


def test_it_is_told_how_far_it_has_come():
    seen: list[tuple[str, int, int]] = []
    area_plans(GRIDS[:3], SEED, lambda *progress: seen.append(progress))
    assert seen[0] == ("routes", 0, 3) and seen[-1] == ("routes", 3, 3)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_no_areas_have_no_plans():
    assert area_plans([], SEED, quietly) == []


def test_stop_is_heard_while_the_solver_is_busy_and_leaves_no_process(monkeypatch):
    started: list[subprocess.Popen] = []
    start = subprocess.Popen

    def watched(*arguments, **named):
        started.append(start(*arguments, **named))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", watched)
    looks = iter(range(20))  # by then both have long begun and neither will ever answer

    def report(*_: object) -> None:
        if next(looks) == 19:
            raise Stop

    with pytest.raises(Stop):
        area_plans([of_kind(Endless, GRIDS[0])] * 2, SEED, report)
    assert len(started) == 2 and all(process.poll() is not None for process in started)
    assert LOOK_S <= 1  # so that it is heard within two seconds


def test_an_area_whose_process_dies_is_planned_by_hand_and_says_so_and_the_others_are_not_lost():
    areas = [*GRIDS[:2], of_kind(Deadly, GRIDS[2]), *GRIDS[3:6]]
    plans = area_plans(areas, SEED, quietly, workers=1)
    assert [plan.code for plan in plans if plan.fell_back] == [GRIDS[2].code]
    assert str(plans[2].fell_back) == "Area grid 2: the solver's process ended."
    assert np.array_equal(plans[2].routes.need, due_then_nearest(GRIDS[2]).need)
    assert same(plans[3], area_plan(GRIDS[3], SEED))


def test_processes_that_keep_ending_are_not_started_for_ever(monkeypatch):
    monkeypatch.setattr(solver_pool, "MOST_ENDED", 2)
    with pytest.raises(NoSolver, match="keep ending"):
        area_plans([of_kind(Deadly, grid) for grid in GRIDS], SEED, quietly)


def failing(*_: object) -> None:
    raise RuntimeError("from C++")


def finding_none(*_: object) -> None:
    raise NoRoutes("Area {area}: no routes after {n} iterations.", area="harbour", n=40)


def making_overtime(of: Problem, _: int) -> object:
    routes = due_then_nearest(of)
    return replace(routes, arrives=routes.arrives + 600)


@pytest.mark.parametrize(
    ("solver", "why"),
    [
        (failing, "Area harbour: the solver failed."),
        (finding_none, "Area harbour: no routes after 40 iterations."),
        (making_overtime, "Area harbour: the solver broke a rule (11: the visit does not begin when it says.)"),
    ],
)
def test_where_the_solver_fails_the_plan_is_made_by_hand_and_says_why(monkeypatch, solver, why):
    monkeypatch.setattr(area_plans_module, "plan", solver)
    harbour = problem([WEI], [PLUM_COURT])
    made = area_plan(harbour, SEED)
    assert str(made.fell_back) == why
    assert made.routes.need.tolist() == [0] and violations(harbour, made.routes) == []


def test_a_process_loads_no_page_no_tables_and_nothing_that_draws():
    program = "import sys, data.planning.solver_process; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    told = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert "pyvrp" in loaded
    assert loaded & {"streamlit", "pandas", "dashboard", "sqlalchemy", "matplotlib", "geopandas"} == set()
