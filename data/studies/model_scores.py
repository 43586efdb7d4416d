"""A model's scores of buildings, handed in as a file: read, matched to the buildings, and laid beside the grades."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.queries import visible_to
from data.db.models.city import Building, City
from data.errors import DataError
from data.importing.mapping.guess_columns import ANY
from data.importing.reading.sandboxed_reader import read_apart
from data.studies.backtest_frames import BacktestFrames

Kind = Literal["score", "probability"]
KINDS: tuple[Kind, ...] = ("score", "probability")
DELIMITERS = ",;\t"
DECIMAL_COMMA = r"^([+-]?\d+),(\d+)$"
ALWAYS = np.datetime64("0001-01-01", "D")  # from when a score holds that names no day


class WrongScores(DataError):
    """A file of scores that cannot be laid beside the grades."""


@dataclass(frozen=True, eq=False)
class ModelScores:
    """Scores by building (row) and the day from which they hold, in this order; of the same length.

    kind: whether they are probabilities, 0 to 1, or any numbers, the higher the sooner. unknown: rows of the file whose
    building is not there or may not be seen.
    """

    kind: Kind
    building: np.ndarray
    since: np.ndarray
    score: np.ndarray
    unknown: int

    @property
    def buildings(self) -> int:
        return len(np.unique(self.building))

    def on(self, building: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The last score that held before each day, float64; NaN where there is none. Both of shape (k,)."""
        key = _key(self.building, self.since)
        rows = np.searchsorted(key, _key(building, day), side="left") - 1
        return np.where((rows >= 0) & (self.building[rows] == building), self.score[rows], np.nan)


def scores_table(content: bytes, name: str) -> pd.DataFrame:
    """The rows of a CSV (, ; or tab) or XLSX as texts. Raises FileRefused with the cure."""
    with tempfile.NamedTemporaryFile(prefix="credit-map-") as file:
        file.write(content)
        file.flush()
        heading = content.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
        delimiter = max(DELIMITERS, key=heading.count)
        layout = replace(ANY, formats=("csv", "xlsx"), delimiter=delimiter)
        frame = read_apart(Path(file.name), name, layout).frame
    return frame.replace(DECIMAL_COMMA, r"\1.\2", regex=True) if delimiter == ";" else frame


def model_scores(
    session: Session,
    scope: AccessScope,
    city: City,
    city_facts: CityFacts,
    table: pd.DataFrame,
    columns: tuple[str, str, str | None],
    kind: Kind,
) -> ModelScores:
    """The scores of the buildings the scope may see. columns: of the code, of the score, of the day or None.

    Raises WrongScores.
    """
    code, score_column, day_column = columns
    score = _numbers(table[score_column], kind)
    since = np.full(len(table), ALWAYS) if day_column is None else _days(table[day_column])
    question = select(Building.code, Building.id).where(Building.city_id == city.id, visible_to(scope))
    codes = session.execute(question).all()
    ids = pd.Series([id_ for _, id_ in codes], index=[code for code, _ in codes], dtype="Int64")
    found = ids.reindex(table[code].str.strip()).to_numpy(np.float64, na_value=np.nan)
    known = ~np.isnan(found)
    if not known.any():
        raise WrongScores("No building of column '{column}' is known; choose the column of their codes.", column=code)
    building = city_facts.rows_of(found[known].astype(np.int64)).astype(np.int64)
    since, score = since[known], score[known]
    order = np.lexsort((since, building))
    building, since, score = building[order], since[order], score[order]
    twice = (building[1:] == building[:-1]) & (since[1:] == since[:-1])
    if twice.any():
        raise WrongScores(
            "{count} {count:building has|buildings have} two scores of one day; leave one, or choose the column of "
            "days.",
            count=int(twice.sum()),
        )
    return ModelScores(kind, building, since, score, int((~known).sum()))


def beside(frames: BacktestFrames, scores: ModelScores) -> BacktestFrames:
    """The visits to buildings that had a score on the eve of the month, with it; the others are left out.

    Raises WrongScores where none are left.
    """
    frame = frames.frame
    first = np.datetime64(frames.first, "M") + (frame["period"].to_numpy(np.int64) - 1)  # period 0 is only learned from
    score = scores.on(frame["unit"].to_numpy(np.int64), first.astype("datetime64[D]"))
    has_one = ~np.isnan(score)
    kept = frame[has_one].assign(other=score[has_one])
    if kept.empty or kept["period"].nunique() < 2:
        raise WrongScores("Too few of the buildings visited in these months have a score; hand in those of all.")
    if scores.kind == "probability":
        kept = kept.assign(probability=kept["other"])
    return replace(frames, frame=kept, unscored=int((~has_one & (frame["period"] > 0)).sum()))


def _numbers(texts: pd.Series, kind: Kind) -> np.ndarray:
    values = pd.to_numeric(texts.str.strip(), errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(values)
    if kind == "probability":
        wrong |= (values < 0) | (values > 1)
    if wrong.any():
        raise WrongScores(
            "'{column}' holds '{text}' in row {row}; write a number, of a probability one from 0 to 1.",
            column=str(texts.name),
            text=texts.iloc[int(wrong.argmax())][:40],
            row=int(wrong.argmax()) + 1,
        )
    return values


def _days(texts: pd.Series) -> np.ndarray:
    days = pd.to_datetime(texts.str.strip().str[:10], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        row = int(days.isna().to_numpy().argmax())
        raise WrongScores(
            "'{column}' holds '{text}' in row {row}; write a day as 2026-01-31.",
            column=str(texts.name),
            text=texts.iloc[row][:40],
            row=row + 1,
        )
    return days.to_numpy().astype("datetime64[D]")


def _key(building: np.ndarray, day: np.ndarray) -> np.ndarray:
    return building.astype(np.int64) * 2**32 + day.astype("datetime64[D]").astype(np.int64)
