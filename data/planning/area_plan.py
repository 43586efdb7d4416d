"""The plan of one area: routes that keep every rule, what is left out, and whether it had to fall back."""

import logging
from dataclasses import dataclass

from data.planning.check import violations
from data.planning.errors import NoRoutes
from data.planning.left_out import LeftOut, left_out
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.problem import Problem, Routes
from data.planning.routes import plan
from data.planning.splitting import area_seed
from scoring.errors import Sentence

log = logging.getLogger("credit_map")


@dataclass(frozen=True)
class AreaPlan:
    """fell_back: why the routes are by due day and nearest neighbour; None where they are the solver's."""

    code: str
    routes: Routes
    left: LeftOut
    fell_back: Sentence | None


def area_plan(problem: Problem, plan_seed: int) -> AreaPlan:
    """The solver's routes where they pass the checker, else those by hand."""
    try:
        routes = plan(problem, area_seed(plan_seed, problem.code))
    except NoRoutes as refused:
        return by_hand(problem, Sentence(refused.template, **refused.values))
    except Exception:  # whatever a library in C++ throws must not cost the other areas their plan
        log.exception("Area %s: the solver failed", problem.code)
        return by_hand(problem, Sentence("Area {area}: the solver failed.", area=problem.code))
    if wrong := violations(problem, routes):
        return by_hand(
            problem, Sentence("Area {area}: the solver broke a rule ({rule})", area=problem.code, rule=wrong[0])
        )
    return AreaPlan(problem.code, routes, left_out(problem, routes), None)


def by_hand(problem: Problem, why: Sentence) -> AreaPlan:
    """By due day and nearest neighbour."""
    routes = due_then_nearest(problem)
    return AreaPlan(problem.code, routes, left_out(problem, routes), why)
