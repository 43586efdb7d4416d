"""What a visit is worth to the solver, in seconds of walking, and what a day costs it.

Three tiers, each above all that an officer-day could hold of the one below, so that none is given up for many of the
next: what is pinned, what must be done by a last day within the plan, and everything else by its worth.
"""

import numpy as np

from data.planning.problem import Problem


def prizes(problem: Problem) -> np.ndarray:
    """What leaving each visit out costs, int64 (needs,)."""
    needs = problem.needs
    value = needs.worth + np.where(np.isnat(needs.announced_day), 0, problem.move_cost)
    for above in (_must_be_now(problem), needs.is_pinned):
        value = value + np.where(above, 1 + _best_day(problem, value), 0)
    return value


def day_costs(problem: Problem, day: np.datetime64) -> np.ndarray:
    """What each visit costs on this day beside walking: the days it waited, and the move from an announced day.

    int64 (needs,). Days are counted from the first that the visit could be made on.
    """
    needs, first = problem.needs, problem.crew.day.min()
    possible = np.where(np.isnat(needs.earliest), first, np.maximum(needs.earliest, first))
    waited = np.maximum((day - possible).astype(np.int64), 0)
    moved = ~np.isnat(needs.announced_day) & (needs.announced_day != day)
    return needs.daily_cost * waited + np.where(moved, problem.move_cost, 0)


def too_dear(problem: Problem) -> int:
    """More than any visit could bring."""
    return 1 + 2 * int(prizes(problem).max(initial=0))


def _must_be_now(problem: Problem) -> np.ndarray:
    """Those whose last day comes before the plan ends; a later one can wait for the next plan."""
    return problem.needs.last_day <= problem.crew.day.max()  # false for NaT


def _best_day(problem: Problem, value: np.ndarray) -> int:
    """The most that the minutes of one officer-day could bring."""
    per_minute = value / np.maximum(problem.needs.minutes, 1)
    return int(np.ceil(per_minute.max(initial=0) * problem.crew.minutes.max(initial=0)))
