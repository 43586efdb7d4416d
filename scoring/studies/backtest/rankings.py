"""The orders that are compared: for each a number per visit, the higher the sooner."""

import numpy as np

from scoring.studies.backtest.visits import Visits

# An inspector's rate leans on the overall rate as though that many more visits had been made at it: with fewer of
# one's own it is mostly chance. A decision of ours.
PRIOR_VISITS = 20


def orders(visits: Visits) -> dict[str, np.ndarray]:
    """By name, float64 (visits,). Equal numbers share their places, so `random` is all of one number.

    `actual` is the order that was used; it and those a frame does not speak of are left out.
    """
    found = {"score": visits.score}
    if visits.other is not None:
        found["other"] = visits.other
    if visits.last_result is not None:
        # A unit nobody visited before comes first: nothing is known that would let it wait. A decision of ours.
        found["last_result"] = np.where(np.isnan(visits.last_result), np.inf, visits.last_result)
    if visits.inspector is not None:
        found["inspector"] = inspector_rates(visits, visits.inspector)
    found["random"] = np.zeros(len(visits))
    if visits.day is not None:
        found["actual"] = -visits.day.astype(np.float64)
    return found


def inspector_rates(visits: Visits, inspector: np.ndarray) -> np.ndarray:
    """Who inspects and nothing else: the inspector's rate of trouble in earlier periods, float64 (visits,).

    With one period only it is the rate in the other half of the inspector's units: left in, a visit would tell of
    itself; left out alone, it would push every visit without trouble before those with it.
    """
    if visits.periods == 1:
        half, inspectors = visits.unit % 2, int(inspector.max()) + 1
        cell = (1 - half) * inspectors + inspector
        seen = np.bincount(half * inspectors + inspector, minlength=2 * inspectors)
        trouble = np.bincount(half * inspectors + inspector, visits.outcome, minlength=2 * inspectors)
        return _leaning(trouble, seen, float(visits.outcome.mean()))[cell]
    seen, trouble = (before(visits.period, inspector, what) for what in (np.ones(len(visits)), visits.outcome))
    overall = trouble.sum(axis=1, keepdims=True) / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    return _leaning(trouble, seen, overall)[visits.period, inspector]


def before(period: np.ndarray, kind: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Sums of `amount` by kind in the periods before each, float64, shape (periods, kinds)."""
    periods, kinds = int(period.max()) + 1, int(kind.max()) + 1
    cells = period.astype(np.int64) * kinds + kind
    through = np.bincount(cells, amount, minlength=periods * kinds).reshape(periods, kinds).cumsum(axis=0)
    return np.vstack([np.zeros(kinds), through[:-1]])


def _leaning(trouble: np.ndarray, seen: np.ndarray, overall: np.ndarray | float) -> np.ndarray:
    return (trouble + PRIOR_VISITS * overall) / (seen + PRIOR_VISITS)
