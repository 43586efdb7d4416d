"""A few hundred invented places for the tests, and what a tile of them says."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import mapbox_vector_tile
import numpy as np
from hypothesis import strategies as st

from geo.cell_sums import Overlay
from geo.morton import keys_of_unit, unit_xy
from geo.point_index import PointIndex, Selection
from geo.point_layer import PointLayer, Theme

WEST, SOUTH, EAST, NORTH = 113.90, 22.50, 114.05, 22.62
CLASSES = 4


@dataclass(frozen=True, repr=False)
class City:
    places: PointIndex
    lon: np.ndarray
    lat: np.ndarray
    chosen: np.ndarray | None
    point_layer: PointLayer

    @property
    def rows(self) -> np.ndarray:
        """The selected rows, by the plain way."""
        return np.arange(len(self.lon)) if self.chosen is None else np.flatnonzero(self.chosen)


def city(n: int, seed: int = 0, filtered: bool = True) -> City:
    """n places, half of them in one dense spot, some at the very same place."""
    chance = np.random.default_rng(seed)
    lon, lat = chance.uniform(WEST, EAST, n), chance.uniform(SOUTH, NORTH, n)
    dense, same = np.arange(n) % 2 == 0, min(n // 10, 20)
    lon[dense], lat[dense] = chance.normal(113.95, 0.005, dense.sum()), chance.normal(22.55, 0.005, dense.sum())
    lon[:same], lat[:same] = lon[-1:], lat[-1:]
    x, y = unit_xy(lon, lat)
    order = np.argsort(keys_of_unit(x, y), kind="stable")
    places = PointIndex(x[order], y[order], keys_of_unit(x, y)[order])
    hazards, vacant = chance.poisson(0.5, n), chance.poisson(0.1, n)
    overlays = {"h": Overlay(hazards, np.minimum(hazards, 2)), "v": Overlay(vacant, np.minimum(vacant, 1))}
    chosen = chance.random(n) < 0.6 if filtered else None
    theme = Theme(chance.integers(-1, CLASSES - 1, n).astype(np.int8), CLASSES)
    return City(places, lon[order], lat[order], chosen, PointLayer(Selection(places, chosen), theme, overlays))


@cache
def crowded_city() -> City:
    """One whose single buildings are shown only some zooms further in."""
    return city(20_000, seed=5, filtered=False)


cities = st.builds(city, st.integers(0, 400), st.integers(0, 2**32 - 1), st.booleans())


def features(tile: bytes, layer: str) -> list[dict]:
    """The features of a layer, y down; none where the layer is missing."""
    decoded = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return decoded.get(layer, {"features": []})["features"]


def points(feature: dict) -> list[tuple[int, int]]:
    coordinates = feature["geometry"]["coordinates"]
    return [tuple(coordinates)] if feature["geometry"]["type"] == "Point" else [tuple(point) for point in coordinates]


def tiles_over(places: PointIndex, z: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a zoom that holds a place, and those around."""
    x, y = np.floor(places.x * 2**z).astype(int), np.floor(places.y * 2**z).astype(int)
    if len(x):
        for column in range(x.min() - 1, x.max() + 2):
            yield from ((z, column, row) for row in range(y.min() - 1, y.max() + 2))
