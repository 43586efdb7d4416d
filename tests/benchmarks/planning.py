"""Plans of the district's areas, beside plans by hand: due day, then nearest neighbour.

Walking is told per visit made, as who makes more visits may walk more. Seconds are the processor's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

from data.planning.check import violations
from data.planning.nearest_neighbour import due_then_nearest
from data.planning.problem import Problem, Routes
from data.planning.routes import OF_A_TEAM, OF_ONE_OFFICER, plan, solve
from tests.benchmarks import planned_areas
from tests.benchmarks.figures import Beside, Figure
from tests.data.planning import towns

SEED = 7
GRIDS, TEAMS = 60, 6
TIMES = 10  # the iterations
BY_HAND = "due day, then nearest neighbour,"
AT_MOST_GAP, AT_LEAST_MORE = 1.05, 1.10


@dataclass(frozen=True)
class Areas:
    """at_most: walking per visit against the plan by hand. over_capacity: not all that is due can be visited."""

    name: str
    problems: Sequence[Problem]
    iterations: int
    at_most: float
    over_capacity: bool


@dataclass(frozen=True)
class Sum:
    visits: int
    walked_s: int
    seconds: float

    @property
    def a_visit_s(self) -> float:
        return self.walked_s / self.visits


def figures() -> list[Figure]:
    grids = f"{GRIDS} grids of one officer"
    mostly, partly = (planned_areas.MOSTLY_DUE, planned_areas.QISHUYAN), (planned_areas.PARTLY_DUE, planned_areas.BAOAN)
    kinds = (
        Areas(f"{grids}, far over capacity", _grids(towns.SHORT_DAY, *mostly), OF_ONE_OFFICER, 0.66, True),
        Areas(f"{grids}, over capacity", _grids(towns.SHORT_DAY, *partly), OF_ONE_OFFICER, 0.66, True),
        Areas(f"{grids}, all fits", _grids(towns.LONG_DAY, *partly), OF_ONE_OFFICER, 0.57, False),
        Areas(f"{TEAMS} teams of {towns.TEAM}", planned_areas.teams(TEAMS), OF_A_TEAM, 0.36, True),
    )
    return [figure for kind in kinds for figure in _of(kind)]


def _grids(minutes: int, due: float, grades: tuple[float, float, float]) -> list[Problem]:
    return planned_areas.grids(GRIDS, minutes, due, grades)


def _of(areas: Areas) -> list[Figure]:
    by_hand = _sum(areas.problems, due_then_nearest)
    planned = _sum(areas.problems, lambda one: plan(one, SEED))
    longer = _sum(areas.problems, lambda one: solve(one, SEED, TIMES * areas.iterations))
    many = f"{TIMES} times the iterations"
    wanted, each = sum(len(one.needs) for one in areas.problems), len(areas.problems)
    beside = Beside(BY_HAND, by_hand.a_visit_s)
    made = f"{areas.name}: visits made of {wanted:,}, by hand"
    return [
        Figure(f"{areas.name}: walking a visit", planned.a_visit_s, "s", beside, at_most=areas.at_most),
        Figure(
            made,
            by_hand.visits,
            "visits",
            Beside("planned", planned.visits),
            at_most=1 / AT_LEAST_MORE if areas.over_capacity else 1,
        ),
        Figure("walking a visit", planned.a_visit_s, "s", Beside(many, longer.a_visit_s), at_most=AT_MOST_GAP),
        Figure("processor seconds an area", planned.seconds / each, "s", Beside(BY_HAND, by_hand.seconds / each)),
        Figure(f"the same, {many}", longer.seconds / each, "s", Beside("planned", planned.seconds / each)),
    ]


def _sum(problems: Sequence[Problem], planned: Callable[[Problem], Routes]) -> Sum:
    start = process_time()
    routes = [planned(one) for one in problems]
    seconds = process_time() - start
    for problem, one in zip(problems, routes, strict=True):
        assert not violations(problem, one), problem.code
    return Sum(sum(map(len, routes)), sum(one.walked_s for one in routes), seconds)
