"""How long a result still tells something: agreement of a visit with the next, by the days between them.

Current-status data: of each pair one sees only whether the class had changed by then. If agreement can but fall with
time, isotonic regression gives its non-parametric maximum likelihood estimate (Ayer and others, An empirical
distribution function for sampling with incomplete information, Annals of Mathematical Statistics 26 (1955) 641-647).
"""

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

MIN_N = 100  # pairs: before the day and past the day by which there are fewer the curve would follow single buildings


@dataclass(frozen=True)
class Curve:
    """The share of pairs whose class was still the same, by days between them; steps at `days`, never rising.

    known_until: the day past which fewer than MIN_N pairs lie. pairs: how many there were.
    by_chance: how often one would be right who guessed this class for any visit.
    """

    days: np.ndarray
    same: np.ndarray
    known_until: int
    pairs: int
    by_chance: float

    def at(self, days: np.ndarray) -> np.ndarray:
        """Agreement so many days later; NaN past the day to which pairs reach."""
        if not len(self.days):
            return np.full(len(days), np.nan)
        step = np.clip(np.searchsorted(self.days, days, side="right") - 1, 0, len(self.days) - 1)
        return np.where(days <= self.known_until, self.same[step], np.nan)


def result_decay(building: np.ndarray, day: np.ndarray, grade: np.ndarray, classes: int) -> tuple[Curve, ...]:
    """One curve a class, that of the earlier visit. Rows by building and day; grade: int, -1 unrated; all (visits,)."""
    rated = grade >= 0
    building, day, grade = building[rated], day[rated], grade[rated]
    pair = np.flatnonzero(building[1:] == building[:-1])
    gap = (day[pair + 1] - day[pair]) // np.timedelta64(1, "D")
    first, same = grade[pair], grade[pair + 1] == grade[pair]
    shares = np.bincount(grade, minlength=classes) / max(len(grade), 1)
    return tuple(
        _curve(gap[first == one], same[first == one], share) for one, share in zip(range(classes), shares, strict=True)
    )


def _curve(gap: np.ndarray, same: np.ndarray, by_chance: float) -> Curve:
    if not len(gap):
        return Curve(np.empty(0, np.int64), np.empty(0), -1, 0, float(by_chance))
    gap = np.maximum(gap, np.partition(gap, min(MIN_N, len(gap)) - 1)[min(MIN_N, len(gap)) - 1])
    pairs = np.bincount(gap)
    days = np.flatnonzero(pairs)
    share = np.bincount(gap, same)[days] / pairs[days]
    falling = IsotonicRegression(increasing=False).fit_transform(days, share, sample_weight=pairs[days])
    beyond = len(gap) - np.cumsum(pairs)
    return Curve(days, falling, int(np.searchsorted(-beyond, -MIN_N, side="right")), len(gap), float(by_chance))


def confidence(curves: tuple[Curve, ...], grade: np.ndarray, days: np.ndarray) -> np.ndarray:
    """How far each building's last result still holds, float64 (n,); NaN never visited, unrated or too long ago.

    grade: of the last visit, -1 none; days: since then.
    """
    found = np.full(len(grade), np.nan)
    for place, curve in enumerate(curves):
        mine = grade == place
        found[mine] = curve.at(days[mine])
    return found
