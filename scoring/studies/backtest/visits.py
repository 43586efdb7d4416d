"""The frame of visits a backtest works on: checked, and its names turned into numbers."""

from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from scoring.errors import WrongFrame

NEEDED = ("unit", "score", "outcome")
DECILES = 10


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits in arrays of one length. Numbers stand for names, from 0 on and without gaps.

    score: float64, the higher the sooner; outcome: float64, 0 for no trouble, else 1 or how much of it;
    day: int32, days since `first_day`, None where nobody chose a day; period: int32, in order of time, visits are
    reordered inside theirs; inspector: int32, None where nobody is named in any visit, and `unnamed` of them carry the
    number of nobody; area: int32, what the bootstrap draws; last_result: float64, the higher the worse, NaN for a unit
    never visited before; group: int32, what rates are counted by, the places in `groups`; other: float64, another score
    to be held beside the first; probability: float64, 0 to 1, of trouble at the visit.
    """

    unit: np.ndarray
    score: np.ndarray
    outcome: np.ndarray
    period: np.ndarray
    area: np.ndarray
    group: np.ndarray
    groups: tuple[Hashable, ...]
    day: np.ndarray | None = None
    first_day: np.datetime64 | None = None
    inspector: np.ndarray | None = None
    unnamed: int = 0
    last_result: np.ndarray | None = None
    other: np.ndarray | None = None
    probability: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.score)

    @cached_property
    def periods(self) -> int:
        return int(self.period.max()) + 1

    @cached_property
    def measured(self) -> np.ndarray:
        """The visits orders are compared on, bool: of several periods the first is only learned from."""
        return self.period > 0 if self.periods > 1 else np.ones(len(self), bool)

    def only(self, rows: np.ndarray) -> "Visits":
        """The visits of `rows`, bool, under the numbers they had."""
        cut = {
            one.name: getattr(self, one.name)[rows]
            for one in fields(self)
            if isinstance(getattr(self, one.name), np.ndarray)
        }
        return replace(self, **cut)


def visits_of(frame: pd.DataFrame) -> Visits:
    """The visits of a frame with the columns unit, score, outcome and day or period.

    Besides them it may have inspector, area (default: the unit), period (default: the whole frame is one),
    last_result, group (default: tenths of the score), probability and other (default: the probability). Raises
    WrongFrame.
    """
    _refuse_what_is_not_there(frame)
    score, outcome = (_numbers(frame, name) for name in ("score", "outcome"))
    if (outcome < 0).any():
        raise WrongFrame("An outcome is below 0; give 0 for no trouble, and 1 or how much there was otherwise.")
    day, first_day = _days(frame) if "day" in frame else (None, None)
    period = _numbered(frame["period"])[0] if "period" in frame else np.zeros(len(frame), np.int32)
    unit, _ = _numbered(frame["unit"])
    group, groups = _groups(frame, score)
    inspector, unnamed = _inspectors(frame) if "inspector" in frame else (None, 0)
    probability = _probabilities(frame) if "probability" in frame else None
    visits = Visits(
        unit=unit,
        score=score,
        outcome=outcome,
        period=period if day is None else _in_order_of_time(period, day),
        area=_numbered(frame["area"])[0] if "area" in frame else unit,
        group=group,
        groups=groups,
        day=day,
        first_day=first_day,
        inspector=inspector,
        unnamed=unnamed,
        last_result=_numbers(frame, "last_result", gaps=True) if "last_result" in frame else None,
        other=_numbers(frame, "other") if "other" in frame else probability,
        probability=probability,
    )
    _refuse_what_teaches_nothing(visits)
    return visits


def _refuse_what_is_not_there(frame: pd.DataFrame) -> None:
    there = ", ".join(str(name) for name in frame.columns)
    for name in NEEDED:
        if name not in frame:
            raise WrongFrame(
                "There is no column '{name}'; there are {there}. Say which of them it is.", name=name, there=there
            )
    if "day" not in frame and "period" not in frame:
        raise WrongFrame(
            "There is neither a column 'day' nor 'period'; there are {there}. Say which of them it is.", there=there
        )
    if frame.empty:
        raise WrongFrame("There is not one visit in the frame; give one row for each visit.")


def _refuse_what_teaches_nothing(visits: Visits) -> None:
    measured = visits.only(visits.measured)
    if not measured.outcome.any():
        raise WrongFrame("No visit that is measured found trouble, so none could be found earlier; give more days.")
    if len(np.unique(measured.area)) < 2:
        raise WrongFrame("All visits lie in one area, so there are none to draw from; leave the area out.")


def _numbers(frame: pd.DataFrame, name: str, gaps: bool = False) -> np.ndarray:
    """A column as float64. gaps: whether some may be missing (NaN)."""
    there = frame[name].notna().to_numpy(bool)
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
    wrong = ~np.isfinite(values) & (there if gaps else True)
    if wrong.any():
        seen = frame[name].iloc[int(wrong.argmax())]
        raise WrongFrame(
            "Column '{name}' has {count} that {count:is no number|are no numbers}, as {seen!r}; mend or drop them.",
            name=name,
            count=int(wrong.sum()),
            seen=seen,
        )
    return values


def _probabilities(frame: pd.DataFrame) -> np.ndarray:
    values = _numbers(frame, "probability")
    wrong = (values < 0) | (values > 1)
    if wrong.any():
        raise WrongFrame(
            "Column 'probability' has {count} below 0 or above 1, as {seen!r}; write 0 to 1, or name it as a score.",
            count=int(wrong.sum()),
            seen=float(values[int(wrong.argmax())]),
        )
    return values


def _days(frame: pd.DataFrame) -> tuple[np.ndarray, np.datetime64]:
    days = pd.to_datetime(frame["day"], errors="coerce").to_numpy().astype("datetime64[D]")
    wrong = np.isnat(days)
    if wrong.any():
        seen = frame["day"].iloc[int(wrong.argmax())]
        raise WrongFrame(
            "Column 'day' has {count} that {count:is no day|are no days}, as {seen!r}; mend or drop them.",
            count=int(wrong.sum()),
            seen=seen,
        )
    return (days - days.min()).astype(np.int32), days.min()


def _numbered(names: pd.Series) -> tuple[np.ndarray, tuple[Hashable, ...]]:
    """The names' places, int32, in their order and the missing one last, so that no order of rows matters."""
    places, distinct = pd.factorize(names, sort=True)
    return np.where(places < 0, len(distinct), places).astype(np.int32), tuple(distinct)


def _in_order_of_time(period: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Periods numbered anew by their first day; of two that begin on one day the name decides."""
    first = np.full(int(period.max()) + 1, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, period, day)
    return np.argsort(np.argsort(first, kind="stable"), kind="stable").astype(np.int32)[period]


def _inspectors(frame: pd.DataFrame) -> tuple[np.ndarray | None, int]:
    """Visits in which nobody is named count as one inspector's; how many there are is told."""
    unnamed = int(frame["inspector"].isna().sum())
    return (None, unnamed) if unnamed == len(frame) else (_numbered(frame["inspector"])[0], unnamed)


def _groups(frame: pd.DataFrame, score: np.ndarray) -> tuple[np.ndarray, tuple[Hashable, ...]]:
    """The frame's own groups, or tenths of the score, the highest first; equal scores are never parted."""
    if "group" in frame:
        return _numbered(frame["group"])
    edges = np.unique(np.quantile(score, np.arange(1, DECILES) / DECILES))
    tenth = len(edges) - np.searchsorted(edges, score, side="left")
    places, distinct = pd.factorize(tenth, sort=True)
    return places.astype(np.int32), tuple(range(1, len(distinct) + 1))
