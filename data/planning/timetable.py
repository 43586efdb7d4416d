"""When an officer-day's visits begin, and the routes that orders of visits make."""

from collections.abc import Mapping, Sequence

import numpy as np

from data.planning.problem import Problem, Routes


def begins(problem: Problem, officer_day: int, order: Sequence[int]) -> list[int] | None:
    """Seconds after midnight at which each visit begins, as early as it can; None where the day does not hold them.

    order: rows of needs. Whoever is there before the window waits. The way back to the post is within the day.
    """
    begun, back = begins_anyhow(problem, officer_day, order)
    crew, closes = problem.crew, problem.needs.window[1]
    in_window = all(now <= 60 * closes[need] for now, need in zip(begun, order, strict=True))
    return (
        begun if in_window and back <= 60 * (int(crew.starts[officer_day]) + int(crew.minutes[officer_day])) else None
    )


def begins_anyhow(problem: Problem, officer_day: int, order: Sequence[int]) -> tuple[list[int], int]:
    """When each visit begins whether or not the day holds them, and when the officer is back, in seconds likewise."""
    walking, first = problem.walking, len(problem.crew)
    opens = problem.needs.window[0]
    now, here, begun = 60 * int(problem.crew.starts[officer_day]), officer_day, []
    for need in order:
        now = max(now + int(walking[here, first + need]), 60 * int(opens[need]))
        begun.append(now)
        now, here = now + 60 * int(problem.needs.minutes[need]), first + need
    return begun, now + int(walking[here, officer_day])


def walked_s(problem: Problem, officer_day: int, order: Sequence[int]) -> int:
    """Seconds on foot from the post through all visits and back."""
    places = np.array([officer_day, *(len(problem.crew) + need for need in order), officer_day])
    return int(problem.walking[places[:-1], places[1:]].sum())


def routes_of(problem: Problem, orders: Mapping[int, Sequence[int]]) -> Routes:
    """The routes of these orders of needs by officer-day; each must be one that its day holds."""
    stops = [
        (officer_day, need, -(-second // 60))
        for officer_day, order in sorted(orders.items())
        for need, second in zip(order, begins(problem, officer_day, order) or (), strict=True)
    ]
    crew, need, arrives = np.array(stops, np.int64).reshape(-1, 3).T
    walked = sum(walked_s(problem, officer_day, order) for officer_day, order in orders.items())
    return Routes(crew, need, arrives.astype(np.int32), walked)


def spare_s(problem: Problem, orders: Mapping[int, Sequence[int]]) -> np.ndarray:
    """Seconds of each officer-day that are neither visit nor walking, int64 (crew,)."""
    spare = 60 * problem.crew.minutes.astype(np.int64)
    for officer_day, order in orders.items():
        visits = 60 * int(problem.needs.minutes[list(order)].sum())
        spare[officer_day] -= visits + walked_s(problem, officer_day, order)
    return spare
