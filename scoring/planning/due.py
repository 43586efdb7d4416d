"""When the next visit of a building is due: after the last one, by the interval that an edition states for its grade.

The answers are of many buildings at once; a building is an array of one.
"""

from datetime import date

import numpy as np

from scoring.planning.intervals import Intervals
from scoring.rulebook.model import Edition

ROLE_UNKNOWN = -1  # of a visit: it counts for every role


def intervals(edition: Edition) -> np.ndarray:
    """The days between two visits by grade, timedelta64[D] (n_grades + 1,); the last, of the unrated, is NaT.

    Where several roles are to come, the shortest of theirs: a visit does not say in which role somebody came.
    """
    days = [min(edition.inspect_every_days[grade.code].values()) for grade in edition.grades]
    return np.array([*days, "NaT"], "timedelta64[D]")


def next_visit_due(last_visit: np.ndarray, grade: np.ndarray, edition: Edition) -> np.ndarray:
    """The day by which each building is to be visited again, datetime64[D] (n,).

    last_visit: datetime64[D] (n,), NaT never visited; grade: as in a Rating, UNRATED -1. NaT where a building was
    never visited, as no interval has begun, and where it is unrated, as no rule states one.
    """
    return last_visit.astype("datetime64[D]") + intervals(edition)[grade]


def days_overdue(due: np.ndarray, on: date) -> np.ndarray:
    """The days by which each due day has passed at the end of `on`, timedelta64[D].

    Nought on the due day itself, below nought before it, NaT where nothing is due.
    """
    return np.datetime64(on, "D") - due


def last_counted(building: np.ndarray, day: np.ndarray, role: np.ndarray, n: int, every: Intervals) -> np.ndarray:
    """The last visit that counted for each role's need, datetime64[D] (n, n_roles), NaT never.

    building: row numbers (visits,); day: datetime64[D] (visits,); role: places in every.roles, or ROLE_UNKNOWN.
    """
    last = np.full((n, len(every.roles)), np.datetime64("NaT"), "datetime64[D]").view(np.int64)
    counts = np.vstack([every.counts, np.ones(len(every.roles), bool)])[role]  # the last row answers for -1
    for need in range(len(every.roles)):
        ending = counts[:, need]
        np.maximum.at(last[:, need], building[ending], day[ending].astype("datetime64[D]").view(np.int64))
    return last.view("datetime64[D]")


def due_by_role(last: np.ndarray, grade: np.ndarray, every: Intervals, on: date) -> np.ndarray:
    """The day by which each role is to come, datetime64[D] (n, n_roles), NaT where it need not.

    last: as from last_counted; grade: UNRATED -1. Where a role never came it is due at once, on `on`.
    """
    interval = every.days[grade]
    due = last + interval
    due[np.isnat(last) & ~np.isnat(interval)] = np.datetime64(on, "D")
    return due


def never_visited(last: np.ndarray) -> np.ndarray:
    """The buildings nobody ever came to, a class of their own in every plan and count. bool (n,)."""
    return np.isnat(last).all(axis=1)
