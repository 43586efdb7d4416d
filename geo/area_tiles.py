"""Vector tiles of area outlines: the choropleth and the names upon it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.morton import unit_xy
from geo.mvt import POINT, POLYGON, TILE_PX, TileLayer, multipoint, polygons, tile_bytes, tile_units
from geo.point_in_area import checked
from geo.point_tiles import check_address

Ints = NDArray[np.int64]

MARGIN_PX = 32  # a stroke along the clipping edge must lie outside what is drawn
SIMPLIFIED_PX = 0.75  # corners that move a border by less than this are left out
SMALLEST_PX = 1.0  # outlines whose box is smaller than this both ways are left out
JOINED_BELOW_PX = 12  # outlines too small to be clicked are drawn together, one feature for each class and without id
NAMED_FROM_PX = 24  # a name needs an area at least this wide, the width of two Chinese characters


@dataclass(frozen=True, eq=False)
class AreaIndex:
    """The areas of one level with an index of their boxes, made ready for tiles once.

    shapes: valid (multi)polygons in Web-Mercator 0..1, y down, (n,); numbers: the ids that a click gives back, whole
    numbers above 0, (n,).
    """

    shapes: NDArray[np.object_]
    numbers: Sequence[int]

    @classmethod
    def of(cls, outlines: Sequence[shapely.Geometry] | np.ndarray, numbers: Sequence[int]) -> "AreaIndex":
        """Outlines in WGS 84 degrees. Raises BrokenOutline, and OffTheMap beyond Web-Mercator's edge."""
        shapes = shapely.transform(checked(outlines), lambda lonlat: np.column_stack(unit_xy(*lonlat.T)))
        return cls(shapes, numbers)

    @cached_property
    def label_points(self) -> NDArray[np.float64]:
        """A point inside each area for its name, (n, 2)."""
        return shapely.get_coordinates(shapely.point_on_surface(self.shapes))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def _simplified(self) -> dict[int, NDArray[np.object_]]:
        return {}

    def at_zoom(self, z: int) -> NDArray[np.object_]:
        """The shapes without the corners that a zoom cannot show; borders that areas share stay shared."""
        if z not in self._simplified:
            simple = shapely.coverage_simplify(self.shapes, SIMPLIFIED_PX / (TILE_PX << z))
            good = shapely.is_valid(simple) & ~shapely.is_empty(simple)  # overlapping areas may come out crossed
            self._simplified[z] = np.where(good, simple, self.shapes)
        return self._simplified[z]

    def touching(self, west: float, north: float, east: float, south: float) -> Ints:
        """The areas whose boxes touch a box in Web-Mercator 0..1, rising."""
        return np.sort(self._tree.query(shapely.box(west, north, east, south)))


def outline_tile(
    z: int, x: int, y: int, index: AreaIndex, values: Sequence[int] | np.ndarray, names: Sequence[str]
) -> bytes:
    """The vector tile, uncompressed, extent 4096: layer `areas`, polygons with class v and id, and `names`.

    values: the class of each area, -1 for none (then v is left out), (n,); names: in the language of the page, (n,).
    Areas too small to click share one feature per class, without id. Polygons reach 32 css pixels beyond the tile.
    A name stands in the one tile that holds its point, where its area is wide enough for it. Raises NoSuchTile.
    """
    check_address(z, x, y)
    margin = MARGIN_PX / TILE_PX
    edges = np.array((x - margin, y - margin, x + 1 + margin, y + 1 + margin)) / (1 << z)
    touching = index.touching(*edges)
    size_px = np.ptp(shapely.bounds(index.shapes[touching]).reshape(-1, 2, 2), axis=1).max(axis=1) * (TILE_PX << z)
    seen, named = size_px >= SMALLEST_PX, size_px >= NAMED_FROM_PX
    areas, owner = _features(touching[seen], size_px[seen] < JOINED_BELOW_PX, np.asarray(values, np.int64))
    clipped = shapely.orient_polygons(shapely.clip_by_rect(index.at_zoom(z)[areas], *edges))
    layer = TileLayer("areas")
    for first, several, geometry in _drawn(clipped, owner, (z, x, y)):
        area = int(areas[first])
        properties = {"v": int(values[area])} if values[area] >= 0 else {}
        layer.add(POLYGON, geometry, properties, 0 if several else int(index.numbers[area]))
    return tile_bytes(layer, _names_layer(touching[named], (z, x, y), index, names))


def _features(areas: Ints, small: NDArray[np.bool_], values: Ints) -> tuple[Ints, Ints]:
    """The areas ordered by the feature they are drawn in, and the number of that feature from 0: small areas share
    one feature for each value, the others have one each."""
    value = values[areas]
    order = np.lexsort((areas, value, ~small))
    areas, small, value = areas[order], small[order], value[order]
    fresh = ~small
    fresh[1:] |= value[1:] != value[:-1]
    fresh[:1] = True
    return areas, np.cumsum(fresh) - 1


def _drawn(
    clipped: NDArray[np.object_], owner: Ints, address: tuple[int, int, int]
) -> Iterator[tuple[int, bool, list[int]]]:
    """For each feature the position of its first area, whether it has several, and its commands."""
    parts, area = shapely.get_parts(clipped, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.searchsorted(owner, np.arange(len(owner) + 1))
    for feature, geometry in polygons(tile_units(corners[:, 0], corners[:, 1], *address), ring, owner[area[part]]):
        yield int(first[feature]), bool(first[feature + 1] - first[feature] > 1), geometry


def _names_layer(areas: Ints, address: tuple[int, int, int], index: AreaIndex, names: Sequence[str]) -> TileLayer:
    z, x, y = address
    label_points = index.label_points[areas]
    here = (np.floor(label_points * (1 << z)) == (x, y)).all(axis=1)
    points = tile_units(label_points[here, 0], label_points[here, 1], z, x, y)
    layer = TileLayer("names")
    for area, point in zip(areas[here], points, strict=True):
        layer.add(POINT, multipoint(point[None]), {"name": names[area]}, int(index.numbers[area]))
    return layer
