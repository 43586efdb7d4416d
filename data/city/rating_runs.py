"""Writing the grades that changed into `ratings`, a run at a time and a few rows a transaction, so that others write
in between.

A run that is broken off, or that another one overtakes, leaves rows that are right; the next run adds the others. Only
once it is finished does a run say up to which day it graded.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.changes import was_undone_since
from data.db import advisory_locks
from data.db.engine import continue_counting, insert_columns, writing
from data.db.models.city import City, Rating, RatingCorrection, RatingRun, RuleEdition
from data.db.tables import table_of
from scoring.rulebook.editions import Edition

ROWS_IN_A_WRITE = 10_000  # some tenths of a second of everybody's write lock


@dataclass(frozen=True, eq=False)
class ChangedGrades:
    """Buildings whose grade on a day is not the stored one. building: ids. grade, before: int8, -1 unrated."""

    day: date
    edition: Edition
    building: np.ndarray
    score: np.ndarray
    grade: np.ndarray
    before: np.ndarray

    def parts(self) -> Iterator["ChangedGrades"]:
        """No more at once than may be written at once."""
        for start in range(0, len(self.building), ROWS_IN_A_WRITE):
            part = slice(start, start + ROWS_IN_A_WRITE)
            columns = (self.building[part], self.score[part], self.grade[part], self.before[part])
            yield ChangedGrades(self.day, self.edition, *columns)


@dataclass(frozen=True)
class RunCounts:
    """What a run added to `ratings`, and how many of those rows correct what an earlier run had said."""

    added: int
    corrected: int


@dataclass(frozen=True)
class Standing:
    """How far the runs of a rule set have come: the last one, its rows so far, the last day graded."""

    run: int | None
    added: int
    graded_until: date | None


class RunOvertaken(Exception):
    """Another run has begun meanwhile, or buildings went with an import that was undone."""


def seen_until(session: Session, city: City, rule_set: str, until: date) -> int | None:
    """Up to which number of the change log the last run that graded up to `until` knew the facts."""
    same = (RatingRun.city_id == city.id, RatingRun.rule_set == rule_set, RatingRun.until == until)
    return session.scalar(select(RatingRun.seen_until).where(*same).order_by(RatingRun.id.desc()).limit(1))


def standing(session: Session, city: City, rule_set: str) -> Standing:
    its = (RatingRun.city_id == city.id, RatingRun.rule_set == rule_set)
    last = session.execute(select(RatingRun.id, RatingRun.added).where(*its).order_by(RatingRun.id.desc())).first()
    run, added = last or (None, 0)
    return Standing(run, added, session.scalar(select(func.max(RatingRun.until)).where(*its)))


def write_run(
    engine: Engine,
    city: City,
    rule_set: str,
    until: date,
    seen: int,
    before: Standing,
    changed: Sequence[ChangedGrades],
) -> RunCounts:
    """Writes a run up to the day `until`, by the facts up to the number `seen` of the change log.

    before: as it stood when `changed` was worked out. Raises RunOvertaken.
    """
    run = _Run(engine, city, rule_set, until, seen)
    run.begin(before, changed)
    for of_day in changed:
        for part in of_day.parts():
            run.add(part)
    return run.finish()


class _Run:
    def __init__(self, engine: Engine, city: City, rule_set: str, until: date, seen: int) -> None:
        self.engine, self.city, self.rule_set, self.until, self.seen = engine, city, rule_set, until, seen
        self.id: int | None = None
        self.graded_until: date | None = None
        self.edition_ids: dict[str, int] = {}  # by the hash of their text

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One short transaction of the run. Raises RunOvertaken."""
        with writing(self.engine, SYSTEM) as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(advisory_locks.RATING_RUNS, 0)))
            if self.id is not None and standing(session, self.city, self.rule_set).run != self.id:
                raise RunOvertaken
            if was_undone_since(session, self.city.id, self.seen):
                raise RunOvertaken
            yield session

    def begin(self, before: Standing, changed: Sequence[ChangedGrades]) -> None:
        with self._writing() as session:
            if standing(session, self.city, self.rule_set) != before:
                raise RunOvertaken
            self.graded_until = before.graded_until
            row = RatingRun(
                city_id=self.city.id,
                rule_set=self.rule_set,
                until=before.graded_until or (changed[0].day if changed else self.until) - timedelta(1),
                finished_at=_now(),
                added=0,
                corrected=0,
            )
            session.add(row)
            session.flush()
            self.id = row.id
            editions = {of_day.edition.sha256: of_day.edition for of_day in changed}
            self.edition_ids = {sha256: stored_edition_id(session, edition) for sha256, edition in editions.items()}

    def add(self, part: ChangedGrades) -> None:
        names = [*(grade.code for grade in part.edition.grades), None]
        count, building = len(part.building), part.building.tolist()
        columns = {
            "building_id": building,
            "edition_id": [self.edition_ids[part.edition.sha256]] * count,
            "day": [part.day] * count,
            "recorded_on": [self.until] * count,
            "score": [None if np.isnan(score) else float(score) for score in part.score],
            "grade": [names[grade] for grade in part.grade],
        }
        replaced = [names[grade] for grade in part.before]
        is_correction = self.graded_until is not None and part.day <= self.graded_until
        with self._writing() as session:
            first = (session.scalar(select(func.max(Rating.id))) or 0) + 1
            ids = list(range(first, first + count))
            insert_columns(session, table_of(Rating), {"id": ids} | columns)
            if is_correction:
                corrections = {"rating_id": ids, "run_id": [self.id] * count, "building_id": building}
                insert_columns(session, table_of(RatingCorrection), corrections | {"before": replaced})
            row = session.get_one(RatingRun, self.id)
            row.added += count
            row.corrected += count * is_correction
            continue_counting(session, table_of(Rating))

    def finish(self) -> RunCounts:
        with self._writing() as session:
            row = session.get_one(RatingRun, self.id)
            row.until, row.seen_until, row.finished_at = self.until, self.seen, _now()
            return RunCounts(row.added, row.corrected)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def stored_edition_id(session: Session, edition: Edition) -> int:
    """The id under which the text of an edition is kept, added where it is new."""
    same = (RuleEdition.rule_set == edition.rule_set, RuleEdition.sha256 == edition.sha256)
    existing = session.scalar(select(RuleEdition.id).where(*same))
    if existing is not None:
        return existing
    row = RuleEdition(rule_set=edition.rule_set, in_force=edition.in_force, sha256=edition.sha256, text=edition.text)
    session.add(row)
    session.flush()
    return row.id
