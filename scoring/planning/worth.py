"""What a visit is worth, in seconds of walking: how much further somebody would go rather than leave it out.

It grows with the minutes the visit takes: under a flat worth the short visits crowd out the long ones, as more of
them fit into a day. Between two visits of a length the worse grade always counts for more, however late the other is.
"""

import numpy as np

from scoring.planning.figures import VisitMinutes, Worth

KINDS = ("due", "early", "random", "evening", "joint", "urgent")
DUE, EARLY, RANDOM, EVENING, JOINT, URGENT = range(len(KINDS))


def visit_minutes(homes: np.ndarray, figures: VisitMinutes) -> np.ndarray:
    """How long a visit takes, int32 minutes (n,), half up. homes: (n,), NaN or 0 where not known: the least."""
    minutes = np.floor(figures.start + figures.a_home * np.nan_to_num(homes.astype(np.float64)) + 0.5)
    return np.clip(minutes, figures.least, figures.most).astype(np.int32)


def tiers_s(n_grades: int, figures: Worth) -> np.ndarray:
    """The worth of a visit of the usual length by grade, int64 (n_grades + 1,) seconds.

    The last is that of what is unrated or was never visited, between the worst grades.
    """
    steps = np.arange(n_grades - 1, -1, -1)
    graded = figures.best_grade_s * figures.times_a_grade**steps
    return np.append(graded, graded[min(figures.never_visited_tier, n_grades - 1)]).astype(np.int64)


def kind_tiers_s(grade: np.ndarray, kind: np.ndarray, n_grades: int, figures: Worth) -> np.ndarray:
    """The tier of each visit by its grade and by why it is made, float64 (n,) seconds.

    grade: UNRATED -1; kind: places in KINDS.
    """
    tiers = tiers_s(n_grades, figures)
    worst = float(tiers[0])
    by_kind = {EARLY: tiers[grade] * figures.early, RANDOM: worst, EVENING: worst}
    by_kind |= {JOINT: worst * figures.urgent, URGENT: worst * figures.urgent}
    tier = tiers[grade].astype(np.float64)
    for one, its_tier in by_kind.items():
        tier = np.where(kind == one, its_tier, tier)
    return tier


def worth_s(tier_s: np.ndarray, minutes: np.ndarray, days_late: np.ndarray, figures: Worth) -> np.ndarray:
    """What each visit is worth, int64 (n,) seconds of walking. days_late: int, below 0 while there is time."""
    growth = np.minimum(np.maximum(days_late, 0) / figures.days_to_most, 1) * (figures.times_at_most_late - 1)
    return np.rint(_of_its_length(tier_s, minutes, figures) * (1 + growth)).astype(np.int64)


def daily_cost_s(tier_s: np.ndarray, minutes: np.ndarray, days_late: np.ndarray, figures: Worth) -> np.ndarray:
    """What a day's lateness more adds to the worth, int64 (n,) seconds: the price of going a day later.

    Nought once the worth has stopped growing. days_late: as in worth_s.
    """
    a_day = (figures.times_at_most_late - 1) / figures.days_to_most
    grows = days_late < figures.days_to_most
    return np.where(grows, np.rint(_of_its_length(tier_s, minutes, figures) * a_day), 0).astype(np.int64)


def _of_its_length(tier_s: np.ndarray, minutes: np.ndarray, figures: Worth) -> np.ndarray:
    return tier_s * (minutes / figures.minutes_of_the_tier)
