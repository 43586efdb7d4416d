"""How a plan is made by hand: what is due first is taken first, and walked from each door to the nearest next one.

It is what the solver is measured against, and what an area falls back to.
"""

from collections.abc import Sequence

import numpy as np

from data.planning.joint import allowed_visits, with_joint_fixed, without_halves
from data.planning.problem import Problem, Routes
from data.planning.timetable import begins, routes_of


def due_then_nearest(problem: Problem) -> Routes:
    """Routes by due day, then nearest neighbour: every officer-day takes what is due first and still fits."""
    fixed = with_joint_fixed(problem)
    allowed, left = allowed_visits(fixed), _by_due_day(fixed)
    orders = {}
    for officer_day in np.lexsort((fixed.crew.officer, fixed.crew.day)).tolist():
        orders[officer_day] = _day(fixed, officer_day, [need for need in left if allowed[officer_day, need]])
        left = [need for need in left if need not in set(orders[officer_day])]
    return routes_of(fixed, without_halves(fixed, orders))


def _by_due_day(problem: Problem) -> list[int]:
    """Pinned visits, then by due day; those without one last."""
    return np.lexsort((problem.needs.due, ~problem.needs.is_pinned)).tolist()  # NaT sorts last


def _day(problem: Problem, officer_day: int, waiting: Sequence[int]) -> list[int]:
    order: list[int] = []
    minutes = problem.needs.minutes
    spare = int(problem.crew.minutes[officer_day])
    for need in waiting:
        if minutes[need] <= spare and (longer := _with(problem, officer_day, order, need)):
            order, spare = longer, spare - int(minutes[need])
    return order


def _with(problem: Problem, officer_day: int, order: list[int], need: int) -> list[int] | None:
    """The order with one more need, by nearest neighbour or, about hours that are fixed, put in where it fits."""
    nearest = _nearest(problem, officer_day, [*order, need])
    if begins(problem, officer_day, nearest) is not None:
        return nearest
    if problem.needs.is_timed[nearest].any():
        put_in = ([*order[:at], need, *order[at:]] for at in range(len(order) + 1))
        return next((one for one in put_in if begins(problem, officer_day, one) is not None), None)
    return None


def _nearest(problem: Problem, officer_day: int, needs: Sequence[int]) -> list[int]:
    """From the post always to the nearest next one; the lower row where two are as near."""
    left, order, first = sorted(needs), [], len(problem.crew)
    here = officer_day
    while left:
        rows = np.array(left) + first
        here = int(rows[np.argmin(problem.walking[here, rows])])
        order.append(here - first)
        left.remove(here - first)
    return order
