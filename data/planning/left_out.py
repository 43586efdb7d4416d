"""Why a visit is not in the plan, one of five reasons each, and what it would take to make those that lack time."""

from dataclasses import dataclass

import numpy as np

from data.planning.conditions import as_fixed, in_time, right_role
from data.planning.joint import allowed_visits, with_joint_fixed
from data.planning.problem import JOINT, NO_MOMENT, Problem, Routes
from data.planning.timetable import spare_s, walked_s

# As in the tables (data.db.models.planning), which the solver's processes do not load.
REASONS = NO_TIME, NO_ROLE, OUT_OF_AREA, LAST_DAY, BLOCKED = "no_time", "no_role", "out_of_area", "last_day", "blocked"
LACKING_TIME = NO_TIME, LAST_DAY  # what more officers would change


@dataclass(frozen=True)
class Lack:
    """What more officers of a role would have to bring, with the days and the walking of those who are there.

    minutes: of visits that are left out; officer_days: the days these take; officers: for all days of the plan.
    """

    role: str
    minutes: int
    officer_days: int
    officers: float


@dataclass(frozen=True)
class LeftOut:
    """need: rows in Needs, int64 (left out,); reason: rows in REASONS, int8 (left out,); lacks: by role, where any."""

    need: np.ndarray
    reason: np.ndarray
    lacks: tuple[Lack, ...]


def left_out(problem: Problem, routes: Routes) -> LeftOut:
    """Every need that no stop serves, with its reason, and what it would take."""
    fixed = with_joint_fixed(problem)
    need = np.setdiff1d(np.arange(len(fixed.needs)), routes.need)
    reason = _reasons(fixed, routes)[need]
    waits = np.isin(reason, [REASONS.index(one) for one in LACKING_TIME])
    wanted = np.intersect1d(need[waits], np.flatnonzero(allowed_visits(fixed).any(axis=0)))
    lacks = tuple(_lack(fixed, routes, role, wanted) for role in np.unique(fixed.needs.role[wanted]).tolist())
    return LeftOut(need, reason, lacks)


def _reasons(problem: Problem, routes: Routes) -> np.ndarray:
    """The reason of each need were it left out, row in REASONS (needs,): the first of these that holds."""
    needs, working = problem.needs, problem.crew.minutes[:, None] > 0
    has_role = right_role(problem) & working
    reached = has_role & _walkable(problem)
    on_time = reached & in_time(problem)
    alone = needs.of_kind(JOINT) & (needs.begins == NO_MOMENT)
    off_map = ~np.isfinite(needs.place).all(axis=1)
    cases = (
        (off_map | ~working.any(), OUT_OF_AREA),
        (~has_role.any(axis=0), NO_ROLE),
        (~reached.any(axis=0), OUT_OF_AREA),
        (~on_time.any(axis=0) & ~np.isnat(needs.last_day), LAST_DAY),
        (~(on_time & as_fixed(problem)).any(axis=0) | alone, BLOCKED),
        ((allowed_visits(problem) & _has_room(problem, routes)).any(axis=0), OUT_OF_AREA),
        ((needs.last_day <= problem.crew.day[:, None]).any(axis=0), LAST_DAY),
    )
    conditions, reasons = zip(*cases, strict=True)
    return np.select(conditions, [REASONS.index(one) for one in reasons], REASONS.index(NO_TIME)).astype(np.int8)


def _walkable(problem: Problem) -> np.ndarray:
    """There and back within the minutes of the day, whatever the visit takes; bool (crew, needs)."""
    return problem.from_post + problem.to_post.T <= 60 * problem.crew.minutes.astype(np.int64)[:, None]


def _has_room(problem: Problem, routes: Routes) -> np.ndarray:
    """Where the visit and a walk of its own would have fitted beside the route; bool (crew, needs)."""
    spare = spare_s(problem, routes.orders)[:, None]
    on_foot = problem.from_post + problem.to_post.T
    return ~problem.needs.is_timed & (on_foot + 60 * problem.needs.minutes <= spare)


def _lack(problem: Problem, routes: Routes, role: int, wanted: np.ndarray) -> Lack:
    """Officers are as many as the fullest span of days from the first to a last day asks for."""
    crew, needs = problem.crew, problem.needs
    working = (crew.role == role) & (crew.minutes > 0)
    wanted = wanted[needs.role[wanted] == role]
    days, a_day = np.unique(crew.day[working]), 60 * float(crew.minutes[working].mean())
    each_s = 60 * needs.minutes[wanted] * _walking_share(problem, routes, role)
    last = np.fmin(needs.last_day[wanted], days[-1])  # those without one by the end of the plan
    officers = max(_days_filled(each_s[last <= day], a_day) / number for number, day in enumerate(days, 1))
    return Lack(problem.roles[role], int(needs.minutes[wanted].sum()), _days_filled(each_s, a_day), officers)


def _days_filled(each_s: np.ndarray, a_day: float) -> int:
    """Days that hold visits of so many seconds: the longest first, each on the first day with room for it.

    A sum over the minutes of a day would not do: a day of an hour holds one visit of forty minutes, not one and a half.
    """
    room: list[float] = []
    for seconds in np.sort(each_s)[::-1].tolist():
        at = next((day for day, left in enumerate(room) if left >= seconds), len(room))
        if at == len(room):
            room.append(a_day)
        room[at] -= seconds
    return len(room)


def _walking_share(problem: Problem, routes: Routes, role: int) -> float:
    """Visits with the walking to them, over visits alone; 1 where the role makes none."""
    orders = {one: order for one, order in routes.orders.items() if problem.crew.role[one] == role}
    visits = 60 * sum(int(problem.needs.minutes[order].sum()) for order in orders.values())
    walking = sum(walked_s(problem, one, order) for one, order in orders.items())
    return (visits + walking) / visits if visits else 1.0
