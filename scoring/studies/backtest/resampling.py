"""Confidence: whole areas drawn anew, with replacement, and every order measured on the same draws.

Visits are collapsed once by place and area; a round is then one row of weights, how often each area was drawn, and
its sums by place are a product with a sparse table.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from scoring.studies.backtest.measures import Places, Slots, places_of, sums

CELLS_AT_ONCE = 3_000_000  # rounds times places held in memory together: about 25 MB an array


@dataclass(frozen=True, eq=False)
class Cells:
    """How many visits of each area share a place, and how much trouble: sparse (places, areas)."""

    places: Places
    visits: sparse.csr_array
    trouble: sparse.csr_array


def cells_of(places: Places, area: np.ndarray, outcome: np.ndarray) -> Cells:
    """area: int (visits,), from 0 on."""
    shape = (places.count, int(area.max()) + 1)
    troubled = outcome > 0
    return Cells(
        places,
        _added_up(np.ones(len(area)), places.place, area, shape),
        _added_up(outcome[troubled], places.place[troubled], area[troubled], shape),
    )


@dataclass(frozen=True, eq=False)
class VisitDays:
    """The days of the visits, the same whatever the order.

    visits: sparse (days, areas); late: sparse (segments, areas), the days of trouble, each times how much, added up.
    """

    places: Places
    visits: sparse.csr_array
    late: sparse.csr_array


def visit_days(segment: np.ndarray, day: np.ndarray, area: np.ndarray, outcome: np.ndarray) -> VisitDays:
    """Days are counted from each segment's first, so that sums of them stay small."""
    since = (day - first_by(segment, day)[segment]).astype(np.float64)
    places, segments, areas = places_of(segment, since), int(segment.max()) + 1, int(area.max()) + 1
    late = since * outcome
    there = late > 0
    return VisitDays(
        places,
        _added_up(np.ones(len(day)), places.place, area, (places.count, areas)),
        _added_up(late[there], segment[there], area[there], (segments, areas)),
    )


def first_by(segment: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The first day of each segment, int32 (segments,)."""
    first = np.full(int(segment.max()) + 1, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, segment, day)
    return first


def weighed_sums(
    orders: Mapping[str, Cells], calendar: VisitDays | None, week: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """The sums of each order over the areas as they were drawn: by name, float64 (rounds, segments, 8).

    weights: float64 (rounds, areas), how often each was drawn.
    """
    slots = None
    if calendar is not None:
        visits, late = (_weighed(table, weights) for table in (calendar.visits, calendar.late))
        slots = Slots(calendar.places, visits, late)
    return {
        name: sums(cells.places, _weighed(cells.visits, weights), _weighed(cells.trouble, weights), week, slots)
        for name, cells in orders.items()
    }


def draws(things: int, rounds: int, seed: int, places: int) -> Iterator[np.ndarray]:
    """How often each of `things` is drawn when as many as there are are drawn with replacement.

    float64 (rounds, things), some rounds at a time, fewer the more places they will be measured on; the same draws
    whatever the portions.
    """
    chance, left = np.random.default_rng(seed), rounds
    portion = max(1, CELLS_AT_ONCE // max(places, things))
    while left > 0:
        many = min(portion, left)
        drawn = chance.integers(things, size=(many, things)) + things * np.arange(many)[:, None]
        yield np.bincount(drawn.ravel(), minlength=many * things).reshape(many, things).astype(np.float64)
        left -= many


def _added_up(amount: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.coo_array((amount, (row, column)), shape=shape).tocsr()


def _weighed(table: sparse.csr_array, weights: np.ndarray) -> np.ndarray:
    """Each row of the table added up under the weights of each round: (rounds, rows)."""
    return np.ascontiguousarray((table @ weights.T).T)
