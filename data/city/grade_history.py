"""Grades month by month: rated once, written where something changes, stored beside the fact store for charts."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.array_files import ArraysDamaged, read_columns, write_columns
from data.city.city_facts import CityFacts
from data.city.rating_runs import ChangedGrades, RunCounts, standing, write_run
from data.city.snapshots import month_ends
from data.db.engine import reading
from data.db.models.city import Building, City, Rating, RuleEdition
from scoring.grading.facts import FactLog, compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import Edition, Rulebook

MONTHS = 60
Report = Callable[[str, int, int], None]
log = logging.getLogger("credit_map")


@dataclass(frozen=True, eq=False)
class History:
    """Grades at month ends. days: datetime64[D] (months,). grades: int8 (months, n), rows as in the fact store."""

    rule_set: str
    days: np.ndarray
    grades: np.ndarray

    @classmethod
    def none(cls, rule_set: str, buildings: int) -> "History":
        """No month at all."""
        return cls(rule_set, np.array([], "datetime64[D]"), np.empty((0, buildings), np.int8))


def history_file(store_folder: Path, rules: Rulebook, rule_set: str) -> Path:
    return store_folder / f"history-{rule_set}-{rules.content_hash(rule_set)[:12]}.arrays"


def stored_history(file: Path, rule_set: str, buildings: int) -> History:
    """The history of a file, without a month where there is none or it is damaged: it is made again like one."""
    try:
        columns, _ = read_columns(file, file.parent.name)
        return History(rule_set, columns["days"], columns["grades"])
    except FileNotFoundError:
        pass
    except (ArraysDamaged, OSError) as why:
        log.warning("The grade history %s cannot be used (%s); it is made again.", file.name, why)
    return History.none(rule_set, buildings)


def has_months(file: Path, rules: Rulebook, rule_set: str, on: date) -> bool:
    """Whether the file holds a history up to `on`."""
    return set(months_of(rules, rule_set, on)) <= set(stored_history(file, rule_set, 0).days.tolist())


def keep_history(file: Path, history: History) -> None:
    write_columns(file, file.parent.name, {"days": history.days, "grades": history.grades})


def months_of(rules: Rulebook, rule_set: str, on: date) -> list[date]:
    """The month ends a history up to `on` has."""
    return [day for day in month_ends(on, MONTHS) if day >= rules.begins(rule_set)]


def history_up_to(
    history: History, city_facts: CityFacts, rules: Rulebook, on: date, report: Report = lambda *_: None
) -> History:
    """The history up to `on` with the recent facts; what `history` (of what is stored alone) has is not rated again."""
    rule_set = history.rule_set
    days = months_of(rules, rule_set, on)
    grades = np.empty((len(days), city_facts.size), dtype=np.int8)
    recent, of_stored = city_facts.recent, city_facts.as_stored().fact_log
    of_recent = None if recent is None else city_facts.with_fields(recent.facts.fact_log, recent.rows)
    known = {day: month for month, day in enumerate(history.days.tolist())}
    for month, day in enumerate(days):
        stored = known.get(day)
        rated = _grades_on(of_stored, rules, rule_set, day) if stored is None else history.grades[stored]
        grades[month] = rated
        if recent is not None and of_recent is not None:
            grades[month, recent.rows] = _grades_on(of_recent, rules, rule_set, day)
        report(rule_set, month + 1, len(days))
    return History(rule_set, np.array(days, dtype="datetime64[D]"), grades)


def _grades_on(fact_log: FactLog, rules: Rulebook, rule_set: str, day: date) -> np.ndarray:
    edition = rules.on(rule_set, day)
    return rate(compute_facts(fact_log, edition, day), edition).grade


def write_history(
    engine: Engine,
    city: City,
    city_facts: CityFacts,
    rules: Rulebook,
    rule_set: str,
    on: date,
    report: Report,
    whole_city: bool = True,
) -> tuple[History, RunCounts]:
    """Rates the month ends up to `on`; adds a row to `ratings` wherever a grade differs from the stored one.

    Each month by the edition then in force. Nothing is overwritten: where facts arrived late, a row of the same day
    is added with a correction that names the grade it replaces. whole_city: whether `city_facts` has every building.
    Rating comes first; then the rows are written in short transactions, see rating_runs. Raises RunOvertaken.
    """
    with reading(engine, SYSTEM) as session:
        before = standing(session, city, rule_set)
        of = None if whole_city else city_facts.buildings["id"]
        stored = _stored_grades(session, city_facts, city, rules.on(rule_set, on), of)
    days = months_of(rules, rule_set, on)
    state = np.full(city_facts.size, -1, dtype=np.int8)
    grades = np.empty((len(days), city_facts.size), dtype=np.int8)
    changed = []
    for month, day in enumerate(days):
        edition = rules.on(rule_set, day)
        rating = rate(compute_facts(city_facts.fact_log, edition, day), edition)
        _apply(state, stored, day)
        rows = np.flatnonzero(rating.grade != state)
        ids = city_facts.buildings["id"][rows]
        changed.append(ChangedGrades(day, edition, ids, rating.score[rows], rating.grade[rows], state[rows]))
        grades[month] = state[:] = rating.grade
        report(rule_set, month + 1, len(days))
    counts = write_run(engine, city, rule_set, on, city_facts.version.number, before, changed)
    return History(rule_set, np.array(days, dtype="datetime64[D]"), grades), counts


def _stored_grades(
    session: Session, city_facts: CityFacts, city: City, edition: Edition, of: np.ndarray | None
) -> list[tuple[np.datetime64, np.ndarray, np.ndarray]]:
    """What `ratings` holds for the rule set, oldest first: (day, rows, grades). of: ids, or None for the whole city."""
    question = select(Rating.day, Rating.building_id, Rating.grade).join(Building).join(RuleEdition)
    its = Building.city_id == city.id if of is None else Rating.building_id.in_(of.tolist())
    question = question.where(RuleEdition.rule_set == edition.rule_set, its)
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
