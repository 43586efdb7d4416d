"""Vector tiles of density: how many selected places stand in each square of 16 css pixels, in six classes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.cell_sums import added
from geo.morton import cell_xy, parents
from geo.mvt import EXTENT, POINT, TileLayer, multipoint, tile_bytes
from geo.point_index import Selection, cell_counts, run_starts
from geo.point_tiles import cells_around, check_address

Ints = NDArray[np.int64]

DENSITY_LEVELS = 5  # 2**5 squares along a tile's side, 16 css pixels each
DENSITY_CLASSES = 6  # as many steps of one colour as an eye tells apart
TOP_SHARE = 0.995  # the highest class begins below the fullest squares, or one tower would bleach the city
FINEST = 20  # squares finer than this are counted tile by tile: there are about as many of them as places


@dataclass(frozen=True, eq=False)
class Density:
    """The counts of a selection's squares, level by level; the classes of a zoom hold for the whole selection."""

    selection: Selection

    @cached_property
    def _counts(self) -> dict[int, tuple[Ints, Ints]]:
        return {FINEST: cell_counts(self.selection.take(self.selection.places.key), FINEST)}

    @cached_property
    def _breaks(self) -> dict[int, tuple[int, ...]]:
        return {}

    def counts(self, level: int) -> tuple[Ints, Ints]:
        """The squares of a level that hold any place, rising, and how many each holds."""
        if level > FINEST:
            return cell_counts(self.selection.take(self.selection.places.key), level)
        found = self._counts.get(level)
        if found is None:
            cells, counts = self.counts(level + 1)
            starts = run_starts(cells >> 2)
            found = self._counts[level] = (cells >> 2)[starts], added(counts, starts)
        return found

    def breaks(self, z: int) -> tuple[int, ...]:
        """The least count of classes 1..5 at a data zoom, rising; class 0 begins at one place."""
        if z not in self._breaks:
            _, counts = self.counts(z + DENSITY_LEVELS)
            top = np.quantile(counts, TOP_SHARE) if len(counts) else 1
            steps = np.geomspace(1, max(top, DENSITY_CLASSES), DENSITY_CLASSES + 1)[1:-1]
            self._breaks[z] = tuple(np.maximum(np.ceil(steps), range(2, DENSITY_CLASSES + 1)).astype(int).tolist())
        return self._breaks[z]

    def tile(self, z: int, x: int, y: int) -> bytes:
        """The vector tile: layer `density`, a feature per class d = 0..5 whose points are the squares' centres.

        One ring of squares around the tile is included. Raises NoSuchTile.
        """
        check_address(z, x, y)
        cells, counts = self._around(z, x, y)
        column, row = cell_xy(cells, z + DENSITY_LEVELS)
        side = EXTENT >> DENSITY_LEVELS
        points = np.stack((column, row), axis=-1) * side + side // 2 - np.array((x, y)) * EXTENT
        classes = np.searchsorted(self.breaks(z), counts, side="right")
        layer = TileLayer("density")
        for d in np.unique(classes).tolist():
            layer.add(POINT, multipoint(points[classes == d]), {"d": d})
        return tile_bytes(layer)

    def _around(self, z: int, x: int, y: int) -> tuple[Ints, Ints]:
        level = z + DENSITY_LEVELS
        wanted = cells_around(z, x, y, DENSITY_LEVELS)
        if level > FINEST:
            rows = self.selection.rows_in(wanted, level)
            found = parents(self.selection.places.key[rows], level)
            starts = run_starts(found)
            return found[starts], np.diff(starts, append=len(found))
        cells, counts = self.counts(level)
        at = np.searchsorted(cells, wanted)
        at = at[at < len(cells)]
        at = at[cells[at] == wanted[: len(at)]]
        return cells[at], counts[at]
