"""Dataset of the data-quality study: every visit with its result, its officer and its check-list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.seen_facts import fact_log_seen_by
from data.city.summaries import low_grades
from scoring.grading.facts import ChecklistAnswers
from scoring.rulebook.model import Edition
from scoring.studies.data_quality.duplicate_checklists import (
    DuplicateChecklists,
    duplicate_checklists,
    list_numbers,
    repeated,
)
from scoring.studies.data_quality.funnel import Funnel, funnel
from scoring.studies.data_quality.leniency import Leniency, leniency
from scoring.studies.data_quality.result_decay import Curve, confidence, result_decay
from scoring.studies.data_quality.results import results
from scoring.studies.data_quality.score_heaping import ScoreHeaping, score_heaping

WINDOW_DAYS = 365  # pass rates are of one year: long enough for nearly every building, short enough to be of today


@dataclass(frozen=True, eq=False)
class QualityDataset:
    """Visits up to `on` that a rule set can rate, by building and day. Of shape (visits,), unless it is said.

    building: row; officer: index into CityFacts.inspectors, -1 unknown; score, grade: from the check-list alone;
    number: the same for the same answers. buildings, officers: how many there are.
    """

    on: date
    edition: Edition
    buildings: int
    officers: int
    building: np.ndarray
    officer: np.ndarray
    day: np.ndarray
    score: np.ndarray
    grade: np.ndarray
    number: np.ndarray

    @cached_property
    def latest(self) -> np.ndarray:
        """The row of each building's last visit, int64 (buildings,); -1 never."""
        rows = np.full(self.buildings, -1)
        rows[self.building] = np.arange(len(self.building))  # by day: the last one stays
        return rows

    @cached_property
    def days_since(self) -> np.ndarray:
        """Days since the last visit, int64 (buildings,); -1 never."""
        since = (np.datetime64(self.on, "D") - self.day).astype(np.int64)
        return np.append(since, -1)[self.latest]

    @cached_property
    def of_the_year(self) -> np.ndarray:
        """The rows of last visits that lie in the last WINDOW_DAYS and are rated."""
        late = self.latest[(self.latest >= 0) & (self.days_since < WINDOW_DAYS)]
        return late[self.grade[late] >= 0]

    def pass_rates(self, unit: np.ndarray, units: int, passing: int) -> Funnel:
        """unit: of each building, -1 none, (buildings,); passing: the index of the lowest grade that passes."""
        rows = self.of_the_year
        return funnel(unit[self.building[rows]], self.grade[rows] >= passing, units)

    def pass_rates_of_officers(self, passing: int) -> Funnel:
        rows = self.of_the_year
        return funnel(self.officer[rows], self.grade[rows] >= passing, self.officers)

    @property
    def most_telling(self) -> int:
        """The grade at which the pass rate of the year's buildings is nearest to half: there most differences show."""
        grades = len(self.edition.grades)
        counts = np.bincount(self.grade[self.of_the_year], minlength=grades)
        from_here = counts[::-1].cumsum()[::-1] / max(counts.sum(), 1)
        return 1 + int(np.argmin(np.abs(from_here[1:] - 0.5))) if counts.sum() else low_grades(grades)

    @cached_property
    def score_heaping(self) -> ScoreHeaping:
        """Lists an officer hands in again are left out, the first of them too: a copier's all have the same score."""
        is_repeated = repeated(self.building, self.officer, self.day, self.number)
        of_officer = self.officer.astype(np.int64) * (self.number.max(initial=0) + 1) + self.number
        officer = np.where(np.isin(of_officer, of_officer[is_repeated]), -1, self.officer)
        return score_heaping(officer, self.score, self.officers, self.bounds, self.near_bound)

    @property
    def bounds(self) -> list[float]:
        """Where a class ends and the next begins, rising."""
        return [float(band.below) for band in self.edition.bands if band.below is not None]

    @property
    def near_bound(self) -> float:
        """Points on either side of a bound that count as near it: a third of the narrowest class."""
        return float(np.diff(self.bounds).min()) / 3 if len(self.bounds) > 1 else 1.0

    @cached_property
    def leniency(self) -> Leniency:
        return leniency(self.building, self.officer, self.day, self.score, self.officers)

    @cached_property
    def duplicate_checklists(self) -> DuplicateChecklists:
        return duplicate_checklists(self.building, self.officer, self.day, self.number, self.score, self.officers)

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        return result_decay(self.building, self.day, self.grade, len(self.edition.grades))

    @cached_property
    def confidence(self) -> np.ndarray:
        """How far each building's last result still holds, float64 (buildings,); NaN never visited or too long ago."""
        return confidence(self.curves, np.append(self.grade, -1)[self.latest], self.days_since)

    def visits_of_the_year(self) -> np.ndarray:
        """Visits to each building in the last WINDOW_DAYS, int64 (buildings,)."""
        late = self.day > np.datetime64(self.on, "D") - WINDOW_DAYS
        return np.bincount(self.building[late], minlength=self.buildings)


def quality_dataset(scope: AccessScope, city_facts: CityFacts, edition: Edition, on: date) -> QualityDataset:
    """By the answers the scope may see, of every building of the city."""
    lists = fact_log_seen_by(scope, city_facts.fact_log).checklists
    parts = [_columns(checks, edition, on, number, len(lists)) for number, checks in enumerate(lists)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else _no_visits()
    order = np.lexsort((columns["day"], columns["building"])) if len(parts) > 1 else slice(None)
    columns = {name: values[order] for name, values in columns.items()}
    size = city_facts.fact_log.buildings
    return QualityDataset(on=on, edition=edition, buildings=size, officers=len(city_facts.inspectors), **columns)


def _columns(checks: ChecklistAnswers, edition: Edition, on: date, number: int, lists: int) -> Mapping[str, np.ndarray]:
    until_then = checks.day <= np.datetime64(on, "D")
    rows = slice(None) if until_then.all() else until_then
    answers = checks.answers[rows]
    rated = results(answers, checks.items, edition)
    officer = np.full(len(checks.day), -1) if checks.inspector is None else checks.inspector
    return {
        "building": np.asarray(checks.building[rows]),
        "officer": np.asarray(officer[rows]),
        "day": checks.day[rows].astype("datetime64[D]"),
        "score": rated.score,
        "grade": rated.grade,
        "number": list_numbers(answers) * lists + number,
    }


def _no_visits() -> Mapping[str, np.ndarray]:
    integers = {name: np.empty(0, np.int64) for name in ("building", "officer", "grade", "number")}
    return integers | {"day": np.empty(0, "datetime64[D]"), "score": np.empty(0)}


def mostly_within(unit: np.ndarray, units: int, rows: np.ndarray) -> np.ndarray:
    """Units most of whose cases (buildings or visits) are among the chosen rows; bool (units,).

    unit: -1 none; rows: bool; both (cases,). Only these may be named: the rest of the city is for comparison.
    """
    has_unit = unit >= 0
    total, chosen = (np.bincount(unit[cases], minlength=units) for cases in (has_unit, has_unit & rows))
    return 2 * chosen > total
