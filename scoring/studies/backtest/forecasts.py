"""Calibration: the rate a group of visits was to have by what had been seen before, and the rate it had."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from scoring.studies.backtest.measures import Estimate, interval
from scoring.studies.backtest.rankings import before
from scoring.studies.backtest.resampling import draws
from scoring.studies.backtest.visits import Visits


@dataclass(frozen=True)
class Forecast:
    """How good it would have been to foretell, for each visit, the rate of its group in the earlier periods.

    brier: mean squared distance from what came, 0 or 1; constant: the same for the overall rate of the earlier
    periods; skill: 1 - brier / constant, above nought where groups foretell more than the overall rate does;
    off_by: mean distance between foretold and seen rates of the groups, each counted by its visits.
    """

    brier: Estimate
    constant: Estimate
    skill: Estimate
    off_by: float


def rates_by_group(visits: Visits) -> pd.DataFrame:
    """One row a group, of the visits measured: visits, troubled, rate with its Wilson interval (95 %), forecast.

    forecast: the mean rate foretold, NaN with one period only. Indexed by group.
    """
    measured = visits.only(visits.measured)
    many, groups = len(visits.groups), measured.group
    seen = np.bincount(groups, minlength=many)
    troubled = np.bincount(groups, measured.outcome > 0, minlength=many).astype(np.int64)
    foretold = np.full(many, np.nan)
    if visits.periods > 1:
        expected = np.bincount(groups, foretold_rates(visits)[visits.measured], minlength=many)
        foretold = np.divide(expected, seen, out=foretold, where=seen > 0)
    frame = pd.DataFrame({"visits": seen, "troubled": troubled}, index=pd.Index(visits.groups, name="group"))
    frame["rate"] = troubled / frame["visits"].where(seen > 0)
    low, high = proportion_confint(troubled, np.maximum(seen, 1), method="wilson")
    frame["low"], frame["high"] = np.where(seen > 0, (low, high), np.nan)
    return frame.assign(forecast=foretold)[seen > 0]


def foretold_rates(visits: Visits) -> np.ndarray:
    """The share of visits with trouble in the visit's group in all earlier periods, float64 (visits,).

    A group not seen before takes the overall share. Nought in the first period, before which there is nothing.
    """
    seen, troubled = _before(visits)
    overall = _overall(seen, troubled)
    rates = np.divide(troubled, seen, out=np.broadcast_to(overall[:, None], seen.shape).copy(), where=seen > 0)
    return rates[visits.period, visits.group]


def forecast(visits: Visits, rounds: int, seed: int) -> Forecast | None:
    """None with one period only: there is nothing before it to foretell from."""
    if visits.periods == 1:
        return None
    measured, cut = visits.measured, visits.only(visits.measured)
    came = (cut.outcome > 0).astype(np.float64)
    by_group = foretold_rates(visits)[measured]
    constant = _overall(*_before(visits))[cut.period]
    area, _ = pd.factorize(cut.area, sort=True)
    distances = (np.ones(len(cut)), (by_group - came) ** 2, (constant - came) ** 2)
    own = np.stack([np.bincount(area, one) for one in distances], axis=1)
    drawn = np.concatenate([np.empty((0, 3)), *(_scores(one @ own) for one in draws(len(own), rounds, seed, 1))])
    brier, plain, skill = interval(_scores(own.sum(axis=0)), drawn)
    groups = rates_by_group(visits)
    off = (groups["rate"] - groups["forecast"]).abs()
    return Forecast(brier, plain, skill, float(np.average(off, weights=groups["visits"])))


def _before(visits: Visits) -> tuple[np.ndarray, np.ndarray]:
    """Visits and visits with trouble before each period, by group: float64 (periods, groups)."""
    troubled = (visits.outcome > 0).astype(np.float64)
    seen = before(visits.period, visits.group, np.ones(len(visits)))
    return seen, before(visits.period, visits.group, troubled)


def _overall(seen: np.ndarray, troubled: np.ndarray) -> np.ndarray:
    return troubled.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)


def _scores(table: np.ndarray) -> np.ndarray:
    """Brier score of the groups' rates, of the overall rate, and the skill, from sums (…, 3)."""
    visits, by_group, constant = (table[..., column] for column in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = 1 - by_group / constant
    return np.stack([by_group / visits, constant / visits, skill], axis=-1)
