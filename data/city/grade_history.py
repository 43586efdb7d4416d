"""Grades month by month: rated once, written where something changes, stored beside the fact store for charts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.city.array_files import read_columns, write_columns
from data.city.fact_store import CityFacts
from data.city.snapshots import month_ends
from data.db.engine import continue_counting, insert_columns
from data.db.models.city import Building, City, Rating, RatingCorrection, RatingRun, RuleEdition
from data.db.tables import table_of
from scoring.grading.facts import compute_facts
from scoring.grading.rating import Rating as Rated
from scoring.grading.rating import rate
from scoring.rulebook.editions import Edition, Rulebook

MONTHS = 60
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class History:
    """Grades at month ends. days: datetime64[D] (months,). grades: int8 (months, n), rows as in the fact store."""

    rule_set: str
    days: np.ndarray
    grades: np.ndarray


@dataclass(frozen=True)
class RunCounts:
    """What a run added to `ratings`, and how many of those rows correct what an earlier run had said."""

    added: int
    corrected: int


def history_folder(city_facts_folder: Path, rules: Rulebook, rule_set: str, on: date) -> Path:
    return city_facts_folder / f"history-{rule_set}-{rules.content_hash(rule_set)[:12]}-{on}"


def read_history(folder: Path, rule_set: str) -> History:
    columns = read_columns(folder)
    return History(rule_set, columns["days"], columns["grades"])


def keep_history(folder: Path, history: History) -> None:
    """Writes it beside the fact store; only once its rows are committed, as the folder is taken for proof of that."""
    write_columns(folder, {"days": history.days, "grades": history.grades})


def write_history(
    session: Session, city: City, city_facts: CityFacts, rules: Rulebook, rule_set: str, on: date, report: Report
) -> tuple[History, RunCounts]:
    """Rates the month ends up to `on`; adds a row to `ratings` wherever a grade differs from the stored one.

    Each month by the edition then in force. Nothing is overwritten: where facts arrived late, a row of the same day
    is added with a correction that names the grade it replaces.
    """
    _wait_for_others(session, city)
    days = [day for day in month_ends(on, MONTHS) if day >= rules.begins(rule_set)]
    run = _GradeRun(session, city, city_facts, rule_set, on)
    stored = _stored_grades(session, city_facts, city, rules.on(rule_set, on))
    state = np.full(city_facts.fact_log.buildings, -1, dtype=np.int8)
    grades = np.empty((len(days), city_facts.fact_log.buildings), dtype=np.int8)
    for month, day in enumerate(days):
        edition = rules.on(rule_set, day)
        rating = rate(compute_facts(city_facts.fact_log, edition, day), edition)
        _apply(state, stored, day)
        run.add(day, np.flatnonzero(rating.grade != state), rating, state)
        grades[month] = state[:] = rating.grade
        report(rule_set, month + 1, len(days))
    return History(rule_set, np.array(days, dtype="datetime64[D]"), grades), run.finished()


def _wait_for_others(session: Session, city: City) -> None:
    """Two runs at once would both add the same rows. SQLite lets one writer in at a time by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(city.id)))


class _GradeRun:
    """One run: its rows of ratings and corrections, numbered beforehand so that they can name each other."""

    def __init__(self, session: Session, city: City, city_facts: CityFacts, rule_set: str, on: date) -> None:
        self.session, self.city_facts, self.on = session, city_facts, on
        same = (RatingRun.city_id == city.id, RatingRun.rule_set == rule_set)
        self.graded_until = session.scalar(select(func.max(RatingRun.until)).where(*same))
        self.row = RatingRun(city_id=city.id, rule_set=rule_set, until=on, finished_at=_now(), added=0, corrected=0)
        session.add(self.row)
        session.flush()
        self.next_id = (session.scalar(select(func.max(Rating.id))) or 0) + 1

    def add(self, day: date, rows: np.ndarray, rating: Rated, before: np.ndarray) -> None:
        """Rows of `rating` for the buildings in `rows`. before: int8 (n,), the stored grades."""
        if not len(rows):
            return
        names = [*(grade.code for grade in rating.edition.grades), None]
        ids = list(range(self.next_id, self.next_id + len(rows)))
        columns = {
            "id": ids,
            "building_id": self.city_facts.buildings["id"][rows].tolist(),
            "edition_id": [_edition_id(self.session, rating.edition)] * len(rows),
            "day": [day] * len(rows),
            "recorded_on": [self.on] * len(rows),
            "score": [None if np.isnan(score) else float(score) for score in rating.score[rows]],
            "grade": [names[grade] for grade in rating.grade[rows]],
        }
        insert_columns(self.session, table_of(Rating), columns)
        self.next_id += len(rows)
        self.row.added += len(rows)
        if self.graded_until is not None and day <= self.graded_until:
            replaced = [names[grade] for grade in before[rows]]
            corrections = {"rating_id": ids, "run_id": [self.row.id] * len(rows), "before": replaced}
            corrections["building_id"] = columns["building_id"]
            insert_columns(self.session, table_of(RatingCorrection), corrections)
            self.row.corrected += len(rows)

    def finished(self) -> RunCounts:
        self.row.finished_at = _now()
        continue_counting(self.session, table_of(Rating))
        return RunCounts(self.row.added, self.row.corrected)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _edition_id(session: Session, edition: Edition) -> int:
    same = (RuleEdition.rule_set == edition.rule_set, RuleEdition.sha256 == edition.sha256)
    existing = session.scalar(select(RuleEdition.id).where(*same))
    if existing is not None:
        return existing
    row = RuleEdition(rule_set=edition.rule_set, in_force=edition.in_force, sha256=edition.sha256, text=edition.text)
    session.add(row)
    session.flush()
    return row.id


def _stored_grades(
    session: Session, city_facts: CityFacts, city: City, edition: Edition
) -> list[tuple[np.datetime64, np.ndarray, np.ndarray]]:
    """What `ratings` holds for the rule set in this city, oldest first: (day, rows, grades)."""
    question = select(Rating.day, Rating.building_id, Rating.grade).join(Building).join(RuleEdition)
    question = question.where(RuleEdition.rule_set == edition.rule_set, Building.city_id == city.id)
    rows = session.execute(question.order_by(Rating.day, Rating.id)).all()
    if not rows:
        return []
    code = {grade.code: index for index, grade in enumerate(edition.grades)} | {None: -1}
    days = np.array([row[0] for row in rows], dtype="datetime64[D]")
    buildings = city_facts.rows_of(np.array([row[1] for row in rows]))
    grades = np.array([code[row[2]] for row in rows], dtype=np.int8)
    starts = np.flatnonzero(np.r_[True, days[1:] != days[:-1]])
    return [(days[part[0]], buildings[part], grades[part]) for part in np.split(np.arange(len(rows)), starts[1:])]


def _apply(state: np.ndarray, stored: list, day: date) -> None:
    while stored and stored[0][0] <= np.datetime64(day, "D"):
        _, rows, grades = stored.pop(0)
        state[rows] = grades
