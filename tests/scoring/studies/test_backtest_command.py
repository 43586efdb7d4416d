"""A published study is replayed from its file; what cannot be read is refused with one sentence and the cure."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from scoring.errors import WrongFrame
from scoring.studies.backtest import backtest, visits_of
from scoring.studies.backtest.__main__ import main
from tests.test_architecture import ROOT

NAMED = (
    *("--day", "Inspection_Date", "--day-format", "%m/%d/%Y", "--unit", "License", "--inspector", "Sanitarian"),
    *("--score", "Predicted", "--outcome", "criticalFound"),
)


def study() -> pd.DataFrame:
    """Two months of food inspections under the column names of the study, the score knowing only who inspects."""
    chance, n = np.random.default_rng(0), 900
    who = chance.integers(0, 12, n)
    rate = np.linspace(0.05, 0.5, 12)[who]
    day = pd.Series(np.datetime64("2014-09-01") + chance.integers(0, 60, n))
    return pd.DataFrame(
        {
            "Inspection_Date": day.dt.strftime("%m/%d/%Y"),
            "License": chance.integers(0, 500, n),
            "Sanitarian": np.array(list("abcdefghijkl"))[who],
            "Predicted": rate.round(3),
            "criticalFound": (chance.random(n) < rate).astype(int),
        }
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "food_inspections.csv"
    study().to_csv(path, index=False)
    return path


def test_the_command_prints_the_table_and_what_it_means(file):
    command = [sys.executable, "-m", "scoring.studies.backtest", str(file), *NAMED, "--rounds", "50"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")
    own = study().set_axis(["day", "unit", "inspector", "score", "outcome"], axis=1).astype({"unit": str})
    own["day"] = pd.to_datetime(own["day"], format="%m/%d/%Y")
    found = backtest(own, rounds=50)
    gained = found.orders["score"]["days_earlier"]
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("by score  "))
    assert f"{gained.value:.2f} [{gained.low:.2f}, {gained.high:.2f}]" in line
    gap = found.differences["score", "inspector"]["days_earlier"]
    assert f"By score, trouble is found {gap.value:.2f} days earlier than by inspector alone" in done.stdout
    inside = "By score inside inspectors, trouble is found 0.00 days earlier than at random inside inspectors"
    assert f"{inside} [0.00, 0.00], which may be chance." in done.stdout
    assert "900 visits, 2014-09-01 to 2014-10-30, in 1 period" in done.stdout
    assert "the other half of the units" in done.stdout


def test_visits_may_be_reordered_inside_months_or_inside_a_column(file, capsys):
    assert main([str(file), *NAMED, "--rounds", "2", "--period", "month"]) == 0
    by_month = capsys.readouterr().out
    learned = int(study()["Inspection_Date"].str.startswith("09").sum())
    assert f"{learned:,} more learned from, 2014-10-01 to 2014-10-30, in 1 period" in by_month
    assert "learned from earlier periods" in by_month
    assert "Brier score" in by_month
    study().assign(Phase=lambda one: one["Inspection_Date"].str[:2]).to_csv(file, index=False)
    assert main([str(file), *NAMED, "--rounds", "2", "--period", "Phase"]) == 0
    assert capsys.readouterr().out == by_month


def test_a_later_gain_is_told_as_a_loss_and_nobody_named_is_said(file, capsys):
    study().assign(Predicted=lambda one: -one["criticalFound"]).drop(columns="Sanitarian").to_csv(file, index=False)
    assert main([str(file), *(word for word in NAMED if word not in ("--inspector", "Sanitarian"))]) == 0
    told = capsys.readouterr().out
    assert "days later than at random" in told
    assert "no inspector named" in told
    assert "how much of this is who inspects cannot be told" in told


@pytest.mark.parametrize(
    ("spoilt", "options", "cure"),
    [
        ({}, (), "There is no column 'day'; name one of Inspection_Date, License, Sanitarian, Predicted, criticalF"),
        ({}, (*NAMED, "--area", "Ward"), "There is no column 'Ward'; name one of"),
        ({}, (*NAMED, "--period", "Phase"), "There is no column 'Phase'; name one of"),
        ({}, (*NAMED, "--day-format", "%Y-%m-%d"), "is not written %Y-%m-%d; say how with --day-format."),
        ({"Predicted": "high"}, NAMED, "Column 'score' has 900 that are no numbers, as 'high'; mend or drop them."),
        ({"criticalFound": None}, NAMED, "Column 'outcome' has 900 that are no numbers"),
        ({"criticalFound": -1}, NAMED, "An outcome is below 0; give 0 for no trouble"),
        ({"criticalFound": 0}, NAMED, "No visit that is measured found trouble"),
        ({"Ward": 1}, (*NAMED, "--area", "Ward"), "All visits lie in one area, so there are none to draw from"),
    ],
)
def test_a_wrong_file_is_refused_with_one_sentence(file, capsys, spoilt, options, cure):
    study().assign(**spoilt).to_csv(file, index=False)
    assert main([str(file), *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{file}: ")
    assert cure in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b"", "It is not a CSV file in UTF-8"),
        ("Inspection_Date,餐馆\n".encode("gb18030"), "It is not a CSV file in UTF-8"),
        (b"a,b\n1,2,3\n4,5,6,7\n", "It is not a CSV file in UTF-8"),
        (b"Inspection_Date,License,Sanitarian,Predicted,criticalFound\n", "There is not one visit in the frame"),
        (None, "It cannot be read (it is not there: No such file or directory); give the path of a CSV file."),
    ],
)
def test_a_file_that_is_none_is_refused_with_one_sentence(tmp_path, capsys, content, cure):
    file = tmp_path / "visits.csv"
    if content is not None:
        file.write_bytes(content)
    assert main([str(file), *NAMED]) == 2
    assert cure in capsys.readouterr().err


@pytest.mark.parametrize("name", ["unit", "score", "outcome"])
def test_a_frame_without_a_needed_column_is_refused(name):
    frame = pd.DataFrame({"day": ["2024-03-01"], "unit": [1], "score": [1], "outcome": [1]})
    with pytest.raises(WrongFrame, match=f"There is no column '{name}'"):
        visits_of(frame.drop(columns=name))
    with pytest.raises(WrongFrame, match="neither a column 'day' nor 'period'"):
        visits_of(frame.drop(columns="day"))


def test_a_day_that_is_none_is_refused():
    frame = pd.DataFrame({"day": ["2024-03-01", "soon"], "unit": [1, 2], "score": 1, "outcome": 1})
    with pytest.raises(WrongFrame, match="Column 'day' has 1 that is no day, as 'soon'"):
        visits_of(frame)
