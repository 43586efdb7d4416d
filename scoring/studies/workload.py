"""How many visits the grades ask for: the intervals of an edition, by grade and role."""

import numpy as np

from scoring.rulebook.model import Edition

DAYS_A_WEEK = 7


def visits_a_week(edition: Edition) -> np.ndarray:
    """Visits a week that one building of each grade asks for, all roles together. float64 (n_grades + 1,).

    The last is the unrated, for whom no rule names an interval: 0, to be counted apart.
    """
    intervals = (edition.inspect_every_days[grade.code] for grade in edition.grades)
    return np.array([*(sum(DAYS_A_WEEK / days for days in roles.values()) for roles in intervals), 0.0])
