"""Counts of a snapshot's buildings by area, use and time since the last visit."""

from collections.abc import Sequence

import numpy as np

from data.city.snapshots import NEVER, Snapshot
from data.db.models.city import HAZARD_GROUPS
from scoring.studies.counts import counts_by_category

AGES = (30, 90, 180, 365)  # days since the last visit at which a class ends; then more, then never


def low_grades(count: int) -> int:
    """How many of `count` grades, from the worst, are called low: the lower half, the middle one not among them."""
    return count // 2


def area_places(snapshot: Snapshot, level: str, areas: Sequence[int]) -> np.ndarray:
    """The position in `areas` of each building's area of a level, -1 for none of them; int64 (n,)."""
    return places_in(snapshot.city_facts.areas_on(level, snapshot.on), areas)


def places_in(values: np.ndarray, items: Sequence[int]) -> np.ndarray:
    """The position of each value in `items`, -1 where it is not there; int64, shape of `values`."""
    sought = np.asarray(items, dtype=np.int64)
    if not len(sought):
        return np.full(len(values), -1)
    order = np.argsort(sought)
    position = order[np.searchsorted(sought, values, sorter=order).clip(max=len(sought) - 1)]
    return np.where(sought[position] == values, position, -1)


def grades_by(snapshot: Snapshot, rule_set: str, rows: np.ndarray, category: np.ndarray, categories: int) -> np.ndarray:
    """Chosen buildings by category and grade, int64 (categories, grades + 1), the unrated last."""
    grades = len(snapshot.editions[rule_set].grades)
    return counts_by_category(snapshot.grades[rule_set], grades, np.where(rows, category, -1), categories)


def low_share(counts: np.ndarray) -> np.ndarray:
    """Share of the rated that hold a low grade, by row of `grades_by`; NaN where none is rated."""
    rated = counts[:, :-1].sum(axis=1)
    low = counts[:, : low_grades(counts.shape[1] - 1)].sum(axis=1)
    return np.divide(low, rated, out=np.full(len(counts), np.nan), where=rated > 0)


def age_places(snapshot: Snapshot) -> np.ndarray:
    """Class of time since the last visit: AGES, more, never; int64 (n,), 0 to len(AGES) + 1."""
    since = snapshot.days_since_visit
    return np.where(since == NEVER, len(AGES) + 1, np.searchsorted(AGES, since, side="left"))


def total_by(category: np.ndarray, categories: int, rows: np.ndarray, amounts: np.ndarray | None = None) -> np.ndarray:
    """Chosen buildings by category, or their amounts added up; float64 (categories,)."""
    counted = rows & (category >= 0)
    weights = None if amounts is None else amounts[counted].astype(np.float64)
    return np.bincount(category[counted], weights, minlength=categories).astype(np.float64)


def hazard_counts(snapshot: Snapshot, state: str, group: str | None = None) -> np.ndarray:
    """Hazards in a state per building, of one group or of all; whole numbers (n,)."""
    counts = snapshot.hazards[state]
    return counts.sum(axis=1, dtype=np.int32) if group is None else counts[:, HAZARD_GROUPS.index(group)]
