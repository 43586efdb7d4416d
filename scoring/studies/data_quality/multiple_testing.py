"""When an officer may be named: colleagues to compare with, and q values for many officers at once."""

import numpy as np
from statsmodels.stats.multitest import multipletests

GROUP = 40  # officers who score alike: enough to be a standard, few enough to be alike
MOST_GROUPS = 40


def level_groups(officer: np.ndarray, score: np.ndarray, officers: int) -> np.ndarray:
    """Groups of officers with like mean scores, about equal in size; int64 (officers,)."""
    visits = np.bincount(officer, minlength=officers)
    mean = np.bincount(officer, score, officers) / np.maximum(visits, 1)
    groups = int(np.clip(officers // GROUP, 1, MOST_GROUPS))
    rank = np.argsort(np.argsort(mean, kind="stable"), kind="stable")
    return rank * groups // max(officers, 1)


def false_discovery(chance: np.ndarray) -> np.ndarray:
    """q values after Benjamini and Hochberg; NaN stays NaN and is no test."""
    q = np.full(len(chance), np.nan)
    tested = np.flatnonzero(np.isfinite(chance))
    if len(tested):
        q[tested] = multipletests(chance[tested], method="fdr_bh")[1]
    return q
