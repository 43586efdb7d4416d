"""Facts and an edition give scores, grades and reasons, for all buildings at once.

Scores are int64 counts of 1/edition.unit points; bounds are compared and halves rounded there, never in floats.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from scoring.errors import WrongFacts
from scoring.grading.reasons import Reason, band_reason, cap_reason, criterion_reason, missing_reason, start_reason
from scoring.rulebook.model import Cap, Columns, Condition, Edition, applies, whole_units

UNRATED = -1


@dataclass(frozen=True)
class Rating:
    """What an edition makes of n buildings.

    score: float64 (n,), NaN unrated; grade: int8 (n,), index in edition.grades, UNRATED without the facts;
    grade_before_caps: int8 (n,), the grade before the caps; points: float64 (n, criteria), NaN where a fact is missing;
    caps_apply: bool (n, caps); missing: bool (n, needs), in the order of edition.needs.
    """

    edition: Edition
    facts: pd.DataFrame
    score: np.ndarray
    grade: np.ndarray
    grade_before_caps: np.ndarray
    points: np.ndarray
    caps_apply: np.ndarray
    missing: np.ndarray

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """Why a building has its grade: the start, each criterion, the band and the caps; or what is missing."""
        edition, facts = self.edition, self.facts.iloc[row].to_dict()
        if self.grade[row] == UNRATED:
            gone = (need for need, missing in zip(edition.needs, self.missing[row], strict=True) if missing)
            return tuple(missing_reason(edition, need) for need in gone)
        reasons = [] if edition.start_quote is None else [start_reason(edition, edition.start_quote)]
        for criterion, points in zip(edition.criteria, self.points[row], strict=True):
            reasons.append(criterion_reason(edition, criterion, facts, float(points)))
        grade_before_caps = int(self.grade_before_caps[row])
        reasons.append(band_reason(edition, grade_before_caps, float(self.score[row])))
        caps_apply = (cap for cap, holds in zip(edition.caps, self.caps_apply[row], strict=True) if holds)
        return (*reasons, *(cap_reason(edition, cap, facts, grade_before_caps) for cap in caps_apply))


def rate(facts: pd.DataFrame, edition: Edition) -> Rating:
    """Score and grade of every row of a frame from compute_facts. Raises WrongFacts where a column is not there."""
    columns = _columns(facts, edition)
    missing = _table([np.isnan(values) for values in columns.values()], len(facts))
    gains = []
    for criterion in edition.criteria:
        gained, nothing_scored = criterion.gained(columns, edition)
        gains.append(gained)
        for need in criterion.needs:
            missing[nothing_scored, edition.needs.index(need)] = True
    caps_apply = _table([_holds(cap, columns, edition) for cap in edition.caps], len(facts))
    total = _total(gains, len(facts), edition)
    grade_before_caps = _grade_by_points(total, edition)
    grade = _capped(grade_before_caps, caps_apply, edition)
    unrated = missing.any(axis=1)
    grade[unrated] = grade_before_caps[unrated] = UNRATED
    score = np.where(unrated, np.nan, total / edition.unit)
    return Rating(
        edition, facts, score, grade, grade_before_caps, _points(edition, gains, missing), caps_apply, missing
    )


def regraded(rating: Rating, points: np.ndarray | None = None, caps_apply: np.ndarray | None = None) -> np.ndarray:
    """The grades, int8 (n,), that the edition gives with other points or other caps applied; the unrated stay so.

    points: float64 (n, criteria), caps_apply: bool (n, caps), as in a Rating; None: as they are.
    """
    edition = rating.edition
    gained = np.nan_to_num(rating.points if points is None else points) * edition.unit
    total = _total(list(np.rint(gained).astype(np.int64).T), len(rating.grade), edition)
    grade = _capped(_grade_by_points(total, edition), rating.caps_apply if caps_apply is None else caps_apply, edition)
    return np.where(rating.grade == UNRATED, np.int8(UNRATED), grade)


def _columns(facts: pd.DataFrame, edition: Edition) -> Columns:
    absent = [need.column for need in edition.needs if need.column not in facts]
    if absent:
        raise WrongFacts(
            "The frame of facts has no column '{column}'; make it with compute_facts and this edition.",
            column=absent[0],
        )
    return {need: facts[need.column].to_numpy() for need in edition.needs}


def _table(columns: list[np.ndarray], n: int) -> np.ndarray:
    """Columns side by side, each contiguous; of shape (n, 0) when there are none."""
    return np.array(columns, bool).reshape(len(columns), n).T


def _total(gains: list[np.ndarray], n: int, edition: Edition) -> np.ndarray:
    """Units of the score, int64 (n,), rounded where the edition rounds."""
    total = sum(gains, np.full(n, whole_units(edition.start, edition.unit)))
    if edition.rounding == "half_up":
        total = (2 * total + edition.unit) // (2 * edition.unit) * edition.unit
    return total


def _capped(grade_before_caps: np.ndarray, caps_apply: np.ndarray, edition: Edition) -> np.ndarray:
    grade = grade_before_caps.copy()
    for cap, holds in zip(edition.caps, caps_apply.T, strict=True):
        np.minimum(grade, edition.position(cap.grade), out=grade, where=holds)
    return grade


def _grade_by_points(total: np.ndarray, edition: Edition) -> np.ndarray:
    bounds = [whole_units(band.below, edition.unit) for band in edition.bands if band.below is not None]
    positions = np.array([edition.position(band.grade) for band in edition.bands], np.int8)
    return positions[np.searchsorted(np.array(bounds, np.int64), total, side="right")]


def _holds(cap: Cap, columns: Columns, edition: Edition) -> np.ndarray:
    return reduce(np.logical_and, (_meets(condition, columns, edition) for condition in cap.conditions))


def _meets(condition: Condition, columns: Columns, edition: Edition) -> np.ndarray:
    value = reduce(np.add, (columns[need] * applies(need, columns, edition) for need in condition.needs))
    at_least = -np.inf if condition.at_least is None else condition.at_least
    below = np.inf if condition.below is None else condition.below
    return (value >= at_least) & (value < below)


def _points(edition: Edition, gains: list[np.ndarray], missing: np.ndarray) -> np.ndarray:
    points = np.empty((len(edition.criteria), len(missing)))
    for index, (criterion, gained) in enumerate(zip(edition.criteria, gains, strict=True)):
        needs = [edition.needs.index(need) for need in criterion.needs]
        points[index] = gained / edition.unit
        points[index, missing[:, needs].any(axis=1)] = np.nan
    return points.T
