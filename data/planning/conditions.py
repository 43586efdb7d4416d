"""Which officer-day may make which visit, were it the only one of that day; each condition bool (crew, needs)."""

import numpy as np

from data.planning.problem import NOBODY, Problem


def may_visit(problem: Problem) -> np.ndarray:
    """All conditions together."""
    return right_role(problem) & in_time(problem) & in_reach(problem) & as_fixed(problem)


def right_role(problem: Problem) -> np.ndarray:
    return problem.crew.role[:, None] == problem.needs.role


def in_time(problem: Problem) -> np.ndarray:
    """Not before the earliest day and not after the last."""
    day, needs = problem.crew.day[:, None], problem.needs
    return (np.isnat(needs.earliest) | (day >= needs.earliest)) & (np.isnat(needs.last_day) | (day <= needs.last_day))


def in_reach(problem: Problem) -> np.ndarray:
    """There, the visit and back within the minutes of the day."""
    on_foot = problem.from_post + problem.to_post.T
    return on_foot + 60 * problem.needs.minutes <= 60 * problem.crew.minutes.astype(np.int64)[:, None]


def as_fixed(problem: Problem) -> np.ndarray:
    """The officer and the day it is pinned to, and begun within its window."""
    crew, needs = problem.crew, problem.needs
    officer = (needs.pinned_officer == NOBODY) | (crew.officer[:, None] == needs.pinned_officer)
    day = np.isnat(needs.pinned_day) | (crew.day[:, None] == needs.pinned_day)
    return officer & day & _in_window(problem)


def _in_window(problem: Problem) -> np.ndarray:
    crew, needs = problem.crew, problem.needs
    opens, closes = needs.window
    starts = 60 * crew.starts.astype(np.int64)[:, None]
    there = np.maximum(starts + problem.from_post, 60 * opens)
    back_by = starts + 60 * crew.minutes[:, None]
    at_last = np.minimum(back_by - problem.to_post.T - 60 * needs.minutes, 60 * closes)
    return (there <= at_last) | ~needs.is_timed
