"""When the next visit of a building is due: after the last one, by the interval that an edition states for its grade.

The answers are of many buildings at once; a building is an array of one.
"""

from datetime import date

import numpy as np

from scoring.rulebook.model import Edition


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
    """The days by which each due day has passed at the end of `on`, timedelta64[D] (n,).

    Nought on the due day itself, below nought before it, NaT where nothing is due.
    """
    return np.datetime64(on, "D") - due
