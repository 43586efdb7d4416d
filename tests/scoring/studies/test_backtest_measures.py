"""Every measure of an order of visits equals what counting by hand gives, and none can be had by a trick."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import precision_score

from scoring.studies.backtest import MEASURES, backtest, visits_of
from scoring.studies.backtest.rankings import PRIOR_VISITS, inspector_rates, orders
from scoring.studies.backtest.resampling import draws
from tests.scoring.visits_by_hand import by_hand

FIRST = np.datetime64("2024-03-01")
SOME = settings(max_examples=25)


@st.composite
def frames(draw, least_periods: int = 1) -> pd.DataFrame:
    """A few visits in one to three periods, with many of equal score, by two inspectors in two areas."""
    row = st.tuples(*(st.integers(0, most) for most in (20, 2, 2, 2, 1, 1)))
    sizes = draw(st.lists(st.integers(1, 5), min_size=least_periods, max_size=3))
    rows = [(period, *draw(row)) for period, size in enumerate(sizes) for _ in range(size)]
    frame = pd.DataFrame(rows, columns=["period", "day", "score", "outcome", "last_result", "inspector", "area"])
    frame["day"] = FIRST + (30 * frame["period"] + frame["day"]).to_numpy()
    frame["unit"] = range(len(frame))
    measured = frame[frame["period"] > 0] if len(sizes) > 1 else frame
    assume(measured["outcome"].any() and measured["area"].nunique() == 2)
    return frame


def values(frame: pd.DataFrame, order: str = "score") -> dict[str, float]:
    return {name: one.value for name, one in backtest(frame, rounds=2).orders[order].items()}


@SOME
@given(frames())
def test_every_order_measures_what_counting_all_ways_of_drawing_lots_gives(frame):
    found = backtest(frame, rounds=2).orders
    for name, rank in orders(visits_of(frame)).items():
        assert {one: estimate.value for one, estimate in found[name].items()} == pytest.approx(by_hand(frame, rank))


@SOME
@given(frames())
def test_inside_inspectors_only_an_inspectors_own_visits_and_days_are_exchanged(frame):
    own = by_hand(frame, frame["score"], segments=("period", "inspector"))
    assert values(frame, "inside") == pytest.approx(own)


def test_a_table_worked_by_hand():
    """Four visits on the 1st, 2nd, 11th and 12th; the only trouble came on the 12th and is first by score."""
    frame = pd.DataFrame({"day": FIRST + np.array([0, 1, 10, 11]), "unit": range(4), "score": [1, 2, 3, 4]})
    found = backtest(frame.assign(outcome=[0, 0, 0, 1]), rounds=2).orders
    assert found["score"]["days_earlier"].value == 11
    assert found["random"]["days_earlier"].value == 11 - (0 + 1 + 10 + 11) / 4
    assert found["score"]["first_half"].value == 1
    assert found["score"]["precision_tenth"].value == 1
    assert found["score"]["lift_tenth"].value == 4
    assert found["score"]["precision_week"].value == pytest.approx(1 / (4 * 7 / 12))


def test_precision_in_the_first_tenth_is_that_of_scikit_learn():
    chance = np.random.default_rng(3)
    score, outcome = chance.permutation(200), chance.integers(0, 2, 200)
    frame = pd.DataFrame({"day": FIRST + chance.integers(0, 40, 200), "unit": range(200), "score": score})
    assert values(frame.assign(outcome=outcome))["precision_tenth"] == pytest.approx(
        precision_score(outcome, score >= 180)
    )


@SOME
@given(frames())
def test_no_order_beats_the_perfect_one(frame):
    perfect = values(frame.assign(score=frame["outcome"]))
    for name, value in values(frame).items():
        assert value <= perfect[name] + 1e-9, name


@SOME
@given(frames())
def test_a_random_order_has_lift_one_and_the_order_that_was_used_gains_no_day(frame):
    found = backtest(frame, rounds=20)
    for estimate in (found.orders["random"]["lift_tenth"], found.orders["random"]["lift_week"]):
        assert (estimate.value, estimate.low, estimate.high) == pytest.approx((1, 1, 1))
    gained = found.orders["actual"]["days_earlier"]
    assert (gained.value, gained.low, gained.high) == pytest.approx((0, 0, 0))


@SOME
@given(frames())
def test_equal_scores_are_a_random_order(frame):
    found = backtest(frame.assign(score=7), rounds=20)
    assert found.orders["score"] == found.orders["random"]
    assert all(one.value == one.low == one.high == 0 for one in found.differences["score", "random"].values())


@SOME
@given(frames())
def test_a_score_that_is_the_inspectors_gains_nothing_inside_inspectors(frame):
    found = backtest(frame.assign(score=frame["inspector"]), rounds=20)
    assert found.orders["inside"] == found.orders["inside_random"]


@SOME
@given(frames(), st.randoms())
def test_the_order_of_the_rows_is_of_no_account(frame, chance):
    rows = list(frame.index)
    chance.shuffle(rows)
    one, other = (backtest(some, rounds=20) for some in (frame, frame.loc[rows]))
    for name, measured in one.orders.items():
        for measure, estimate in measured.items():
            theirs = other.orders[name][measure]
            assert (estimate.value, estimate.low, estimate.high) == pytest.approx(
                (theirs.value, theirs.low, theirs.high)
            )


@SOME
@given(frames())
def test_the_gain_curve_rises_from_nothing_to_everything_through_the_shares_measured(frame):
    found = backtest(frame, rounds=2)
    for name, curve in found.curves.items():
        assert curve[0] == 0
        assert curve[-1] == pytest.approx(1)
        assert np.all(np.diff(curve) >= -1e-12)
        assert curve[[10, 50]] == pytest.approx(
            [found.orders[name][share].value for share in ("first_tenth", "first_half")]
        )


def district(seed: int, of_inspector: float, of_unit: float) -> pd.DataFrame:
    """Seven months of 40 inspectors: trouble by who inspects and by the unit, in logits a standard deviation.

    The score is the true chance of trouble with some noise.
    """
    chance, n = np.random.default_rng(seed), 28_000
    unit = chance.integers(0, 4000, n)
    inspector = unit % 40
    logit = -2 + (of_inspector * chance.normal(size=40))[inspector] + (of_unit * chance.normal(size=4000))[unit]
    return pd.DataFrame(
        {
            "day": FIRST + chance.integers(0, 210, n),
            "unit": unit,
            "inspector": inspector,
            "area": unit // 40,
            "score": logit + chance.normal(0, 0.1, n),
            "outcome": (chance.random(n) < 1 / (1 + np.exp(-logit))).astype(int),
        }
    ).assign(period=lambda frame: (frame["day"] - FIRST).dt.days // 30)


def test_a_score_that_only_knows_who_inspects_is_found_out():
    """It looks splendid against a random order; inspector alone does as well, and inside inspectors nothing is left."""
    found = backtest(district(5, of_inspector=0.9, of_unit=0), rounds=200).differences
    splendid, against_inspectors = (found["score", other]["days_earlier"] for other in ("random", "inspector"))
    inside = found["inside", "inside_random"]["days_earlier"]
    assert splendid.low > 3
    assert found["inspector", "random"]["days_earlier"].low > 3
    assert abs(against_inspectors.value) < 0.1 * splendid.value
    assert inside.low < 0 < inside.high
    assert abs(inside.value) < 0.1 * splendid.value


def test_a_score_that_knows_the_buildings_keeps_its_gain_inside_inspectors():
    found = backtest(district(5, of_inspector=0.2, of_unit=1.0), rounds=200).differences
    assert found["score", "inspector"]["days_earlier"].low > 2
    assert found["inside", "inside_random"]["days_earlier"].low > 2


# confidence


def middle(drawn: list[float]) -> tuple[float, float]:
    return tuple(np.percentile(drawn, (2.5, 97.5)))


def test_intervals_are_those_of_laying_out_the_drawn_areas_again_and_again():
    frame = district(8, 0.3, 0.6).iloc[:600]
    frame = frame.assign(area=frame["unit"] % 9, last_result=frame["score"].round())
    found = backtest(frame, rounds=60, seed=4)
    learned_from, measured = (
        frame[of_first].drop(columns="inspector") for of_first in (frame["period"] == 0, frame["period"] > 0)
    )
    areas, laid_out = np.unique(measured["area"]), []
    for weights in np.concatenate(list(draws(len(areas), 60, 4, 1))):
        times = measured["area"].map(dict(zip(areas, weights.astype(int), strict=True)))
        drawn = measured.loc[measured.index.repeat(times)]
        laid_out.append(backtest(pd.concat([learned_from, drawn]), rounds=1).orders)
    for order in ("score", "last_result", "random", "actual"):
        for name in MEASURES[:5]:
            estimate = found.orders[order][name]
            assert (estimate.low, estimate.high) == pytest.approx(middle([one[order][name].value for one in laid_out]))
    gaps = [one["score"]["first_half"].value - one["last_result"]["first_half"].value for one in laid_out]
    gap = found.differences["score", "last_result"]["first_half"]
    assert (gap.low, gap.high) == pytest.approx(middle(gaps))


def test_inside_inspectors_the_interval_is_that_of_scipys_bootstrap_over_inspectors():
    frame = district(8, 0.3, 0.6)
    found = backtest(frame, rounds=1000).orders["inside"]["days_earlier"]
    parts = []
    for _, own in frame[frame["period"] > 0].groupby("inspector"):
        gained = 0.0
        for _, month in own.groupby("period"):
            slots = np.sort(month["day"].to_numpy())[np.argsort(np.argsort(-month["score"].to_numpy()))]
            gained += float(
                ((month["day"].to_numpy() - slots).astype("timedelta64[D]").astype(int) * month["outcome"]).sum()
            )
        parts.append((gained, own["outcome"].sum()))
    earlier, trouble = (np.array(column, float) for column in zip(*parts, strict=True))
    theirs = stats.bootstrap(
        (earlier, trouble),
        lambda days, much, axis: days.sum(axis=axis) / much.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=4000,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert found.value == pytest.approx(earlier.sum() / trouble.sum())
    width = theirs.high - theirs.low
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.1 * width)


def test_the_draws_are_the_same_whatever_the_portions_and_draw_as_many_as_there_are():
    whole, singly = (np.concatenate(list(draws(12, 30, 9, places))) for places in (1, 10**9))
    np.testing.assert_array_equal(whole, singly)
    np.testing.assert_array_equal(whole.sum(axis=1), np.full(30, 12))
    assert len(np.unique(whole, axis=0)) > 25


# the orders


def test_an_inspectors_rate_is_learned_from_earlier_periods_only_and_leans_on_the_overall_rate():
    frame = pd.DataFrame(
        {
            "period": [0, 0, 0, 1, 1, 2],
            "inspector": ["Ann", "Ann", "Bob", "Ann", "Bob", "Bob"],
            "outcome": [1, 1, 0, 0, 1, 1],
            "unit": range(6),
            "score": 0,
        }
    )
    visits = visits_of(frame)
    rates = inspector_rates(visits, visits.inspector)
    leaning = [(2 + PRIOR_VISITS * 2 / 3) / (2 + PRIOR_VISITS), (0 + PRIOR_VISITS * 2 / 3) / (1 + PRIOR_VISITS)]
    assert rates[3:] == pytest.approx([*leaning, (1 + PRIOR_VISITS * 3 / 5) / (2 + PRIOR_VISITS)])
    assert len(set(rates[:3])) == 1  # nothing is known yet


def test_with_one_period_the_rate_is_that_of_the_inspectors_other_units():
    frame = pd.DataFrame({"day": FIRST, "unit": [0, 0, 1, 1, 2, 3], "score": 0, "inspector": list("AAAABB")})
    visits = visits_of(frame.assign(outcome=[1, 1, 0, 0, 1, 0]))
    own, overall = inspector_rates(visits, visits.inspector), 3 / 6
    lean = PRIOR_VISITS * overall
    expected = [lean, lean, 2 + lean, 2 + lean, lean, 1 + lean]
    visited = np.array([2, 2, 2, 2, 1, 1]) + PRIOR_VISITS
    assert own == pytest.approx(np.array(expected) / visited)


def test_a_unit_never_visited_before_comes_first_by_last_result():
    frame = pd.DataFrame({"day": FIRST + np.arange(3), "unit": range(3), "score": 0, "last_result": [0.2, None, 0.9]})
    rank = orders(visits_of(frame.assign(outcome=1)))["last_result"]
    assert np.argsort(-rank).tolist() == [1, 2, 0]


def test_of_several_periods_the_first_is_only_learned_from():
    frame = district(1, 0.5, 0.5).iloc[:2000]
    measured = frame[frame["period"] > 0]
    found = backtest(frame, rounds=2)
    assert (found.visits, found.learned_from) == (len(measured), len(frame) - len(measured))
    assert found.troubled == found.trouble == measured["outcome"].sum()
    assert (found.first_day, found.last_day) == (measured["day"].min(), measured["day"].max())
    assert (found.inspectors, found.areas) == (measured["inspector"].nunique(), measured["area"].nunique())


def test_periods_come_in_the_order_of_their_first_days_and_not_of_their_names():
    frame = district(1, 0.5, 0.5).iloc[:2000]
    backwards = frame.assign(period=[f"{9 - period} before the end" for period in frame["period"]])
    assert backtest(backwards, rounds=20).orders == backtest(frame, rounds=20).orders


def test_visits_without_a_day_have_no_days_earlier_and_without_inspectors_no_inspectors_orders():
    frame = district(1, 0.5, 0.5).iloc[:2000]
    without_days = backtest(frame.drop(columns="day"), rounds=2)
    assert not {"days_earlier", "precision_week", "lift_week"} & without_days.orders["score"].keys()
    assert "actual" not in without_days.orders
    same = backtest(frame, rounds=2).orders["score"]["first_half"]
    assert without_days.orders["score"]["first_half"] == same
    nobody = backtest(frame.assign(inspector=None), rounds=2)
    assert not {"inspector", "inside"} & nobody.orders.keys()
    assert nobody.inspectors == 0
