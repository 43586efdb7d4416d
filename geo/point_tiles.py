"""Vector tiles of places: far out cells that show how many and of what mix, close in every building.

The browser (protomaps-leaflet 5.1) draws each data tile as four display tiles, skips a feature whose box lies more
than 16 css pixels outside a display tile, and clips the rest. So a tile carries what stands around it as well.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.cell_sums import CellSums
from geo.errors import NoSuchTile
from geo.morton import cell_xy, cells_in
from geo.mvt import EXTENT, POINT, TileLayer, multipoint, multipoints, tile_bytes, tile_units
from geo.point_layer import CELL_LEVELS, CELLS_A_SIDE, PointLayer

Ints = NDArray[np.int64]

DEEPEST_ZOOM = 19  # cells of a tile this deep are still no smaller than a key's square
MARGIN_LEVELS = 4  # places are taken 512 / 2**4 = 32 css pixels around the tile, the reach of the largest symbol


def tile(point_layer: PointLayer, z: int, x: int, y: int) -> bytes:
    """The vector tile of a drawing, uncompressed, extent 4096: one layer, `cells` or `buildings`.

    `cells` below the selection's first building zoom: a feature per cell of 64 css pixels, a ring of cells around the
    tile included. Its points are the mean place of the cell's buildings and the cell's south-west and north-east
    corners; the corners widen the box by which a renderer decides to skip it. Properties: n places, c0, c1, … places
    per class, and the sum of each mark; what is 0 is left out.

    `buildings` from that zoom on: a feature of many points for each mix of class c and states of the marks (left out
    at 0), the last class first, so that the first class lies on top. Places within 32 css pixels are included.

    Raises NoSuchTile.
    """
    check_address(z, x, y)
    if z < point_layer.selection.first_building_zoom:
        return tile_bytes(_cells_layer(point_layer, z, x, y))
    return tile_bytes(_buildings_layer(point_layer, z, x, y))


def check_address(z: int, x: int, y: int) -> None:
    """Raises NoSuchTile for a tile that is not on the map or deeper than the keys reach."""
    if not (0 <= z <= DEEPEST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NoSuchTile(
            "There is no tile {z}/{x}/{y}; z goes from 0 to {deepest_zoom}, x and y from 0 to 2^z - 1.",
            z=z,
            x=x,
            y=y,
            deepest_zoom=DEEPEST_ZOOM,
        )


def cells_around(z: int, x: int, y: int, levels: int) -> Ints:
    """The cells of level z + levels in a tile and one ring of them around it, sorted."""
    side = 1 << levels
    return cells_in(x * side - 1, y * side - 1, side + 2, side + 2, z + levels)


def _cells_layer(point_layer: PointLayer, z: int, x: int, y: int) -> TileLayer:
    sums = point_layer.sums(z + CELL_LEVELS).of_cells(cells_around(z, x, y, CELL_LEVELS))
    layer = TileLayer("cells")
    names = ["n", *(f"c{c}" for c in range(point_layer.theme.classes)), *point_layer.overlays]
    numbers = np.column_stack((sums.count, sums.by_class, sums.amounts)).tolist()
    for geometry, row in zip(_cell_points(sums, z, x, y), numbers, strict=True):
        layer.add(POINT, geometry, {name: number for name, number in zip(names, row, strict=True) if number})
    return layer


def _cell_points(sums: CellSums, z: int, x: int, y: int) -> list[list[int]]:
    centre = tile_units(sums.x / sums.count, sums.y / sums.count, z, x, y)
    side = EXTENT // CELLS_A_SIDE
    north_west = np.stack(cell_xy(sums.cells, sums.level), axis=-1) * side - np.array((x, y)) * EXTENT
    south_west, north_east = north_west + np.array((0, side)), north_west + np.array((side, 0))
    return multipoints(np.stack((centre, south_west, north_east), axis=1))


def _buildings_layer(point_layer: PointLayer, z: int, x: int, y: int) -> TileLayer:
    rows = point_layer.selection.rows_in(cells_around(z, x, y, MARGIN_LEVELS), z + MARGIN_LEVELS)
    places = point_layer.selection.places
    points = tile_units(places.x[rows], places.y[rows], z, x, y)
    overlays = point_layer.overlays
    looks = (-point_layer.theme.class_of[rows], *(overlay.states[rows] for overlay in overlays.values()))
    layer = TileLayer("buildings")
    for (last_first, *states), members in groups(looks):
        shown = {name: state for name, state in zip(overlays, states, strict=True) if state}
        layer.add(POINT, multipoint(points[members]), {"c": -last_first, **shown})
    return layer


def groups(columns: Sequence[np.ndarray]) -> list[tuple[tuple[int, ...], Ints]]:
    """Each different row of equally long columns of whole numbers, smallest first, with the positions it is found at,
    rising: positions in the order of keys keep the steps from point to point short."""
    order = np.lexsort(columns[::-1])
    table = np.stack([column[order] for column in columns])
    starts = np.flatnonzero(np.concatenate(([True], (table[:, 1:] != table[:, :-1]).any(axis=0)))[: len(order)])
    return [(tuple(table[:, i].tolist()), m) for i, m in zip(starts, np.split(order, starts[1:]), strict=False)]
