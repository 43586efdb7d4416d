"""How much more or less officers give than others did at the same buildings: score = building + year + officer.

All three by least squares; then each officer's effect is drawn towards the middle as far as it is uncertain
(empirical Bayes). Drawing all of them in at once, as a mixed model does, would blame the strict neighbours of a lenient
street: that most officers of one street may be lenient together is just what the sources tell. What only one officer
ever saw says nothing here.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotri
from scipy.optimize import brentq
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import norm

SURE = 0.975  # probability from which an officer is named: of those named at most one in forty should be innocent
MIN_N = 20  # visits to shared buildings: with less an effect says more of the buildings than of the officer
# Standard deviations of all results: from 0.8 on a difference is large (Cohen, Statistical Power Analysis, 1988).
EFFECT_THRESHOLD = 0.8
MIN_N_JOINED = 10  # officers: in a smaller group nobody can say who is the usual one
YEAR = 365
REFINED = 4  # rounds of solving for what is left: each adds about five digits
HALF = norm.ppf(0.975)


@dataclass(frozen=True)
class Leniency:
    """One row an officer, float64 (officers,). Points of the score; above 0 is kinder than the median officer.

    effect, low, high: the shrunk effect with its 95 % interval; lenient, strict: probability that it lies beyond what
    matters. NaN where there were too few shared visits. shared: visits to buildings that another officer saw too.
    noise, between: standard deviations of a visit and between officers; matters: from so many points on.
    """

    effect: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lenient: np.ndarray
    strict: np.ndarray
    shared: np.ndarray
    noise: float
    between: float
    effect_threshold: float

    @property
    def flagged(self) -> np.ndarray:
        return np.nan_to_num(np.maximum(self.lenient, self.strict)) >= SURE


@dataclass(frozen=True)
class Swept:
    """The normal equations of officers and years once buildings are swept out: matrix @ effects = right.

    The last `years` columns are years, the first year the standard. scatter: what is left of y squared; spare: its
    degrees of freedom.
    """

    matrix: csr_array
    right: np.ndarray
    officers: int
    scatter: float
    spare: int


def leniency(building: np.ndarray, officer: np.ndarray, day: np.ndarray, score: np.ndarray, officers: int) -> Leniency:
    """building, officer: row numbers, officer -1 unknown; day: datetime64[D]; score: NaN unrated; all (visits,)."""
    effect_threshold = EFFECT_THRESHOLD * float(np.nanstd(score)) if len(score) else 0.0
    known = (officer >= 0) & np.isfinite(score)
    known[known] = shared_buildings(building[known], officer[known])
    building, officer, day, score = (values[known] for values in (building, officer, day, score))
    shared = np.bincount(officer, minlength=officers)
    effect, low, high, lenient, strict = np.full((5, officers), np.nan)
    if not len(score):
        return Leniency(effect, low, high, lenient, strict, shared, 0.0, 0.0, effect_threshold)
    years = (day - day.min()) // np.timedelta64(YEAR, "D")
    system = swept(building, officer, years, score, officers)
    group = joined(system)
    raw, variance, noise = fixed_effects(system, group)
    seen = np.flatnonzero((shared >= MIN_N) & (np.bincount(group)[group] >= MIN_N_JOINED))
    if len(seen) < 2:
        return Leniency(effect, low, high, lenient, strict, shared, float(np.sqrt(noise)), 0.0, effect_threshold)
    raw, variance = raw[seen] - _medians(raw, seen, group), variance[seen] * noise
    between = between_officers(raw, variance)
    share = between / (between + variance)
    effect[seen], spread = share * raw, np.sqrt(share * variance)
    low[seen], high[seen] = effect[seen] - HALF * spread, effect[seen] + HALF * spread
    spread = np.maximum(spread, 1e-12)
    lenient[seen] = norm.sf((effect_threshold - effect[seen]) / spread)
    strict[seen] = norm.sf((effect_threshold + effect[seen]) / spread)
    return Leniency(
        effect, low, high, lenient, strict, shared, float(np.sqrt(noise)), float(np.sqrt(between)), effect_threshold
    )


def _medians(effect: np.ndarray, seen: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The median effect of each officer's group, for the officers seen."""
    median = {one: np.median(effect[seen[group[seen] == one]]) for one in np.unique(group[seen])}
    return np.array([median[one] for one in group[seen]])


def shared_buildings(building: np.ndarray, officer: np.ndarray) -> np.ndarray:
    """Visits to buildings that more than one officer saw, bool (visits,)."""
    size = int(building.max(initial=-1)) + 1
    least, most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(least, building, officer)
    np.maximum.at(most, building, officer)
    return (least < most)[building]


def swept(building: np.ndarray, officer: np.ndarray, year: np.ndarray, score: np.ndarray, officers: int) -> Swept:
    _, building, visits = np.unique(building, return_inverse=True, return_counts=True)
    later = year > 0
    rows = np.arange(len(score))
    row, column = np.concatenate([rows, rows[later]]), np.concatenate([officer, officers - 1 + year[later]])
    width = officers + int(year.max())
    design = csr_array((np.ones(len(row)), (row, column)), (len(score), width))
    of_building = csr_array((np.ones(len(score)), (building, rows)), (len(visits), len(score)))
    cells = (of_building @ design).tocsr()
    mean = np.bincount(building, score) / visits
    score = score - mean[building]
    matrix = (design.T @ design - cells.T @ diags_array(1 / visits) @ cells).tocsr()
    return Swept(matrix, design.T @ score, officers, float(score @ score), len(score) - len(visits))


def fixed_effects(system: Swept, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Least squares: officers' effects, their variances over the noise's, and the variance of a visit.

    group: which officers are joined by shared buildings, int (officers,); effects are known only against the mean of
    the own group. Adding the mean of each group to its square makes the matrix regular and moves nothing else.
    """
    size = np.bincount(group)
    tied = 1 / size[group]
    inside = slice(system.officers)
    whole = system.matrix.toarray().astype(np.float32)  # half the time and room; the effects are set right below
    whole[inside, inside] += np.where(group[:, None] == group, tied[:, None], 0.0).astype(np.float32)
    factor, _ = cho_factor(whole, lower=True, overwrite_a=True)
    effects = np.zeros(len(system.right))
    for _ in range(REFINED):
        over = np.bincount(group, effects[inside], len(size))[group] * tied
        left = system.right - system.matrix @ effects
        left[inside] -= over
        effects += cho_solve((factor, True), left.astype(np.float32))
    inverse, _ = spotri(factor, lower=True, overwrite_c=True)
    left = system.scatter - effects @ system.right
    spare = system.spare - (system.matrix.shape[0] - len(size))
    return effects[inside], inverse.diagonal()[inside].astype(float) - tied, float(left / max(spare, 1))


def joined(system: Swept) -> np.ndarray:
    """Groups of officers joined, directly or through colleagues, by shared buildings; int (officers,)."""
    return connected_components(system.matrix[: system.officers, : system.officers], directed=False)[1]


def between_officers(effect: np.ndarray, variance: np.ndarray) -> float:
    """Variance of the true effects about their mean, after Paule and Mandel; 0 where chance explains the scatter."""

    def excess(between: float) -> float:
        weight = 1 / (variance + between)
        mean = (weight @ effect) / weight.sum()
        return float(weight @ (effect - mean) ** 2) - (len(effect) - 1)

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, 10 * np.var(effect) + variance.max()))
