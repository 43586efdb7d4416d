"""Facts of days on which what they are about was no more: a row that is dated after the end of its building is set
aside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data.db.models.city import ENDINGS, Building, City, Home, Project
from data.importing.checking.object_arrays import not_null
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowError, RowErrors
from scoring.errors import Sentence

NOT_LISTED = ENDINGS[-1]
Ends = Mapping[Any, date]  # key → the day of the end


def set_late_rows_aside(
    session: Session,
    city: City,
    days: np.ndarray,
    steps: Sequence[tuple[str, np.ndarray]],
    about: Records,
    wanted: np.ndarray,
    faults: RowErrors,
) -> None:
    """Adds to `faults` the rows of which a day lies after the end of the building or home they are about.

    days: of what happened; steps: of hazards, the days of their steps; about: the buildings or homes the rows name;
    wanted: bool (rows,).
    """
    ends = _building_ends(session, city, about) if about.target.model is Building else _home_ends(session, city)
    said = about.values.get("ended_on")
    if not ends and said is None:
        return
    last_days = np.array([ends.get(key) for key in about.key.tolist()], object)
    if said is not None:
        last_days = np.where(about.writes, said, last_days)
    wanted = wanted & ~faults.bad & not_null(last_days)
    faults.add_each(_late(days, last_days, wanted), lambda row: _after_the_end(about, row, last_days[row], days[row]))
    for step, of_step in steps:
        faults.add_each(_late(of_step, last_days, wanted), _step_after_the_end(about, step, last_days, of_step))


def _late(days: np.ndarray, last_days: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The wanted rows whose day lies after their last one."""
    rows = np.flatnonzero(wanted & not_null(days))
    return rows[(days[rows] > last_days[rows]).astype(bool)]


def _building_ends(session: Session, city: City, about: Records) -> Ends:
    """Those that are only missing from a list stand again where a list names them."""
    question = select(Building.code, Building.ended_on).where(Building.city_id == city.id)
    if about.whole_list:
        question = question.where(Building.ended_as.is_distinct_from(NOT_LISTED))
    return {code: day for code, day in session.execute(question.where(Building.ended_on.is_not(None))) if day}


def _home_ends(session: Session, city: City) -> Ends:
    """Of homes, or of the projects they belong to: whichever came first."""
    question = select(Project.code, Home.code, Project.ended_on, Home.ended_on).join(Project)
    ended = or_(Project.ended_on.is_not(None), Home.ended_on.is_not(None))
    rows = session.execute(question.where(Project.city_id == city.id, ended))
    return {(project, home): min(day for day in both if day is not None) for project, home, *both in rows}


def _after_the_end(about: Records, row: int, last_day: date, day: date) -> RowError:
    key, target = about.key[row], about.target
    return RowError(
        "after_the_end",
        "The {table} '{code}' ended on {last_day}, its last day, and this row is of {day}; correct the day, or that "
        "end.",
        table=Sentence(target.name),
        code=key[-1] if isinstance(key, tuple) else key,
        last_day=last_day,
        day=day,
    )


def _step_after_the_end(
    about: Records, step: str, last_days: np.ndarray, days: np.ndarray
) -> Callable[[int], RowError]:
    def fault(row: int) -> RowError:
        return RowError(
            "after_the_end",
            "The building '{code}' ended on {last_day}, its last day, and the day of '{step}' in this row is {day}; "
            "correct the day, or that end.",
            code=about.key[row],
            last_day=last_days[row],
            step=Sentence(step),
            day=days[row],
        )

    return fault
