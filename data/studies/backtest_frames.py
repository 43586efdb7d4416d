"""Datasets of the backtest: what the grades of a city would have predicted, from the last months of its facts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd

from data.access.fact_rights import can_see_event
from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.snapshots import month_ends
from data.errors import DataError
from scoring.grading.facts import ChecklistAnswers, compute_facts
from scoring.grading.rating import UNRATED, rate
from scoring.rulebook.editions import Rulebook
from scoring.rulebook.hazard_catalogue import SEVERITIES

Outcome = Literal["hazards", "failed", "cases"]
MONTHS = 24  # measured; one more before them is the training month
LEAST_MONTHS = 3  # one to train on and two to measure; fewer show nothing
# Bao'an gives the second star from 40 in 100 and the third from 60; a visit that loses more than this share of the
# points asked would not have had the third. A decision of ours.
FAILED = 0.4
TROUBLING_EVENTS = ("criminal_case", "public_order_case")
AREA_LEVELS = (
    "community",
    "grid",
)  # clusters of the bootstrap: the first level with enough, else buildings
ENOUGH_AREAS = 20  # an interval from fewer is too narrow; a decision of ours
Report = Callable[[str, int, int], None]


def outcomes_seen_by(scope: AccessScope) -> tuple[Outcome, ...]:
    """The outcomes a scope may be told of: counts of cases in a small area would tell each of them."""
    sees_cases = all(can_see_event(scope, kind) for kind in TROUBLING_EVENTS)
    return ("hazards", "failed", "cases") if sees_cases else ("hazards", "failed")


class TooLittlePast(DataError):
    """A city whose visits and grades do not reach back far enough."""


@dataclass(frozen=True, eq=False)
class BacktestFrames:
    """A frame for scoring.studies.backtest, and what it is about.

    frame: unit (row of the fact store), score, outcome, period (number of the month), area, group (index of the
    grade, or UNRATED), inspector, last_result and, for visits, day. first, last: days of the months measured.
    level: of the areas drawn, "building" where there are too few areas. unrated: visits to, or building-months left
    out of, buildings without a grade in the months measured. unscored: left out because a model had no score for them.
    """

    frame: pd.DataFrame
    first: date
    last: date
    level: str
    unrated: int
    unscored: int = 0


def backtest_frames(
    city_facts: CityFacts, rules: Rulebook, rule_set: str, on: date, rows: np.ndarray, outcome: Outcome, report: Report
) -> BacktestFrames:
    """The last full months up to `on`, of the buildings in `rows`, bool (n,), each graded on the eve of a month.

    report: called with the step, done and total. Raises TooLittlePast.
    """
    months = _months(city_facts, rules, rule_set, on)
    eves = [month - timedelta(days=1) for month in months]
    ranks, grades = _graded(city_facts, rules, rule_set, eves, report)
    inspections = _Inspections(city_facts.fact_log.checklists)
    if outcome == "cases":
        frame = _building_months(city_facts, months, grades, rows, inspections)
    else:
        frame = _visits(city_facts, months, rows, outcome, inspections)
    period, unit = frame["period"].to_numpy(), frame["unit"].to_numpy()
    level, area = _areas(city_facts, unit)
    frame = frame.assign(score=ranks[period, unit], group=grades[period, unit], area=area)
    if outcome == "cases":
        unrated = int((grades[1:, rows] == UNRATED).sum())
    else:
        unrated = int(((frame["group"] == UNRATED) & (frame["period"] > 0)).sum())
    return BacktestFrames(frame, months[1], _next_month(months[-1]) - timedelta(days=1), level, unrated)


def _months(city_facts: CityFacts, rules: Rulebook, rule_set: str, on: date) -> list[date]:
    """First days of the full months up to `on`, oldest first: a rule was in force on the eve, and visits had begun."""
    if not len(city_facts.visits["day"]):
        raise TooLittlePast("No visit is recorded; import inspections.")
    first_facts = max(city_facts.visits["day"].min().item(), rules.begins(rule_set))
    full = on if on + timedelta(days=1) == _next_month(on) else on.replace(day=1) - timedelta(days=1)
    months = [end.replace(day=1) for end in month_ends(full, MONTHS + 1)]
    usable = [month for month in months if month > first_facts]
    if len(usable) < LEAST_MONTHS:
        raise TooLittlePast(
            "Only {count} full {count:month follows|months follow} the first visit and rule; it takes {least_months}.",
            count=len(usable),
            least_months=LEAST_MONTHS,
        )
    return usable


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _graded(
    city_facts: CityFacts, rules: Rulebook, rule_set: str, eves: list[date], report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """The rank in the order of visits, int32, the higher the sooner, and the grade, int8: both (eves, n)."""
    ranks = np.empty((len(eves), city_facts.fact_log.buildings), np.int32)
    grades = np.empty(ranks.shape, np.int8)
    for row, eve in enumerate(eves):
        report("rating", row, len(eves))
        edition = rules.on(rule_set, eve)
        rating = rate(compute_facts(city_facts.fact_log, edition, eve), edition)
        ranks[row], grades[row] = _visit_rank(rating.grade, rating.score), rating.grade
    return ranks, grades


def _visit_rank(grade: np.ndarray, score: np.ndarray) -> np.ndarray:
    """By grade, then by score, the worst highest; the same number for the same grade and score.

    Buildings without a grade come before all others, as one class: of them nothing is known that would let them wait.
    A decision of ours.
    """
    score_rank, distinct = pd.factorize(np.nan_to_num(score), sort=True)
    return -((grade.astype(np.int32) - UNRATED) * len(distinct) + score_rank)


class _Inspections:
    """The result of every inspection, in the order of building and day: the share of the points asked that was lost.

    The best answer of a check-list is the best anyone was given in it, of wide answers the best in each item. NaN where
    nothing was asked.
    """

    def __init__(self, checks: tuple[ChecklistAnswers, ...]) -> None:
        building = np.concatenate([np.empty(0, np.int32), *(c.building for c in checks)])
        day = np.concatenate([np.empty(0, "datetime64[D]"), *(c.day for c in checks)])
        unknown = (np.full(len(c.building), -1, np.int32) for c in checks)
        inspectors = (none if c.inspector is None else c.inspector for c, none in zip(checks, unknown, strict=True))
        order = np.argsort(_key(building, day), kind="stable")  # stable sort is fast on lists already in order
        self.building, self.day = building[order], day[order]
        self.inspector = np.concatenate([np.empty(0, np.int32), *inspectors])[order]
        self.lost = np.concatenate([np.empty(0), *(_points_lost(c.answers) for c in checks)])[order]
        self.key = _key(self.building, self.day)

    def before(self, building: np.ndarray, day: np.ndarray | np.datetime64) -> np.ndarray:
        """The row of the last inspection before `day`; -1 for none. building: rows, shape (k,)."""
        if not len(self.key):
            return np.full(len(building), -1)
        rows = np.searchsorted(self.key, _key(building, day), side="left") - 1
        return np.where((rows >= 0) & (self.building[rows] == building), rows, -1)

    def lost_before(self, building: np.ndarray, day: np.ndarray | np.datetime64) -> np.ndarray:
        rows = self.before(building, day)
        return np.append(self.lost, np.nan)[rows]


def _points_lost(answers: np.ndarray) -> np.ndarray:
    asked = answers >= 0
    given = np.where(asked, answers, 0)
    best = given.max(initial=0) if answers.dtype == np.int8 else given.max(axis=0, initial=0)
    best = (asked * best).sum(axis=1)
    share = np.divide(given.sum(axis=1), best, out=np.full(len(answers), np.nan), where=best > 0)
    return 1 - share


def _key(building: np.ndarray, day: np.ndarray | np.datetime64) -> np.ndarray:
    return building.astype(np.int64) * 2**32 + np.asarray(day, "datetime64[D]").astype(np.int64)


def _visits(
    city_facts: CityFacts, months: list[date], rows: np.ndarray, outcome: Outcome, inspections: _Inspections
) -> pd.DataFrame:
    """One row a visit of the months: every one, or for "failed" the inspections of a building inspected before."""
    if outcome == "failed":
        building, day, inspector = inspections.building, inspections.day, inspections.inspector
        chosen = (inspections.before(building, day) >= 0) & ~np.isnan(inspections.lost)
    else:
        building, day, inspector = (city_facts.visits[name] for name in ("building", "day", "inspector"))
        chosen = np.ones(len(building), bool)
    edges = np.array([*months, _next_month(months[-1])], "datetime64[D]")
    chosen &= (day >= edges[0]) & (day < edges[-1]) & rows[building]
    building, day, inspector = building[chosen], day[chosen], inspector[chosen]
    frame = pd.DataFrame({"unit": building, "day": day, "period": np.searchsorted(edges, day, side="right") - 1})
    frame["inspector"] = np.where(inspector >= 0, inspector, np.nan)
    frame["last_result"] = inspections.lost_before(building, day)
    if outcome == "failed":
        return frame.assign(outcome=(inspections.lost[chosen] > FAILED).astype(np.int8))
    return frame.assign(outcome=_high_hazard_found(city_facts, building, day).astype(np.int8))


def _high_hazard_found(city_facts: CityFacts, building: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether a hazard of high severity was found, or found again, in the building on the day of the visit."""
    open_periods = city_facts.fact_log.open_periods
    high = open_periods.severity == SEVERITIES.index("high")
    return np.isin(_key(building, day), _key(open_periods.building[high], open_periods.opened[high]))


