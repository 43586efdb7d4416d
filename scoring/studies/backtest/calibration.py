"""A model's probabilities beside what came: reliability table and Brier score. See docs/scoring.md."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from scoring.studies.backtest.measures import Estimate, interval
from scoring.studies.backtest.resampling import draws
from scoring.studies.backtest.visits import Visits

BINS = 10  # of as many visits each, as far as equal probabilities let them: bins of equal width would be empty


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far probabilities of trouble came true, in the visits measured.

    table: a row a bin of rising probability: visits, troubled, least, most, predicted (mean), rate with its Wilson
    interval (95 %) in low and high. brier: mean squared distance from what came, 0 or 1; constant: the same had the
    overall rate been said each time; skill: 1 - brier / constant; excess: mean probability less the rate seen;
    off_by: mean distance between predicted and seen rates of the bins, each counted by its visits.
    """

    table: pd.DataFrame
    brier: Estimate
    constant: Estimate
    skill: Estimate
    excess: Estimate
    off_by: float


def calibration(visits: Visits, rounds: int, seed: int) -> Calibration | None:
    """None where the frame has no probabilities. Intervals from whole areas drawn anew, the same as for the orders."""
    if visits.probability is None:
        return None
    cut = visits.only(visits.measured)
    assert cut.probability is not None
    came = (cut.outcome > 0).astype(np.float64)
    area, _ = pd.factorize(cut.area, sort=True)
    columns = (np.ones(len(cut)), came, cut.probability, (cut.probability - came) ** 2)
    own = np.stack([np.bincount(area, one) for one in columns], axis=1)
    drawn = np.concatenate([np.empty((0, 4)), *(_scores(one @ own) for one in draws(len(own), rounds, seed, 1))])
    brier, constant, skill, excess = interval(_scores(own.sum(axis=0)), drawn)
    table = reliability(cut.probability, came)
    off_by = np.average((table["rate"] - table["predicted"]).abs(), weights=table["visits"])
    return Calibration(table, brier, constant, skill, excess, float(off_by))


def reliability(probability: np.ndarray, came: np.ndarray) -> pd.DataFrame:
    """The table of a Calibration. probability: 0 to 1; came: 0 or 1; both float64 (visits,)."""
    edges = np.unique(np.quantile(probability, np.arange(1, BINS) / BINS))
    place, _ = pd.factorize(np.searchsorted(edges, probability, side="left"), sort=True)
    by_bin = pd.DataFrame({"probability": probability, "came": came}).groupby(place)
    table = pd.DataFrame(
        {
            "visits": by_bin.size(),
            "troubled": by_bin["came"].sum().astype(np.int64),
            "least": by_bin["probability"].min(),
            "most": by_bin["probability"].max(),
            "predicted": by_bin["probability"].mean(),
        }
    )
    low, high = proportion_confint(table["troubled"], table["visits"], method="wilson")
    return table.assign(rate=table["troubled"] / table["visits"], low=low, high=high)


def _scores(table: np.ndarray) -> np.ndarray:
    """Brier score, that of the overall rate, the skill and the excess, from sums (…, 4)."""
    visits, troubled, predicted, squares = (table[..., column] for column in range(4))
    rate = troubled / visits
    brier, constant = squares / visits, rate * (1 - rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = 1 - brier / constant
    return np.stack([brier, constant, skill, predicted / visits - rate], axis=-1)
