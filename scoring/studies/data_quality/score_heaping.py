"""Officers whose scores lie just above a bound more often than those of colleagues who score alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from scoring.studies.data_quality.multiple_testing import false_discovery

CURVE = 3  # degree of the curve in an officer's mean score
MIN_N = 30  # results near a bound
NAMED_FROM, EXCESS = 0.01, 0.15  # q value; and share beyond the expected, as colleagues who score alike differ by half


@dataclass(frozen=True)
class ScoreHeaping:
    """One row an officer. above of near: results just above a bound among those near one, int64 (officers,).

    expected: the share above that colleagues who score alike show at the same bounds; q: float64, NaN where too few
    results are near.
    """

    above: np.ndarray
    near: np.ndarray
    expected: np.ndarray
    q: np.ndarray

    @property
    def share(self) -> np.ndarray:
        return np.divide(self.above, self.near, out=np.full(len(self.near), np.nan), where=self.near > 0)

    @property
    def flagged(self) -> np.ndarray:
        return (np.nan_to_num(self.q, nan=1) <= NAMED_FROM) & (np.nan_to_num(self.share - self.expected) >= EXCESS)


def score_heaping(
    officer: np.ndarray, score: np.ndarray, officers: int, bounds: Sequence[float], near: float
) -> ScoreHeaping:
    """officer: row numbers, -1 unknown; score: NaN unrated; both (visits,). near: points on either side of a bound."""
    usable = (officer >= 0) & np.isfinite(score)
    officer, score = officer[usable], score[usable]
    visits = np.bincount(officer, minlength=officers)
    level = np.bincount(officer, score, officers) / np.maximum(visits, 1)
    above, near_bound, expected = np.zeros(officers, np.int64), np.zeros(officers, np.int64), np.zeros(officers)
    for bound in bounds:
        here = np.abs(score - bound) < near
        here |= score == bound - near
        count = np.bincount(officer[here], minlength=officers)
        over = np.bincount(officer[here & (score >= bound)], minlength=officers)
        above, near_bound = above + over, near_bound + count
        expected += count * _share_of_alike(over, count, level)
    expected = np.divide(expected, near_bound, out=np.full(officers, np.nan), where=near_bound > 0)
    enough = near_bound >= MIN_N
    chance = np.full(officers, np.nan)
    # At one mean chance the binomial is wider than the mixture of the bounds' chances: p is, if anything, too large.
    chance[enough] = binom.sf(above[enough] - 1, near_bound[enough], expected[enough])
    return ScoreHeaping(above, near_bound, expected, false_discovery(chance))


def _share_of_alike(over: np.ndarray, count: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The share above a bound of officers with this mean score, by logistic regression on it; float64 (officers,)."""
    seen = count > 0
    if over.sum() in (0, count.sum()) or seen.sum() <= CURVE:
        return np.full(len(count), (over.sum() + 0.5) / (count.sum() + 1))
    spread = level[seen].std() or 1.0
    terms = np.vander((level - level[seen].mean()) / spread, CURVE + 1)
    both = np.column_stack([over, count - over])[seen]
    return GLM(both, terms[seen], Binomial()).fit().predict(terms)
