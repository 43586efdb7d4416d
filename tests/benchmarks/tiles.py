"""How fast and how large the map's tiles are: a seeded walk over cold tiles.

    python -m tests.benchmarks.tiles

prints a line for the invented city and for ten times as many buildings on the same ground, without and with a filter.
Aims: p99 at most 50 ms and 60 KB a tile; ten times the buildings at most 1.5 times the time.
"""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from geo.cell_sums import Overlay
from geo.density_tiles import Density
from geo.morton import keys_of_unit, lonlat, unit_xy
from geo.point_index import PointIndex, Selection
from geo.point_layer import PointLayer, Theme
from geo.point_tiles import tile

Address = tuple[int, int, int]
BUILDINGS = 175_700
ZOOMS = range(8, 18)  # data zooms; the map shows each one zoom further in
ASIDE = 0.5  # share of steps that look beside the place, as panning does


@dataclass(frozen=True)
class Figures:
    """What a walk measured: milliseconds and kilobytes a tile; ready_ms: sums made beforehand, once per filter."""

    first_building_zoom: int
    ready_ms: float
    p50_ms: float
    p99_ms: float
    slowest_ms: float
    p99_kb: float
    largest_kb: float
    largest_gzip_kb: float


def walk(places: PointIndex, seed: int, steps: int = 500) -> list[Address]:
    """Tiles a person might look at: at each step any zoom, a tile that holds some place, or one beside it."""
    chance = np.random.default_rng(seed)
    zoom, row = chance.choice(ZOOMS, steps), chance.integers(len(places), size=steps)
    aside = chance.integers(-1, 2, (2, steps)) * (chance.random(steps) < ASIDE)
    x, y = (
        np.floor(unit[row] * 2.0**zoom).astype(int) + step
        for unit, step in zip((places.x, places.y), aside, strict=True)
    )
    return [(int(z), int(a % (1 << z)), int(np.clip(b, 0, (1 << z) - 1))) for z, a, b in zip(zoom, x, y, strict=True)]


def measured(
    make: Callable[[int, int, int], bytes], addresses: Iterable[Address], ready_ms: float, zoom: int
) -> Figures:
    """The figures of a walk over tiles, none of which is kept from one step to the next."""
    seconds, sizes, packed = [], [], []
    for address in addresses:
        start = perf_counter()
        made = make(*address)
        seconds.append(perf_counter() - start)
        sizes.append(len(made))
        packed.append(len(gzip.compress(made, 6)))
    ms, kb = np.array(seconds) * 1e3, np.array(sizes) / 1e3
    figures = (
        ready_ms,
        np.median(ms),
        np.quantile(ms, 0.99),
        ms.max(),
        np.quantile(kb, 0.99),
        kb.max(),
        max(packed) / 1e3,
    )
    return Figures(zoom, *(round(float(figure), 2) for figure in figures))


def theme_tiles(
    places: PointIndex,
    chosen: np.ndarray | None,
    theme: Theme,
    overlays: Mapping[str, Overlay],
    addresses: Iterable[Address],
) -> Figures:
    """Figures of the tiles of a theme. The first tile of a filter waits for `ready_ms` besides."""
    start = perf_counter()
    point_layer = PointLayer(Selection(places, chosen), theme, overlays)
    zoom = point_layer.selection.first_building_zoom
    point_layer.sums(ZOOMS[0])
    return measured(lambda *at: tile(point_layer, *at), addresses, (perf_counter() - start) * 1e3, zoom)


def density_tiles(places: PointIndex, chosen: np.ndarray | None, addresses: Iterable[Address]) -> Figures:
    """Figures of the tiles of density."""
    start = perf_counter()
    density = Density(Selection(places, chosen))
    for zoom in ZOOMS:
        density.breaks(zoom)
    return measured(density.tile, addresses, (perf_counter() - start) * 1e3, 0)


def questions(
    places: PointIndex,
    chosen: np.ndarray | None,
    theme: Theme,
    overlays: Mapping[str, Overlay],
    seed: int,
    times: int = 200,
) -> dict[str, tuple[float, float]]:
    """Milliseconds, p50 and p99, of the legend's counts for views of all sizes and of clicks on the map."""
    point_layer, chance = PointLayer(Selection(places, chosen), theme, overlays), np.random.default_rng(seed)
    row = chance.integers(len(places), size=times)
    lon, lat = lonlat(places.x[row], places.y[row])
    half = 10 ** chance.uniform(-3, -0.3, times)  # degrees: from a street to the whole city
    boxes = np.column_stack((lon - half, lat - half, lon + half, lat + half)).tolist()
    point_layer.counts_in_view(*boxes[0])
    asked = {
        "legend": [_ms(lambda box=box: point_layer.counts_in_view(*box)) for box in boxes],
        "click": [_ms(lambda at=at: point_layer.selection.nearest(*at, 200)) for at in zip(lon, lat, strict=True)],
    }
    return {
        name: (round(float(np.median(ms)), 2), round(float(np.quantile(ms, 0.99)), 2)) for name, ms in asked.items()
    }


def _ms(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1e3


def invented_places(n: int, seed: int = 1, clusters: int = 600) -> PointIndex:
    """An invented city of about 31 by 33 km: neighbourhoods of different size and density. n places."""
    chance = np.random.default_rng(seed)
    lon, lat = chance.uniform(113.75, 114.05, clusters), chance.uniform(22.55, 22.85, clusters)
    share, spread = chance.lognormal(0, 0.8, clusters), chance.uniform(0.0015, 0.006, clusters)
    home = chance.choice(clusters, n, p=share / share.sum())
    x, y = unit_xy(lon[home] + chance.normal(0, spread[home]), lat[home] + chance.normal(0, spread[home]))
    key = keys_of_unit(x, y)
    order = np.argsort(key, kind="stable")
    return PointIndex(x[order], y[order], key[order])


def invented_theme(n: int, seed: int = 2) -> tuple[Theme, dict[str, Overlay]]:
    """Five classes, the last of them the unrated, with open hazards and vacant homes."""
    chance = np.random.default_rng(seed)
    hazards, vacant = chance.poisson(0.3, n), chance.poisson(0.05, n)
    overlays = {"h": Overlay(hazards, np.minimum(hazards, 2)), "v": Overlay(vacant, np.minimum(vacant, 1))}
    return Theme(chance.choice(5, n, p=(0.1, 0.2, 0.4, 0.2, 0.1)).astype(np.int8) - 1, 5), overlays


def main() -> None:
    for n in (BUILDINGS, 10 * BUILDINGS):
        places = invented_places(n)
        theme, overlays = invented_theme(n)
        for chosen in (None, np.random.default_rng(3).random(n) < 0.2):
            filtered = "one in five" if chosen is not None else "all"
            addresses = walk(places, seed=4)
            print(f"{n:>9,} {filtered:<11} theme   {theme_tiles(places, chosen, theme, overlays, addresses)}")
            print(f"{n:>9,} {filtered:<11} density {density_tiles(places, chosen, addresses)}")
            print(f"{n:>9,} {filtered:<11} p50, p99 ms {questions(places, chosen, theme, overlays, seed=5)}")


if __name__ == "__main__":
    main()
