"""Facts and an edition give scores, grades and reasons, for all buildings at once.

Scores are exact fractions; bounds are compared and halves rounded there, never in floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from scoring.errors import WrongFacts
from scoring.grading.reasons import Reason, band_reason, cap_reason, criterion_reason, missing_reason, start_reason
from scoring.rulebook.exact import Quotients, total
from scoring.rulebook.group import Amount
from scoring.rulebook.model import Cap, Columns, Condition, Edition

UNRATED = -1


@dataclass(frozen=True)
class Rating:
    """What an edition makes of n buildings.

    score: float64 (n,), NaN unrated; grade: int8 (n,), index in edition.grades, UNRATED without the facts;
    grade_before_caps: int8 (n,), the grade before the caps; points: float64 (n, criteria), NaN where a fact is missing;
    caps_apply: bool (n, caps); missing: bool (n, needs), in the order of edition.needs; gains: the points, exact, one
    for each criterion, any number where a fact is missing.
    """

    edition: Edition
    facts: pd.DataFrame
    score: np.ndarray
    grade: np.ndarray
    grade_before_caps: np.ndarray
    points: np.ndarray
    caps_apply: np.ndarray
    missing: np.ndarray
    gains: tuple[Quotients, ...]

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
    nothing = np.zeros(len(facts), bool)
    unknown = [np.isnan(values) if need in edition.demands else nothing for need, values in columns.items()]
    missing = _table(unknown, len(facts))
    gains = []
    for criterion in edition.criteria:
        gained, nothing_scored = criterion.gained(columns, edition)
        gains.append(gained)
        for need in criterion.needs:
            missing[nothing_scored, edition.needs.index(need)] = True
    caps_apply = _table([_holds(cap, columns) for cap in edition.caps], len(facts))
    score = _score(gains, len(facts), edition)
    grade_before_caps = _grade_by_points(score, edition)
    grade = _capped(grade_before_caps, caps_apply, edition)
    unrated = missing.any(axis=1)
    grade[unrated] = grade_before_caps[unrated] = UNRATED
    points = _points(edition, gains, missing)
    shown = np.where(unrated, np.nan, score.floats())
    return Rating(edition, facts, shown, grade, grade_before_caps, points, caps_apply, missing, tuple(gains))


def regraded(
    rating: Rating, gains: Sequence[Quotients] | None = None, caps_apply: np.ndarray | None = None
) -> np.ndarray:
    """The grades, int8 (n,), that the edition gives with other points or other caps applied; the unrated stay so.

    gains, caps_apply: as in a Rating; None: as they are.
    """
    edition = rating.edition
    score = _score(rating.gains if gains is None else gains, len(rating.grade), edition)
    grade = _capped(_grade_by_points(score, edition), rating.caps_apply if caps_apply is None else caps_apply, edition)
    return np.where(rating.grade == UNRATED, np.int8(UNRATED), grade)


def sum_of_points(gains: Sequence[Quotients], n: int, edition: Edition) -> Quotients:
    """The start and the points of every criterion, before any rounding."""
    return total([Quotients.same(edition.start, n), *gains])


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


def _score(gains: Sequence[Quotients], n: int, edition: Edition) -> Quotients:
    """Rounded where the edition rounds."""
    points = sum_of_points(gains, n, edition)
    return points if edition.round_to is None else points.rounded(edition.round_to)


def _capped(grade_before_caps: np.ndarray, caps_apply: np.ndarray, edition: Edition) -> np.ndarray:
    grade = grade_before_caps.copy()
    for cap, holds in zip(edition.caps, caps_apply.T, strict=True):
        np.minimum(grade, edition.position(cap.grade), out=grade, where=holds)
    return grade


def _grade_by_points(score: Quotients, edition: Edition) -> np.ndarray:
    grade = np.full(len(score), edition.position(edition.bands[-1].grade), np.int8)
    for band in reversed(edition.bands):
        if band.below is not None:
            np.copyto(grade, np.int8(edition.position(band.grade)), where=score.below(band.below))
    return grade


def _holds(cap: Cap, columns: Columns) -> np.ndarray:
    return reduce(np.logical_and, (_meets(condition, columns) for condition in cap.conditions))


def _meets(condition: Condition, columns: Columns) -> np.ndarray:
    """A group that does not apply meets no condition; a fact that does not apply counts as nought."""
    at_least, below = condition.at_least, condition.below
    bounds = [bound for bound in (at_least, below) if bound is not None]
    if condition.group is None and len(condition.needs) == 1 and min(bounds) > 0:
        value = columns[condition.needs[0]]  # a fact alone compares exactly as the float it is; below nought is nought
        least, most = (-np.inf if at_least is None else float(at_least)), (np.inf if below is None else float(below))
        return (value >= least) & (value < most)
    if condition.group is None:
        counted = (np.fmax(columns[need], 0) for need in condition.needs)
        counts = Quotients.of_floats(reduce(np.add, counted))
        amount = Amount(counts, np.ones(len(counts), bool))
    else:
        amount = condition.group.amount(columns)
    enough = np.True_ if at_least is None else ~amount.value.below(at_least)
    return amount.applies & enough & (np.True_ if below is None else amount.value.below(below))


def _points(edition: Edition, gains: list[Quotients], missing: np.ndarray) -> np.ndarray:
    points = np.empty((len(edition.criteria), len(missing)))
    for index, (criterion, gained) in enumerate(zip(edition.criteria, gains, strict=True)):
        needs = [edition.needs.index(need) for need in criterion.needs]
        points[index] = gained.floats()
        points[index, missing[:, needs].any(axis=1)] = np.nan
    return points.T
