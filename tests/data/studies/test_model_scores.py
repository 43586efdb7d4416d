"""A model's scores of buildings: read from a file, matched by code, laid beside the grades on the eve of each month."""

import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.access.roles import SYSTEM, AccessScope
from data.importing.errors import FileRefused
from data.studies.backtest_frames import BacktestFrames
from data.studies.model_scores import ModelScores, WrongScores, beside, model_scores, scores_table
from tests.data.lockside import LANTERN_HALL, PLUM_COURT

TABLE = pd.DataFrame({"code": ["A", "B"], "probability": ["0.25", "0.5"]})


def days(*written: str) -> np.ndarray:
    return np.array(written, "datetime64[D]")


def scores(kind="score") -> ModelScores:
    building, since = np.array([0, 0, 2]), days("2024-01-15", "2024-03-01", "0001-01-01")
    return ModelScores(kind, building, since, np.array([0.1, 0.9, 0.4]), 0)


@pytest.mark.parametrize(
    "content",
    [
        b"code,probability\nA,0.25\nB,0.5\n",
        "\ufeffcode;probability\nA;0,25\nB;0,5\n".encode(),
        b"code\tprobability\nA\t0.25\nB\t0.5\n",
    ],
)
def test_tables_of_text_are_read_whatever_parts_their_columns(content):
    pd.testing.assert_frame_equal(scores_table(content, "scores.csv"), TABLE, check_dtype=False)


def test_a_workbook_is_read():
    book = io.BytesIO()
    TABLE.to_excel(book, index=False)
    pd.testing.assert_frame_equal(scores_table(book.getvalue(), "scores.xlsx"), TABLE, check_dtype=False)


def test_what_is_neither_is_refused():
    with pytest.raises(FileRefused):
        scores_table(b"%PDF-1.7 \x00\x01\x02", "scores.csv")


def test_the_last_score_before_a_day_holds_and_one_without_a_day_always():
    building = np.array([0, 0, 0, 0, 1, 2])
    on = days("2024-01-15", "2024-01-16", "2024-03-01", "2024-03-02", "2024-06-01", "2000-01-01")
    np.testing.assert_array_equal(scores().on(building, on), [np.nan, 0.1, 0.1, 0.9, np.nan, 0.4])


def frames() -> BacktestFrames:
    """Visits of February (learned from), March and April; on the eve of April building 0 has its second score."""
    frame = pd.DataFrame({"unit": [0, 1, 2, 0, 2, 0], "period": [0, 0, 0, 1, 1, 2], "outcome": [0, 1, 0, 1, 0, 1]})
    return BacktestFrames(frame, date(2024, 3, 1), date(2024, 4, 30), "building", 0)


def test_visits_without_a_score_on_the_eve_of_their_month_are_left_out_and_counted():
    found = beside(frames(), scores())
    assert found.frame["unit"].tolist() == [0, 2, 0, 2, 0]
    assert found.frame["other"].tolist() == [0.1, 0.4, 0.1, 0.4, 0.9]
    assert "probability" not in found.frame
    assert found.unscored == 0  # the only one left out is of the month that is learned from


def test_probabilities_are_both_an_order_and_what_was_said():
    found = beside(frames(), scores("probability")).frame
    assert found["probability"].tolist() == found["other"].tolist()


def test_a_file_about_other_buildings_is_told_so():
    none = ModelScores("score", np.array([7]), days("0001-01-01"), np.array([1.0]), 0)
    with pytest.raises(WrongScores, match="Too few of the buildings visited"):
        beside(frames(), none)


def taken(town, *rows: tuple[str, str, str], day: str | None = None, scope: AccessScope = SYSTEM, kind="score"):
    table = pd.DataFrame(rows, columns=["code", "score", "day"])
    city_facts = town.city_facts()
    with town.looked_at() as (session, city):
        return model_scores(session, scope, city, city_facts, table, ("code", "score", day), kind)


def test_scores_are_found_by_the_code_of_their_building(lockside):
    found = taken(lockside, (f" {PLUM_COURT.code} ", "0.5", ""), ("nowhere", "0.7", ""), (LANTERN_HALL.code, "2", ""))
    by_row = dict(zip(found.building.tolist(), found.score.tolist(), strict=True))
    assert by_row == {lockside.rows()[PLUM_COURT.name]: 0.5, lockside.rows()[LANTERN_HALL.name]: 2}
    assert (found.buildings, found.unknown) == (2, 1)


def test_two_scores_of_a_building_need_days_of_their_own(lockside):
    rows = ((PLUM_COURT.code, "1", "2024-01-01"), (PLUM_COURT.code, "2", "2024-02-01"))
    with pytest.raises(WrongScores, match="1 building has two scores of one day"):
        taken(lockside, *rows)
    assert taken(lockside, *rows, day="day").score.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        (("code", "much", ""), "score", "'score' holds 'much' in row 1; write a number"),
        (("code", "1.2", ""), "probability", "'score' holds '1.2' in row 1; write a number, of a probability one from"),
        (("nowhere", "1", ""), "score", "No building of column 'code' is known"),
    ],
)
def test_wrong_scores_are_refused_with_the_cure(lockside, row, kind, words):
    with pytest.raises(WrongScores) as refused:
        taken(lockside, (row[0].replace("code", PLUM_COURT.code), *row[1:]), kind=kind)
    assert words in str(refused.value)


def test_a_day_that_is_none_is_refused_with_its_row(lockside):
    with pytest.raises(WrongScores, match="'day' holds 'May' in row 1; write a day as 2026-01-31"):
        taken(lockside, (PLUM_COURT.code, "1", "May"), day="day")