def _building_months(
    city_facts: CityFacts, months: list[date], grades: np.ndarray, rows: np.ndarray, inspections: _Inspections
) -> pd.DataFrame:
    """One row for each building and month on whose eve it had a grade; its inspector is that of the last visit."""
    period, unit = np.nonzero((grades != UNRATED) & rows)
    period, unit = period.astype(np.int16), unit.astype(np.int32)
    first_days = np.array(months, "datetime64[D]")[period]
    last = inspections.before(unit, first_days)
    inspector = np.append(inspections.inspector, -1)[last]
    frame = pd.DataFrame({"unit": unit, "period": period, "inspector": np.where(inspector >= 0, inspector, np.nan)})
    frame["last_result"] = np.append(inspections.lost, np.nan)[last]
    return frame.assign(outcome=_had_a_case(city_facts, months)[period, unit])


def _had_a_case(city_facts: CityFacts, months: list[date]) -> np.ndarray:
    """Whether a building had a criminal or public-order case in a month, int8 (months, n)."""
    edges = np.array([*months, _next_month(months[-1])], "datetime64[D]")
    had_case = np.zeros((len(months), city_facts.fact_log.buildings), np.int8)
    for kind in TROUBLING_EVENTS:
        if kind in city_facts.fact_log.events:
            building, day = city_facts.fact_log.events[kind]
            in_months = (day >= edges[0]) & (day < edges[-1])
            had_case[np.searchsorted(edges, day[in_months], side="right") - 1, building[in_months]] = 1
    return had_case


def _areas(city_facts: CityFacts, unit: np.ndarray) -> tuple[str, np.ndarray]:
    """The clusters of the bootstrap: their level, and the area of each row."""
    for level in AREA_LEVELS:
        area = city_facts.buildings[level][unit]
        if len(np.unique(area)) >= ENOUGH_AREAS:
            return level, area
    return "building", unit
