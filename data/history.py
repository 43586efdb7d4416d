"""Grades month by month: rated once, written where something changes, kept beside the ledger for charts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.columns import read_columns, write_columns
from data.database import insert_columns
from data.ledgers import CityLedger
from data.models import Building, City, Rating, RuleEdition
from data.snapshots import month_ends
from data.viewer import Viewer
from scoring.editions import Edition, NoRuleInForce, edition_on
from scoring.facts import facts_on
from scoring.rating import Rating as Rated
from scoring.rating import rate

MONTHS = 60
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class History:
    """Grades at month ends. days: datetime64[D] (months,). grades: int8 (months, n), rows as in the ledger."""

    rule_set: str
    days: np.ndarray
    grades: np.ndarray


def history_folder(ledger_folder: Path, edition: Edition, on: date) -> Path:
    return ledger_folder / f"history-{edition.rule_set}-{edition.sha256[:12]}-{on}"


def read_history(folder: Path, rule_set: str) -> History:
    columns = read_columns(folder)
    return History(rule_set, columns["days"], columns["grades"])


def keep_history(folder: Path, history: History) -> None:
    """Puts it beside the ledger; to be done once its rows are in the database, as a folder there says they are."""
    write_columns(folder, {"days": history.days, "grades": history.grades})


def write_history(
    session: Session, viewer: Viewer, ledger: CityLedger, edition: Edition, on: date, report: Report
) -> tuple[History, int]:
    """Rates the month ends up to `on`; adds a row to `ratings` wherever a grade differs from what stands there.

    Returns the grades and how many rows were added. Nothing is overwritten: a late fact adds a row of the same day,
    recorded later.
    """
    days = [day for day in month_ends(on, MONTHS) if _in_force(edition.rule_set, day)]
    edition_id = _edition_id(session, edition)
    standing = _standing_grades(session, viewer, ledger, edition_id, edition)
    state = np.full(ledger.known.buildings, -1, dtype=np.int8)
    grades = np.empty((len(days), ledger.known.buildings), dtype=np.int8)
    added = 0
    for month, day in enumerate(days):
        rating = rate(facts_on(ledger.known, edition, day), edition)
        _apply(state, standing, day)
        changed = np.flatnonzero(rating.grade != state)
        _insert(session, ledger, edition_id, day, on, changed, rating)
        grades[month] = state[:] = rating.grade
        added += len(changed)
        report(edition.rule_set, month + 1, len(days))
    return History(edition.rule_set, np.array(days, dtype="datetime64[D]"), grades), added


def _in_force(rule_set: str, day: date) -> bool:
    try:
        edition_on(rule_set, day)
    except NoRuleInForce:
        return False
    return True


def _edition_id(session: Session, edition: Edition) -> int:
    same = (RuleEdition.rule_set == edition.rule_set, RuleEdition.sha256 == edition.sha256)
    known = session.scalar(select(RuleEdition.id).where(*same))
    if known is not None:
        return known
    row = RuleEdition(rule_set=edition.rule_set, in_force=edition.in_force, sha256=edition.sha256, text=edition.text)
    session.add(row)
    session.flush()
    return row.id


def _standing_grades(
    session: Session, viewer: Viewer, ledger: CityLedger, edition_id: int, edition: Edition
) -> list[tuple[np.datetime64, np.ndarray, np.ndarray]]:
    """What `ratings` holds for this edition and city, oldest first: (day, rows, grades)."""
    question = select(Rating.day, Rating.building_id, Rating.grade).join(Building).join(City)
    question = question.where(Rating.edition_id == edition_id, City.code == ledger.city)
    rows = session.execute(question.order_by(Rating.day, Rating.id)).all()
    if not rows:
        return []
    code = {grade.code: index for index, grade in enumerate(edition.grades)} | {None: -1}
    days = np.array([row[0] for row in rows], dtype="datetime64[D]")
    places = ledger.rows_of(np.array([row[1] for row in rows]))
    grades = np.array([code[row[2]] for row in rows], dtype=np.int8)
    starts = np.flatnonzero(np.r_[True, days[1:] != days[:-1]])
    return [(days[part[0]], places[part], grades[part]) for part in np.split(np.arange(len(rows)), starts[1:])]


def _apply(state: np.ndarray, standing: list, day: date) -> None:
    while standing and standing[0][0] <= np.datetime64(day, "D"):
        _, rows, grades = standing.pop(0)
        state[rows] = grades


def _insert(
    session: Session, ledger: CityLedger, edition_id: int, day: date, on: date, rows: np.ndarray, rating: Rated
) -> None:
    if not len(rows):
        return
    names = [grade.code for grade in rating.edition.grades] + [None]
    columns = {
        "building_id": ledger.buildings["id"][rows].tolist(),
        "edition_id": [edition_id] * len(rows),
        "day": [day] * len(rows),
        "recorded_on": [on] * len(rows),
        "score": [None if np.isnan(score) else float(score) for score in rating.score[rows]],
        "grade": [names[grade] for grade in rating.grade[rows]],
    }
    insert_columns(session, Rating.__table__, columns)
