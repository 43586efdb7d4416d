"""In which order the buildings chosen are listed: those that need a visit most come first."""

from collections.abc import Callable, Mapping

import numpy as np

from data.city.snapshots import Snapshot
from data.city.summaries import hazard_counts

Keys = tuple[np.ndarray, ...]  # the weightiest first, each rising; shape (n,)


def _grade(day: Snapshot, rule_set: str | None) -> np.ndarray:
    """Worst first, the unrated last. Not the score: by its order what is withheld of it could be told."""
    if rule_set is None:
        return np.zeros(day.size, np.int8)
    grades = day.grades[rule_set]
    return np.where(grades < 0, np.iinfo(np.int8).max, grades)


ORDERS: Mapping[str, Callable[[Snapshot, np.ndarray], Keys]] = {
    "grade": lambda day, grade: (grade, -hazard_counts(day, "overdue"), -day.days_since_visit),
    "unvisited": lambda day, grade: (-day.days_since_visit, grade),
    "hazards": lambda day, grade: (-hazard_counts(day, "overdue"), -hazard_counts(day, "open"), grade),
    "vacant": lambda day, grade: (-day.vacant, grade),
}


def in_order(day: Snapshot, rows: np.ndarray, order: str, rule_set: str | None) -> np.ndarray:
    """The row numbers of the chosen buildings in one of ORDERS; equal ones stay as they stand in the fact store.

    rows: bool (n,). rule_set: whose grades count; None where nothing is graded. Returns int64.
    """
    chosen = np.flatnonzero(rows)
    keys = ORDERS[order](day, _grade(day, rule_set))
    return chosen[np.lexsort([key[chosen] for key in reversed(keys)])]
