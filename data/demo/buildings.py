"""The rental buildings: which plots are built on, and what is built there."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.demo.land import FULL_SIZE
from data.demo.land_use import APARTMENT, DORMITORY, ESTATE, FRINGE, MIXED, USES, VILLAGE, LandUse
from data.demo.plot_grid import Plots

HOMES = 3_130_000  # at full size, as in the source
GROUP_RENTAL = 0.03  # share of buildings let by the bed
PROJECTS = 120  # public rental, at full size
PROJECT_HOMES = 500


@dataclass(frozen=True)
class Make:
    """Floors (least, middle, most), homes a floor (least, most), years built, and how readily let by the bed."""

    floors: tuple[float, float, float]
    homes_a_floor: tuple[float, float]
    built: tuple[int, int, int]
    by_the_bed: float


MAKES = {
    VILLAGE: Make((2, 6, 9), (1.2, 3.6), (1986, 2001, 2014), 1.2),
    FRINGE: Make((1, 4, 7), (1.0, 2.8), (1982, 1998, 2012), 0.9),
    ESTATE: Make((6, 16, 33), (2.0, 4.4), (1993, 2010, 2022), 1.3),
    APARTMENT: Make((5, 10, 20), (2.5, 6.0), (1995, 2008, 2021), 0.9),
    DORMITORY: Make((4, 6, 8), (5.0, 11.0), (1990, 2003, 2016), 0.2),
    MIXED: Make((2, 5, 9), (1.2, 3.6), (1988, 2000, 2015), 0.8),
}


@dataclass(frozen=True)
class Stock:
    """The buildings before they have names: one row each, in order of grid.

    use: the raster's use. project: row of the public-rental project, -1 for none.
    """

    plots: Plots
    site: np.ndarray
    homes: np.ndarray
    floors: np.ndarray
    built: np.ndarray
    group_rental: np.ndarray
    project: np.ndarray

    @property
    def use(self) -> np.ndarray:
        """Names of uses, as buildings carry them."""
        return np.where(self.project >= 0, "public_rental", np.array(USES)[self.plots.use])


def stock(rng: np.random.Generator, land_use: LandUse, available: Plots, buildings: int, on: date) -> Stock:
    """So many buildings on the plots, with homes in proportion to the source."""
    plots = available.take(_built_on(rng, available.grid, buildings))
    site = land_use.site[land_use.cell(plots.x, plots.y)]
    project = _projects(rng, plots, site, buildings)
    floors, a_floor, built = np.zeros(len(plots)), np.zeros(len(plots)), np.zeros(len(plots))
    bed_weight = np.zeros(len(plots))
    for use, make in MAKES.items():
        rows = np.flatnonzero(plots.use == use)
        floors[rows] = rng.triangular(*make.floors, len(rows))
        a_floor[rows] = rng.uniform(*make.homes_a_floor, len(rows)) * rng.lognormal(0, 0.25, len(rows))
        built[rows] = rng.triangular(*make.built, len(rows))
        bed_weight[rows] = make.by_the_bed
    floors = np.maximum(np.round(floors).astype(int), 1)
    public = project >= 0
    floors[public] = np.maximum(floors[public], 18)
    built[public] = rng.integers(2008, 2019, public.sum())
    total = round(HOMES * buildings / FULL_SIZE)
    homes = _homes(rng, floors, a_floor, project, total)
    group_rental = rng.random(len(plots)) < GROUP_RENTAL * bed_weight / bed_weight.mean()
    return Stock(
        plots, site, homes, floors, np.minimum(built.astype(int), on.year - 1), group_rental & ~public, project
    )


def _built_on(rng: np.random.Generator, grid: np.ndarray, buildings: int) -> np.ndarray:
    """Rows of the plots built on: crowded grids leave more of them free, so that grids are of like size."""
    count = np.bincount(grid)
    looseness = rng.uniform(0.78, 1.3, len(count))
    low, high = 0.0, float(count.max()) * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(count, middle * looseness).sum() < buildings else (low, middle)
    share = np.minimum(count, high * looseness) / np.maximum(count, 1)
    order = np.argsort(rng.random(len(grid)) / np.maximum(share[grid], 1e-9))
    return np.sort(order[:buildings])


def _projects(rng: np.random.Generator, plots: Plots, site: np.ndarray, buildings: int) -> np.ndarray:
    """Two to six neighbouring buildings of an estate for each public-rental project."""
    project = np.full(len(plots), -1)
    count = max(round(PROJECTS * buildings / FULL_SIZE), 2)
    in_estate = np.flatnonzero(plots.use == ESTATE)
    estates, size = np.unique(site[in_estate], return_counts=True)
    chosen = rng.choice(estates[size >= 2], min(count, (size >= 2).sum()), replace=False)
    for number, estate in enumerate(chosen):
        rows = in_estate[site[in_estate] == estate]
        start = rows[rng.integers(len(rows))]
        near = np.argsort(np.hypot(plots.x[rows] - plots.x[start], plots.y[rows] - plots.y[start]))
        project[rows[near[: rng.integers(2, 7)]]] = number
    return project


def _homes(rng, floors: np.ndarray, a_floor: np.ndarray, project: np.ndarray, total: int) -> np.ndarray:
    """Homes per building: a project's share its own, the rest scaled so that the district has `total`."""
    homes = np.zeros(len(floors), int)
    public = project >= 0
    each = np.bincount(project[public])
    wanted = PROJECT_HOMES * rng.uniform(0.75, 1.25, len(each))
    homes[public] = np.maximum((wanted / each)[project[public]] * rng.uniform(0.9, 1.1, public.sum()), 8)
    raw = floors * a_floor
    rest = total - homes[public].sum()
    homes[~public] = np.maximum(np.round(raw[~public] * rest / raw[~public].sum()), 1)
    short = total - homes.sum()
    adjusted = rng.choice(np.flatnonzero(~public & (homes > 2)), abs(short), replace=True)
    np.add.at(homes, adjusted, int(np.sign(short)))
    return np.maximum(homes, 1)
