"""Two scores side by side on the same draws, and how far probabilities came true."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from scoring.errors import WrongFrame
from scoring.studies.backtest import backtest, visits_of
from scoring.studies.backtest.__main__ import main
from scoring.studies.backtest.calibration import calibration, reliability


def frame(n: int = 600, seed: int = 3) -> pd.DataFrame:
    """Visits of three months; `other` knows the rate, `score` is noise."""
    chance = np.random.default_rng(seed)
    rate, since = chance.uniform(0.05, 0.6, n), chance.integers(0, 90, n)
    return pd.DataFrame(
        {
            "unit": np.arange(n),
            "day": np.datetime64("2024-01-01") + since,
            "period": since // 30,
            "area": chance.integers(0, 30, n),
            "score": chance.random(n),
            "probability": rate,
            "outcome": (chance.random(n) < rate).astype(int),
        }
    )


def test_a_better_score_is_ahead_and_the_interval_of_the_difference_says_so():
    found = backtest(frame(), rounds=200)
    gap = found.differences["score", "other"]["first_half"]
    assert gap.high < 0
    alone = [found.orders[name]["first_half"].value for name in ("score", "other")]
    assert gap.value == pytest.approx(alone[0] - alone[1])


def test_a_score_beside_itself_differs_by_nothing_in_every_round():
    twice = frame().assign(other=lambda one: one["score"])
    gap = backtest(twice, rounds=50).differences["score", "other"]["days_earlier"]
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)


def test_the_interval_of_a_difference_is_narrower_than_those_of_scores_that_go_together():
    close = frame().assign(other=lambda one: one["probability"] + 0.001 * one["score"])
    close = close.assign(score=close["probability"])
    found = backtest(close, rounds=200)
    gap, alone = found.differences["score", "other"]["first_half"], found.orders["score"]["first_half"]
    assert gap.high - gap.low < (alone.high - alone.low) / 4


def test_a_frame_without_another_score_has_neither():
    found = backtest(frame().drop(columns="probability"), rounds=20)
    assert "other" not in found.orders
    assert found.calibration is None


def test_the_table_and_the_brier_score_are_those_of_plain_loops():
    visits = visits_of(frame())
    found = calibration(visits, 50, 1)
    assert found is not None
    rows = [row for row in frame().itertuples() if row.period > 0]  # the first period is only learned from
    brier = sum((row.probability - row.outcome) ** 2 for row in rows) / len(rows)
    rate = sum(row.outcome for row in rows) / len(rows)
    assert found.brier.value == pytest.approx(brier)
    assert found.constant.value == pytest.approx(sum((rate - row.outcome) ** 2 for row in rows) / len(rows))
    assert found.skill.value == pytest.approx(1 - brier / (rate * (1 - rate)))
    assert found.excess.value == pytest.approx(sum(row.probability for row in rows) / len(rows) - rate)
    assert found.brier.low < found.brier.value < found.brier.high
    for one in found.table.itertuples():
        inside = [row for row in rows if one.least <= row.probability <= one.most]
        troubled = sum(row.outcome for row in inside)
        assert (one.visits, one.troubled) == (len(inside), troubled)
        assert one.predicted == pytest.approx(sum(row.probability for row in inside) / len(inside))
        assert (one.low, one.high) == pytest.approx(proportion_confint(troubled, len(inside), method="wilson"))
    assert found.table["visits"].sum() == len(rows)
    assert len(found.table) == 10


def test_equal_probabilities_are_never_parted_between_bins():
    said = np.repeat([0.1, 0.2, 0.9], [70, 20, 10])
    table = reliability(said, (np.arange(100) % 5 == 0).astype(float))
    assert table["least"].tolist() == table["most"].tolist() == [0.1, 0.2, 0.9]
    assert table["visits"].tolist() == [70, 20, 10]


def test_probabilities_that_come_true_have_their_line_inside_most_intervals():
    many = frame(20_000)
    table = calibration(visits_of(many), 20, 1).table
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.sum() >= 8


def test_probabilities_twice_too_high_are_told_so():
    doubled = frame(5_000).assign(probability=lambda one: np.minimum(2 * one["probability"], 1))
    found = calibration(visits_of(doubled), 100, 1)
    assert found.excess.low > 0.1
    assert found.skill.high < 0


@pytest.mark.parametrize("wrong", [1.5, -0.1])
def test_what_is_no_probability_is_refused_with_the_cure(wrong):
    odd = frame()
    odd.loc[7, "probability"] = wrong
    with pytest.raises(WrongFrame, match="'probability' has 1 below 0 or above 1"):
        visits_of(odd)


@pytest.mark.parametrize("form", ["semicolons", "semicolons and commas", "workbook"])
def test_the_command_takes_other_tables_to_the_same_end(tmp_path, capsys, form):
    own = frame(200).drop(columns="period")
    own[["score", "probability"]] = own[["score", "probability"]].round(3)
    own["day"] = own["day"].dt.strftime("%Y-%m-%d")
    plain, other = tmp_path / "plain.csv", tmp_path / "other"
    own.to_csv(plain, index=False)
    if form == "workbook":
        dated = own.assign(day=pd.to_datetime(own["day"]))
        dated.to_excel(other.with_suffix(".xlsx"), index=False)
        other = other.with_suffix(".xlsx")
    else:
        own.to_csv(other, index=False, sep=";", decimal="," if "commas" in form else ".")
    told = []
    for file in (plain, other):
        assert main([str(file), "--rounds", "20"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert "By score, trouble is found" in told[0]
    assert "than by the other score" in told[0]
    assert "Brier score" in told[0]


def test_a_package_that_is_no_workbook_is_refused_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "study.xlsx"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("note.txt", "no workbook")
    assert main([str(file)]) == 2
    said = capsys.readouterr().err
    assert "It is no XLSX file that can be read" in said
    assert said.count("\n") == 1
