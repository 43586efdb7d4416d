"""Routes by PyVRP: which visits are made, by whom, on which day, in which order.

How what is asked for is said to the solver:
- time is one axis of seconds over all days; an officer-day is a vehicle with its hours and no overtime;
- a visit may be left out for the loss of its prize (`prizes.py`), and cannot begin after its last day;
- later days and days other than the announced one cost: each day has a matrix of its own whose ways into a place are
  dearer by that. What an officer-day may not make at all is so dear that nobody goes there;
- the search ends after a number of iterations, never by the clock: the same seed gives the same routes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Route, Solution, VehicleType
from pyvrp import solve as search
from pyvrp.stop import MaxIterations

from data.planning.errors import NoRoutes
from data.planning.joint import Orders, allowed_visits, with_joint_fixed, without_halves
from data.planning.kept import kept_routes
from data.planning.prizes import day_costs, prizes, too_dear
from data.planning.problem import MIDNIGHT, Problem, Routes
from data.planning.timetable import begins, routes_of, spare_s, walked_s
from scoring.planning.figures import figures

Matrix = np.ndarray[Any, Any]  # int64 (places, places)

DAY_S = MIDNIGHT * 60
# Ten times as many save 1 to 2 % of a grid's walking and 5 % of a team's; `python -m tests.benchmarks planning`.
OF_ONE_OFFICER, OF_A_TEAM = figures().grid_iterations, figures().team_iterations
AGAIN = 200  # where minutes remain for a visit that is left out, the search has ended too early


def plan(problem: Problem, seed: int) -> Routes:
    """Routes by as many iterations as the size asks for. Where some are announced, those, and the rest fitted in.

    Raises NoRoutes.
    """
    if problem.before is not None:
        return kept_routes(problem)
    routes = solve(problem, seed, iterations(problem))
    return solve(problem, seed, AGAIN) if _has_room_for_more(problem, routes) else routes


def iterations(problem: Problem) -> int:
    """As many as the size asks for to begin with."""
    return OF_A_TEAM if len(np.unique(problem.crew.officer)) > 1 else OF_ONE_OFFICER


def solve(problem: Problem, seed: int, iterations: int) -> Routes:
    """Routes after so many iterations; the same for the same seed. Raises NoRoutes where none was found to be walked.

    seed: 0..2^32-1.
    """
    fixed = with_joint_fixed(problem)
    allowed = allowed_visits(fixed)
    if not allowed.any():
        return routes_of(fixed, {})
    asked = _asked(fixed, allowed)
    begin = _announced(fixed, allowed, asked)
    stop = MaxIterations(iterations)
    found = search(asked.data, stop, seed, collect_stats=False, display=False, initial_solution=begin).best
    if not found.is_feasible():
        raise NoRoutes("Area {area}: no routes after {n} iterations.", area=problem.code, n=iterations)
    orders = Orders()
    for kind, officer_days in enumerate(asked.officer_days):
        walks = [
            [asked.need[stop.idx] for stop in route.schedule() if stop.is_client()]
            for route in found.routes()
            if route.vehicle_type() == kind
        ]
        orders |= _dealt_out(fixed, officer_days, walks, orders)
    return routes_of(fixed, without_halves(fixed, orders))


class Kind(NamedTuple):
    """What officer-days that differ in nothing have in common: one vehicle type."""

    profile: int
    post: int
    starts: int
    minutes: int


@dataclass(frozen=True)
class Asked:
    """What the solver is asked, and which rows its numbers stand for.

    officer_days: of each vehicle type, rows of Crew; need: of each client, row of Needs.
    """

    data: ProblemData
    officer_days: list[list[int]]
    need: list[int]


def _asked(problem: Problem, allowed: np.ndarray) -> Asked:
    wanted = np.flatnonzero(allowed.any(axis=0))
    posts, post = np.unique(problem.crew.post, axis=0, return_inverse=True)
    at_post = [int(np.flatnonzero(post == one)[0]) for one in range(len(posts))]
    places = np.array([*at_post, *(len(problem.crew) + wanted)])
    clients, groups, need = _clients(problem, allowed, wanted, len(posts))
    kinds = _kinds(problem, allowed, post)
    one_of_profile = {kind.profile: rows[0] for kind, rows in kinds.items()}
    walking: Matrix = problem.walking[np.ix_(places, places)]
    data = ProblemData(
        locations=[Location(*where) for where in _degrees(problem, places)],
        clients=clients,
        depots=[Depot(location=one) for one in range(len(posts))],
        vehicle_types=[_vehicle_type(problem, kind, rows) for kind, rows in kinds.items()],
        distance_matrices=[_with_costs(problem, walking, wanted, allowed, one) for one in one_of_profile.values()],
        duration_matrices=[walking] * len(one_of_profile),
        groups=groups,
    )
    return Asked(data, list(kinds.values()), need)


def _announced(problem: Problem, allowed: np.ndarray, asked: Asked) -> Solution | None:
    """What still holds of the announced routes, to begin with: a search from nothing would make another plan of them
    that is no better."""
    if problem.before is None:
        return None
    before, day = problem.before.orders, _days_from_first(problem)
    routes = []
    for kind, officer_days in enumerate(asked.officer_days):
        for one in officer_days:
            order: list[int] = []
            for need in before.get(one, []):
                if allowed[one, need] and begins(problem, one, [*order, need]) is not None:
                    order.append(need)
            if order:
                routes.append(Route(asked.data, [_client_on(asked, need, int(day[one])) for need in order], kind))
    return Solution(asked.data, routes)


def _client_on(asked: Asked, need: int, day: int) -> int:
    """The client that stands for a need on a day."""
    clients = [number for number, row in enumerate(asked.need) if row == need]
    return next(one for one in clients if asked.data.client(one).tw_late >= day * DAY_S)


def _kinds(problem: Problem, allowed: np.ndarray, post: np.ndarray) -> dict[Kind, list[int]]:
    """Officer-days by kind; those of one day that may make the same visits have one profile, in order of the first."""
    kinds: dict[Kind, list[int]] = {}
    profiles: dict[tuple[np.datetime64, bytes], int] = {}
    crew = problem.crew
    for one in np.flatnonzero(allowed.any(axis=1)).tolist():
        profile = profiles.setdefault((crew.day[one], allowed[one].tobytes()), len(profiles))
        kind = Kind(profile, int(post[one]), int(crew.starts[one]), int(crew.minutes[one]))
        kinds.setdefault(kind, []).append(one)
    return kinds


def _clients(
    problem: Problem, allowed: np.ndarray, wanted: np.ndarray, posts: int
) -> tuple[list[Client], list[ClientGroup], list[int]]:
    """A client for each need; for one that has hours, one for each day it may be made on, of which one is taken."""
    clients: list[Client] = []
    groups: list[ClientGroup] = []
    need: list[int] = []
    prize = prizes(problem)
    for place, row in enumerate(wanted.tolist()):
        windows = _windows(problem, row, allowed[:, row])
        group = None
        if len(windows) > 1:
            group = len(groups)
            groups.append(ClientGroup(list(range(len(clients), len(clients) + len(windows))), required=False))
        for opens, closes in windows:
            client = Client(
                location=posts + place,
                service_duration=60 * int(problem.needs.minutes[row]),
                tw_early=opens,
                tw_late=closes,
                prize=int(prize[row]),
                required=False,
                group=group,
            )
            clients.append(client)
            need.append(row)
    return clients, groups, need


def _windows(problem: Problem, need: int, allowed: np.ndarray) -> list[tuple[int, int]]:
    """Between which seconds of the axis it may begin: from the first day it may be made on to the end of the last one,
    or on each such day between its hours."""
    days = _days_from_first(problem)[allowed]
    if not problem.needs.is_timed[need]:
        return [(int(days.min()) * DAY_S, (int(days.max()) + 1) * DAY_S - 1)]
    opens, closes = (60 * int(bound[need]) for bound in problem.needs.window)
    return [(day * DAY_S + opens, day * DAY_S + closes) for day in np.unique(days).tolist()]


def _vehicle_type(problem: Problem, kind: Kind, officer_days: Sequence[int]) -> VehicleType:
    starts = int(_days_from_first(problem)[officer_days[0]]) * DAY_S + 60 * kind.starts
    seconds = 60 * kind.minutes
    return VehicleType(
        num_available=len(officer_days),
        start_depot=kind.post,
        end_depot=kind.post,
        tw_early=starts,
        tw_late=starts + seconds,
        shift_duration=seconds,
        profile=kind.profile,
    )


def _with_costs(problem: Problem, walking: Matrix, wanted: np.ndarray, allowed: np.ndarray, officer_day: int) -> Matrix:
    """Walking with what each visit costs on this officer-day added to the ways into its place."""
    costs = np.where(allowed[officer_day], day_costs(problem, problem.crew.day[officer_day]), too_dear(problem))
    matrix = walking.copy()
    matrix[:, -len(wanted) :] += costs[wanted]
    np.fill_diagonal(matrix, 0)
    return matrix


def _dealt_out(problem: Problem, officer_days: list[int], walks: list[list[int]], before: Orders) -> Orders:
    """The walks of officer-days that differ in nothing but the officer: the longest to who has had the least so far."""

    def load_s(officer_day: int, order: list[int]) -> int:
        return 60 * int(problem.needs.minutes[order].sum()) + walked_s(problem, officer_day, order)

    had = dict.fromkeys(problem.crew.officer.tolist(), 0)
    for officer_day, order in before.items():
        had[int(problem.crew.officer[officer_day])] += load_s(officer_day, order)
    longest_first = sorted(walks, key=lambda order: (-load_s(officer_days[0], order), order))
    least_first = sorted(officer_days, key=lambda one: (had[int(problem.crew.officer[one])], one))
    return dict(zip(least_first, longest_first, strict=False))


def _has_room_for_more(problem: Problem, routes: Routes) -> bool:
    """Whether all that is left out and may be visited would fit the minutes that remain, were they in one piece."""
    allowed = allowed_visits(with_joint_fixed(problem))
    allowed[:, routes.need] = False
    remaining = spare_s(problem, routes.orders)[allowed.any(axis=1)].sum()
    return bool(0 < 60 * problem.needs.minutes[allowed.any(axis=0)].sum() <= remaining)


def _days_from_first(problem: Problem) -> np.ndarray:
    return (problem.crew.day - problem.crew.day.min()).astype(np.int64)


def _degrees(problem: Problem, places: np.ndarray) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in np.concatenate([problem.crew.post, problem.needs.place])[places]]
