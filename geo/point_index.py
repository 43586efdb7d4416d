"""Places sorted by their key, and selections of them: every square of the map is a slice."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import EARTH_RADIUS_M, metres_between
from geo.morton import BITS, cell_range, cells_in, lonlat, parents, unit_xy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_BUILDINGS_A_TILE = 8000  # a tile of them is under 40 KB and is drawn by a phone in a few frames
NEAR_ZOOM = 14  # marks are drawn smaller below this data zoom; more than MOST_FAR_A_TILE would run into a blot
MOST_FAR_A_TILE = 1500
FIRST_ZOOM, LAST_ZOOM = 9, 17  # data zooms between which a selection changes from cells to single buildings


@dataclass(frozen=True, eq=False)
class PointIndex:
    """Rows of a snapshot, sorted by key; the arrays may be memory-mapped.

    x, y: Web-Mercator in 0..1, y down, float64 (n,); key: geo.morton.keys of them, int64 (n,), rising.
    """

    x: Floats
    y: Floats
    key: Ints

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, eq=False)
class Selection:
    """The places that a filter leaves. chosen: bool (n,), or None for all of them.

    What is asked of it is worked out at the first asking and kept.
    """

    places: PointIndex
    chosen: NDArray[np.bool_] | None = None

    @cached_property
    def _rows(self) -> NDArray[np.int32] | None:
        """Positions of the selected rows, rising; None when every row is selected."""
        return None if self.chosen is None else np.flatnonzero(self.chosen).astype(np.int32)

    def __len__(self) -> int:
        return len(self.places) if self._rows is None else len(self._rows)

    def take(self, column: np.ndarray) -> np.ndarray:
        """The selected rows of a column of the snapshot."""
        return column if self._rows is None else column[self._rows]

    def rows_in(self, cells: Ints, level: int) -> Ints:
        """The selected rows inside the given cells of a level, rising. cells: sorted, without repeats."""
        if not len(cells):
            return np.empty(0, np.int64)
        gap = np.diff(cells) != 1  # cells that follow each other are one range
        low, _ = cell_range(cells[np.concatenate(([True], gap))], level)
        _, high = cell_range(cells[np.concatenate((gap, [True]))], level)
        return self.rows_between(low, high)

    def rows_between(self, low: Ints, high: Ints) -> Ints:
        """The selected rows whose keys lie in any of the ranges [low, high), which rise and do not overlap."""
        start, stop = (np.searchsorted(self.places.key, bound) for bound in (low, high))
        if self._rows is not None:
            start, stop = (np.searchsorted(self._rows, bound) for bound in (start, stop))
        found = _counted_up(start, stop - start)
        return found if self._rows is None else self._rows[found].astype(np.int64)

    @cached_property
    def first_building_zoom(self) -> int:
        """The data zoom from which the fullest tile holds no more than `most_a_tile` places.

        Below it cells are drawn, from it on every building; a strong filter shows single buildings further out.
        """
        cells, counts = cell_counts(self.take(self.places.key), LAST_ZOOM)
        for zoom in range(LAST_ZOOM, FIRST_ZOOM - 1, -1):
            if counts.max(initial=0) > most_a_tile(zoom):
                return min(zoom + 1, LAST_ZOOM)
            starts = run_starts(cells >> 2)
            cells, counts = (cells >> 2)[starts], _added(counts, starts)
        return FIRST_ZOOM

    def nearest(self, lon: float, lat: float, metres: float) -> int | None:
        """The row of the selected place nearest to a point, None where none is within `metres`; ties by row."""
        rows = self.rows_in(*_cells_around(lon, lat, metres))
        distance = metres_between(lon, lat, *lonlat(self.places.x[rows], self.places.y[rows]))
        if not len(rows) or distance.min() > metres:
            return None
        return int(rows[np.argmin(distance)])


def most_a_tile(zoom: int) -> int:
    """How many single buildings a tile of a data zoom may show."""
    return MOST_BUILDINGS_A_TILE if zoom >= NEAR_ZOOM else MOST_FAR_A_TILE


def run_starts(cells: Ints) -> Ints:
    """Where each run of equal numbers begins in a sorted array."""
    if not len(cells):
        return np.empty(0, np.int64)
    return np.concatenate(([0], np.flatnonzero(cells[1:] != cells[:-1]) + 1))


def cell_counts(keys: Ints, level: int) -> tuple[Ints, Ints]:
    """The cells of a level that hold any of the sorted keys, sorted, and how many each holds."""
    cells = parents(keys, level)
    starts = run_starts(cells)
    return cells[starts], np.diff(starts, append=len(cells))


def _added(amounts: Ints, starts: Ints) -> Ints:
    return np.add.reduceat(amounts, starts) if len(starts) else amounts


def _counted_up(start: Ints, length: Ints) -> Ints:
    """start, start + 1, … for each range, one after the other."""
    before = np.cumsum(length) - length
    return np.repeat(start - before, length) + np.arange(int(length.sum()))


def _cells_around(lon: float, lat: float, metres: float) -> tuple[Ints, int]:
    """At most four cells that hold every place within `metres`, and their level."""
    up = float(np.degrees(metres / EARTH_RADIUS_M))
    across = up / float(np.cos(np.radians(min(abs(lat) + up, 85))))
    west, north = unit_xy(max(lon - across, -180), min(lat + up, 85))
    east, south = unit_xy(min(lon + across, 180), max(lat - up, -85))
    side = max(float(east - west), float(south - north), 2.0**-BITS)
    level = int(np.clip(-np.ceil(np.log2(side)), 0, BITS))
    first_column, first_row, last_column, last_row = (int(edge * (1 << level)) for edge in (west, north, east, south))
    columns, rows = last_column - first_column + 1, last_row - first_row + 1
    return cells_in(first_column, first_row, columns, rows, level), level
