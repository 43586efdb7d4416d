"""What the groups foretell of the next period is held against what came, as scikit-learn and statsmodels do it."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss
from statsmodels.stats.proportion import proportion_confint

from scoring.studies.backtest import backtest, visits_of
from scoring.studies.backtest.forecasts import foretold_rates

GROUPS = ("red", "yellow", "green")


def months(periods: int, seed: int = 2, visits: int = 1500) -> pd.DataFrame:
    """Visits of three groups with rates of trouble of their own, in eight areas."""
    chance = np.random.default_rng(seed)
    group = chance.integers(0, 3, visits)
    return pd.DataFrame(
        {
            "unit": range(visits),
            "area": chance.integers(0, 8, visits),
            "period": chance.integers(0, periods, visits),
            "group": np.array(GROUPS)[group],
            "score": -group,
            "outcome": (chance.random(visits) < np.array([0.5, 0.2, 0.05])[group]).astype(int),
        }
    )


def test_a_groups_rate_is_foretold_from_earlier_periods_only():
    frame = pd.DataFrame({"period": [0, 0, 0, 1, 1, 1, 2], "group": list("aababca"), "outcome": [1, 0, 1, 0, 0, 1, 1]})
    rates = foretold_rates(visits_of(frame.assign(unit=range(7), score=0)))
    assert rates[3:].tolist() == [1 / 2, 1 / 1, 2 / 3, 1 / 3]  # of c nothing was seen before: the overall rate


def test_brier_scores_are_those_of_scikit_learn():
    frame = months(5)
    found, measured = backtest(frame, rounds=20).forecast, frame["period"] > 0
    foretold = foretold_rates(visits_of(frame))[measured]
    earlier = frame["outcome"].to_numpy()[:, None] * (frame["period"].to_numpy()[:, None] < frame["period"].to_numpy())
    before = (frame["period"].to_numpy()[:, None] < frame["period"].to_numpy()).sum(axis=0)
    overall = (earlier.sum(axis=0) / np.maximum(before, 1))[measured]
    came = frame["outcome"][measured]
    brier, constant = brier_score_loss(came, foretold), brier_score_loss(came, overall)
    assert (found.brier.value, found.constant.value) == pytest.approx((brier, constant))
    assert found.skill.value == pytest.approx(1 - brier / constant)
    assert found.skill.low < found.skill.value < found.skill.high


def test_with_two_periods_the_table_by_group_is_the_calibration_curve_of_scikit_learn():
    frame = months(2)
    found, measured = backtest(frame, rounds=2), frame["period"] > 0
    foretold = foretold_rates(visits_of(frame))[measured]
    seen, expected = calibration_curve(frame["outcome"][measured], foretold, n_bins=50)
    by_forecast = found.groups.sort_values("forecast")
    assert by_forecast["rate"].tolist() == pytest.approx(list(seen))
    assert by_forecast["forecast"].tolist() == pytest.approx(list(expected))
    off = np.average(np.abs(seen - expected), weights=by_forecast["visits"])
    assert found.forecast.off_by == pytest.approx(off)


def test_rates_come_with_wilsons_interval():
    frame = pd.DataFrame({"day": "2024-03-01", "unit": range(100), "score": 0, "outcome": [1] * 10 + [0] * 90})
    (row,) = backtest(frame, rounds=2).groups.itertuples()
    assert (row.visits, row.troubled, row.rate) == (100, 10, 0.1)
    z, n, p = stats.norm.ppf(0.975), 100, 0.1  # Wilson 1927, worked out
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (row.low, row.high) == pytest.approx((middle - half, middle + half))
    assert (row.low, row.high) == pytest.approx(proportion_confint(10, 100, method="wilson"))


def test_the_table_counts_the_visits_measured_and_names_the_frames_own_groups():
    frame = months(3)
    measured = frame[frame["period"] > 0]
    groups = backtest(frame, rounds=2).groups
    assert groups["visits"].to_dict() == measured.groupby("group").size().to_dict()
    assert groups["troubled"].to_dict() == measured.groupby("group")["outcome"].sum().to_dict()


def test_without_groups_rates_are_by_tenths_of_the_score_from_the_highest():
    chance = np.random.default_rng(6)
    frame = pd.DataFrame({"day": "2024-03-01", "unit": range(1000), "score": chance.permutation(1000)})
    groups = backtest(frame.assign(outcome=frame["score"] >= 900), rounds=2).groups
    assert groups["visits"].tolist() == [100] * 10
    assert groups["troubled"].tolist() == [100] + [0] * 9
    few_scores = backtest(frame.assign(score=frame["score"] % 3, outcome=1), rounds=2).groups
    assert few_scores["visits"].tolist() == [333, 333, 334]


def test_one_period_foretells_nothing():
    found = backtest(months(1), rounds=2)
    assert found.forecast is None
    assert found.groups["forecast"].isna().all()


def test_the_interval_of_the_brier_score_is_that_of_scipys_bootstrap_over_areas():
    frame = months(4).assign(area=lambda rows: rows["unit"] % 60)
    found, measured = backtest(frame, rounds=1000).forecast.brier, frame[frame["period"] > 0]
    missed = (foretold_rates(visits_of(frame))[frame["period"] > 0] - measured["outcome"]) ** 2
    own = missed.groupby(measured["area"]).agg(["sum", "size"])
    theirs = stats.bootstrap(
        (own["sum"].to_numpy(), own["size"].to_numpy()),
        lambda squares, visits, axis: squares.sum(axis=axis) / visits.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=4000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.1 * width)
