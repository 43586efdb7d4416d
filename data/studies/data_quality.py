"""A city's ledger as the study of its own records takes it: every visit with its result, its officer and its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from data.city.fact_store import CityFacts
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

    building: row; officer: place in the ledger's inspectors, -1 unknown; score, grade: what the check-list alone earns;
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
        since = (np.datetime64(self.on, "D") - self.day) // np.timedelta64(1, "D")
        return np.append(since, -1)[self.latest]

    @cached_property
    def of_the_year(self) -> np.ndarray:
        """The rows of last visits that lie in the last WINDOW_DAYS and are rated."""
        late = self.latest[(self.latest >= 0) & (self.days_since < WINDOW_DAYS)]
        return late[self.grade[late] >= 0]

    def pass_rates(self, unit: np.ndarray, units: int, passing: int) -> Funnel:
        """unit: of each building, -1 none, (buildings,); passing: the place of the lowest grade that passes."""
        rows = self.of_the_year
        return funnel(unit[self.building[rows]], self.grade[rows] >= passing, units)

    def pass_rates_of_officers(self, passing: int) -> Funnel:
        rows = self.of_the_year
        return funnel(self.officer[rows], self.grade[rows] >= passing, self.officers)

    @property
    def most_telling(self) -> int:
        """The grade from which on nearest to half of the year's buildings pass: there most differences show."""
        grades = len(self.edition.grades)
        counts = np.bincount(self.grade[self.of_the_year], minlength=grades)
        from_here = counts[::-1].cumsum()[::-1] / max(counts.sum(), 1)
        return 1 + int(np.argmin(np.abs(from_here[1:] - 0.5))) if counts.sum() else low_grades(grades)

    @cached_property
    def score_heaping(self) -> ScoreHeaping:
        """Lists handed in again are left out: those of one who copies all lie at one score."""
        again = repeated(self.building, self.officer, self.day, self.number)
        officer = np.where(again, -1, self.officer)
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


def quality_dataset(city_facts: CityFacts, edition: Edition, on: date) -> QualityDataset:
    lists = city_facts.fact_log.checklists
    parts = [_columns(one, edition, on, place, len(lists)) for place, one in enumerate(lists)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else _none()
    order = np.lexsort((columns["day"], columns["building"])) if len(parts) > 1 else slice(None)
    columns = {name: values[order] for name, values in columns.items()}
    size = city_facts.fact_log.buildings
    return QualityDataset(on=on, edition=edition, buildings=size, officers=len(city_facts.inspectors), **columns)


def _columns(checks: ChecklistAnswers, edition: Edition, on: date, place: int, lists: int) -> Mapping[str, np.ndarray]:
    past = checks.day <= np.datetime64(on, "D")
    every = slice(None) if past.all() else past
    answers = checks.answers[every]
    rated = results(answers, checks.items, edition)
    officer = np.full(len(checks.day), -1) if checks.inspector is None else checks.inspector
    return {
        "building": np.asarray(checks.building[every]),
        "officer": np.asarray(officer[every]),
        "day": checks.day[every].astype("datetime64[D]"),
        "score": rated.score,
        "grade": rated.grade,
        "number": list_numbers(answers) * lists + place,
    }


def _none() -> Mapping[str, np.ndarray]:
    whole = {name: np.empty(0, np.int64) for name in ("building", "officer", "grade", "number")}
    return whole | {"day": np.empty(0, "datetime64[D]"), "score": np.empty(0)}


def mostly_within(unit: np.ndarray, units: int, rows: np.ndarray) -> np.ndarray:
    """Units most of whose cases (buildings or visits) are among the rows looked at; bool (units,).

    unit: -1 none; rows: bool; both (cases,). One's own units: the rest of the city is a standard and is not named.
    """
    known = unit >= 0
    every, mine = (np.bincount(unit[some], minlength=units) for some in (known, known & rows))
    return 2 * mine > every
