"""The hidden quality of each building, by neighbours, use, keeper and grid; and clusters of trouble."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.demo.fields import field
from data.demo.land import CENTRE, FULL_SIZE, METRES_PER_DEGREE

YEARS = 5  # shown month by month
A_YEAR = 365
LEAD_IN = A_YEAR  # days before the years shown: the longest window of any rule
DAYS = LEAD_IN + 1_826  # the last day counted in
BY_USE = {
    "urban_village": -0.12,
    "mixed": -0.10,
    "dormitory": 0.15,
    "apartment": 0.25,
    "estate": 0.45,
    "public_rental": 0.95,
}
NEGLECTED = 0.05  # share of buildings whose keeper has given up
CLUSTERS = 64  # of trouble, at full size
FRAILTY = 0.4  # shape of the gamma: the lower, the fewer buildings have most of the cases; assumed


@dataclass(frozen=True)
class Officers:
    """Who visits each grid, and how kind that officer is: 0 as most are, above 0 passes what others fail.

    code: "W0412" and the like, per grid. kindness: per grid. lenient_streets: rows of areas.
    """

    code: np.ndarray
    kindness: np.ndarray
    lenient_streets: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """A place with more cases than chance brings, for a while. Days count from the first day known."""

    x: float
    y: float
    radius_m: float
    begins: int
    ends: int
    times: float


@dataclass(frozen=True)
class Quality:
    """kept: mean 0, standard deviation about 1, higher is better.

    trouble: how many times the usual number of cases, mean 1; a building keeps its own for all time.
    grid: 0-based number of the grid, per building. x, y in metres.
    """

    kept: np.ndarray
    trouble: np.ndarray
    grid: np.ndarray
    x: np.ndarray
    y: np.ndarray
    officers: Officers
    clusters: tuple[Cluster, ...]


def first_day(on: date) -> np.datetime64:
    return np.datetime64(on, "D") - (DAYS - 1)


def quality(rng: np.random.Generator, areas: pd.DataFrame, buildings: pd.DataFrame) -> Quality:
    """Draws the hidden quality of every building."""
    x, y = ((buildings[side] - CENTRE[i]) * METRES_PER_DEGREE[i] for i, side in enumerate(("lon", "lat")))
    x, y = x.to_numpy(), y.to_numpy()
    scale = np.sqrt(len(buildings) / FULL_SIZE)
    grid = buildings["grid"].to_numpy() - int((areas["level"] != "grid").sum())
    grids = int((areas["level"] == "grid").sum())
    near, far = field(rng, 700).at(x, y), field(rng, 5_200 * max(scale, 0.3)).at(x, y)
    age = (buildings["built"].to_numpy() - 2000) / 12
    kept = (
        0.30 * near
        + 0.12 * far
        + 0.22 * rng.normal(0, 1, grids)[grid]
        + buildings["use"].map(BY_USE).to_numpy(float)
        + 0.15 * age
        - 0.30 * buildings["group_rental"].to_numpy(float)
        + 0.72 * rng.standard_t(6, len(x)) / np.sqrt(1.5)
    )
    kept = (kept - kept.mean()) / kept.std()
    kept -= (rng.random(len(x)) < NEGLECTED) * rng.uniform(1.2, 4.0, len(x))
    trouble = np.exp(-0.5 * kept + 0.3 * near + 0.25 * far) * rng.gamma(FRAILTY, 1 / FRAILTY, len(x))
    officers = _officers(rng, areas)
    return Quality(kept, trouble / trouble.mean(), grid, x, y, officers, _clusters(rng, x, y, scale))


def _officers(rng: np.random.Generator, areas: pd.DataFrame) -> Officers:
    """One officer a grid, now and then one for two neighbours; in two or three streets most of them are kind."""
    parent = areas["parent"].to_numpy()
    community = parent[np.flatnonzero(areas["level"] == "grid")]
    street = parent[community]
    shared = (rng.random(len(street)) < 0.06) & np.append(False, community[1:] == community[:-1])
    number = np.cumsum(~shared) - 1
    kindness = rng.normal(0, 0.24, number[-1] + 1)
    kind, strict = rng.random(len(kindness)) < 0.03, rng.random(len(kindness)) < 0.03
    kindness[kind] = rng.uniform(2.5, 4.0, kind.sum())
    kindness[strict] = rng.uniform(-1.6, -0.9, strict.sum())
    streets = np.flatnonzero(areas["level"] == "street")
    lenient = np.sort(rng.choice(streets, 2 if len(streets) <= 10 else len(streets) // 5, replace=False))
    of_lenient = np.isin(street, lenient)
    most = of_lenient[np.flatnonzero(~shared)] & (rng.random(len(kindness)) < 0.95)
    kindness[most] = rng.uniform(1.5, 2.3, most.sum())
    codes = np.array([f"W{number:04}" for number in rng.permutation(len(kindness)) + 101])
    return Officers(codes[number], kindness[number], tuple(int(street) for street in lenient))


def _clusters(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, scale: float) -> tuple[Cluster, ...]:
    """Places of trouble round buildings drawn at random; about a third of them still last on the last day."""
    clusters = []
    centres = rng.choice(len(x), max(round(CLUSTERS * scale**2), 2), replace=False)
    starts = np.linspace(-650, DAYS - 100, len(centres)) + rng.uniform(-40, 40, len(centres))
    for centre, begins in zip(centres, starts.astype(int), strict=True):
        lasts = int(rng.integers(200, 1_100))
        radius = float(rng.uniform(180, 480))
        times = float(rng.uniform(1.8, 3.2))
        clusters.append(Cluster(float(x[centre]), float(y[centre]), radius, int(begins), int(begins) + lasts, times))
    return tuple(clusters)
