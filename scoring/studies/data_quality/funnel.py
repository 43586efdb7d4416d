"""Pass rates of areas and officers against the overall rate, with limits that allow for how much units really differ.

After Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005) 1185-1202.
A unit's denominator is buildings, each with its latest visit: the items of a list, and visits to one building, are not
independent of each other, and counted singly they would make limits far too narrow.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

INNER, OUTER = 0.95, 0.998  # the limits of the paper, about two and three standard errors
# The paper winsorises a tenth. Of ten streets two may be wrong in the same way, and then a tenth would take their
# distance for the usual spread and name nobody.
WINSORISED = 0.2
MIN_N = 10  # buildings: below it the normal limits mean little


@dataclass(frozen=True)
class Funnel:
    """One row a unit. passed, of: buildings, int64 (units,); units with fewer than FEWEST are never named."""

    passed: np.ndarray
    of: np.ndarray

    @cached_property
    def counted(self) -> np.ndarray:
        return self.of >= MIN_N

    @cached_property
    def rate(self) -> np.ndarray:
        return np.divide(self.passed, self.of, out=np.full(len(self.of), np.nan), where=self.of > 0)

    @cached_property
    def overall(self) -> float:
        """The rate of all units taken together: the target."""
        return float(self.passed[self.counted].sum() / max(self.of[self.counted].sum(), 1))

    def error(self, of: np.ndarray) -> np.ndarray:
        """Standard error of the rate of so many buildings if chance were all."""
        return np.sqrt(self.overall * (1 - self.overall) / np.maximum(of, 1))

    @cached_property
    def phi(self) -> float:
        """How many times wider than by chance the units scatter, squared; winsorised and set right for that."""
        error = self.error(self.of[self.counted])
        z = (self.rate[self.counted] - self.overall) / np.where(error > 0, error, np.inf)
        return dispersion(z, WINSORISED)

    @cached_property
    def between(self) -> float:
        """Standard deviation of the units' true rates (the additive form), by the method of moments."""
        return float(np.sqrt(between_variance(self.phi, self.error(self.of[self.counted]))))

    @cached_property
    def z(self) -> np.ndarray:
        """Distance from the overall rate in corrected standard errors; NaN for units not counted."""
        spread = np.sqrt(self.error(self.of) ** 2 + self.between**2)
        return np.where(self.counted & (spread > 0), (self.rate - self.overall) / np.maximum(spread, 1e-12), np.nan)

    def limits(self, of: np.ndarray, level: float, corrected: bool) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limit of the rate at these denominators; corrected: the additive form."""
        spread = np.sqrt(self.error(of) ** 2 + corrected * self.between**2)
        reach = norm.ppf(0.5 + level / 2) * spread
        return np.clip(self.overall - reach, 0, 1), np.clip(self.overall + reach, 0, 1)

    def outside(self, level: float) -> np.ndarray:
        """Units beyond the corrected limits, bool (units,)."""
        return np.abs(np.nan_to_num(self.z)) > norm.ppf(0.5 + level / 2)


def funnel(unit: np.ndarray, passed: np.ndarray, units: int) -> Funnel:
    """unit: 0 to units - 1, -1 belongs to none; passed: bool; both (buildings,)."""
    known = unit >= 0
    counts = np.bincount(unit[known], minlength=units)
    return Funnel(np.bincount(unit[known & passed], minlength=units), counts)


def dispersion(z: np.ndarray, winsorised: float) -> float:
    """Mean square of z scores with `winsorised` of them drawn in at either end; 1 when chance is all.

    Divided by what the same drawing-in leaves of normal scores, so that it does not shrink good data. With nothing
    drawn in it is Pearson's X2 over its degrees of freedom.
    """
    if len(z) < 2:
        return 1.0
    drawn_in = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised])) if winsorised else z
    return float((drawn_in**2).sum() / (len(z) - 1) / _left_of_normal(winsorised))


def _left_of_normal(winsorised: float) -> float:
    """Mean square of a standard normal score drawn in at its quantiles."""
    if not winsorised:
        return 1.0
    edge = norm.ppf(1 - winsorised)
    return 1 - 2 * winsorised - 2 * edge * norm.pdf(edge) + 2 * winsorised * edge**2


def between_variance(phi: float, error: np.ndarray) -> float:
    """Variance between units beyond chance, after DerSimonian and Laird; nought where phi is 1 or less."""
    weight = 1 / np.where(error > 0, error, np.inf) ** 2
    total = weight.sum()
    if len(error) < 2 or total == 0:
        return 0.0
    spare = total - (weight**2).sum() / total
    return max((len(error) - 1) * (phi - 1) / spare, 0.0)
