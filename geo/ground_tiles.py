"""Vector tiles of the ground: water, green, blocks, footprints, roads and rails.

A tile is 512 css pixels wide: the tiles of zoom z are drawn on the map at zoom z + 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.morton import unit_xy
from geo.mvt import LINE, POINT, POLYGON, TILE_PX, TileLayer, lines, multipoint, polygons, tile_bytes, tile_units
from geo.point_tiles import check_address

Ints = NDArray[np.int64]

MARGIN_PX = 32  # the widest stroke along the clipping edge must lie outside what is drawn
SIMPLIFIED_PX = 0.5  # corners that move an edge by less than this are left out
EXACT_FROM_ZOOM = 15  # where half a pixel is a metre and less
SMALLEST_PX = 1.5  # water, green and the like whose box is smaller than this both ways are left out
NAMED_FROM_PX = 40  # a name needs water or green at least this wide
FROM_ZOOM: Mapping[str, int] = {  # of the tile from which each kind of feature, and class of road, is in it
    "water": 0,
    "green": 0,
    "block": 13,
    "footprint": 16,
    "motorway": 8,
    "main": 10,
    "rail": 11,
    "street": 13,
    "path": 15,
}
POLYGON_LAYERS = {"water": "water", "green": "green", "block": "blocks", "footprint": "footprints"}  # by kind
ROADS, RAIL = "roads", "rail"
NAMED = ("water", "green")  # at a point; roads have their names along the line


@dataclass(frozen=True, eq=False)
class GroundIndex:
    """The ground of a city with an index of its boxes, made ready for tiles once.

    shapes: valid (multi)polygons and (multi)lines in Web-Mercator 0..1, y down; kinds: keys of FROM_ZOOM, of a road its
    class; both (n,).
    """

    shapes: NDArray[np.object_]
    kinds: NDArray[np.str_]

    @classmethod
    def of(cls, geometry: Sequence[shapely.Geometry] | np.ndarray, kinds: Sequence[str] | np.ndarray) -> "GroundIndex":
        """geometry: in WGS 84 degrees. Raises OffTheMap beyond Web-Mercator's edge."""
        shapes = np.array(geometry, object)
        projected = shapely.transform(shapes, lambda lonlat: np.column_stack(unit_xy(*lonlat.T)))
        return cls(projected, np.array(kinds, np.str_))

    def __len__(self) -> int:
        return len(self.shapes)

    @cached_property
    def from_zoom(self) -> Ints:
        """The first zoom whose tiles hold each feature, (n,)."""
        return np.array([FROM_ZOOM[kind] for kind in self.kinds.tolist()], np.int64)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    def at_zoom(self, z: int, rows: Ints) -> NDArray[np.object_]:
        """Some shapes without the corners that a zoom cannot show; whole, so that neighbouring tiles agree."""
        if z >= EXACT_FROM_ZOOM:
            return self.shapes[rows]
        return shapely.simplify(self.shapes[rows], SIMPLIFIED_PX / (TILE_PX << z))

    def touching(self, z: int, edges: np.ndarray) -> Ints:
        """The features of a zoom whose boxes touch west, north, east, south in Web-Mercator 0..1, rising."""
        near = np.sort(self._tree.query(shapely.box(*edges)))
        return near[self.from_zoom[near] <= z]


def ground_tile(z: int, x: int, y: int, index: GroundIndex, names: Sequence[str]) -> bytes:
    """The vector tile, uncompressed, extent 4096: layers `water`, `green`, `blocks`, `footprints`, `roads`, `labels`.

    names: of each feature in the language of the page, "" for none, (n,). Roads carry `class` and `name`, those of one
    class and name are one feature; the others of one layer are a single feature without properties. Labels are points
    with `kind` and `name`. Everything reaches 32 css pixels beyond the tile. Raises NoSuchTile.
    """
    check_address(z, x, y)
    margin = MARGIN_PX / TILE_PX
    edges = np.array((x - margin, y - margin, x + 1 + margin, y + 1 + margin)) / (1 << z)
    near = index.touching(z, edges)
    size_px = np.ptp(shapely.bounds(index.shapes[near]).reshape(-1, 2, 2), axis=1).max(axis=1) * (TILE_PX << z)
    near, size_px = near[size_px >= SMALLEST_PX], size_px[size_px >= SMALLEST_PX]
    kinds = index.kinds[near]
    tile = (z, x, y)
    clipped = shapely.clip_by_rect(index.at_zoom(z, near), *edges)
    layers = []
    for kind, layer_name in POLYGON_LAYERS.items():
        layers.append(_polygon_layer(layer_name, clipped[kinds == kind], tile))
    is_line = ~np.isin(kinds, list(POLYGON_LAYERS))
    layers.append(_road_layer(clipped[is_line], kinds[is_line], [names[row] for row in near[is_line]], tile))
    wide = np.isin(kinds, NAMED) & (size_px >= NAMED_FROM_PX)
    layers.append(_labels(index, near[wide], names, tile))
    return tile_bytes(*layers)


def _polygon_layer(name: str, clipped: NDArray[np.object_], tile: tuple[int, int, int]) -> TileLayer:
    layer = TileLayer(name)
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(clipped)))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    owner = np.zeros(len(rings), np.int64)
    for _, geometry in polygons(tile_units(corners[:, 0], corners[:, 1], *tile), ring, owner):
        layer.add(POLYGON, geometry, {})
    return layer


def _road_layer(
    clipped: NDArray[np.object_], kinds: np.ndarray, names: Sequence[str], tile: tuple[int, int, int]
) -> TileLayer:
    """The narrower roads first, so that the wider lie on them."""
    layer = TileLayer(ROADS)
    each = [(-FROM_ZOOM[kind], kind, name) for kind, name in zip(kinds.tolist(), names, strict=True)]
    features = sorted(set(each))
    number = {feature: position for position, feature in enumerate(features)}
    of_feature = np.array([number[feature] for feature in each], np.int64)
    order = np.argsort(of_feature, kind="stable")
    parts, source = shapely.get_parts(clipped[order], return_index=True)
    points, line = shapely.get_coordinates(parts, return_index=True)
    for feature, geometry in lines(tile_units(points[:, 0], points[:, 1], *tile), line, of_feature[order][source]):
        _, kind, name = features[feature]
        layer.add(LINE, geometry, {"class": kind} | ({"name": name} if name else {}))
    return layer


def _labels(index: GroundIndex, rows: Ints, names: Sequence[str], tile: tuple[int, int, int]) -> TileLayer:
    """The name of water or green stands in the one tile that holds its point."""
    z, x, y = tile
    rows = np.array([row for row in rows.tolist() if names[row]], np.int64)
    at = shapely.get_coordinates(shapely.point_on_surface(index.shapes[rows]))
    here = (np.floor(at * (1 << z)) == (x, y)).all(axis=1)
    layer = TileLayer("labels")
    for row, point in zip(rows[here], tile_units(at[here, 0], at[here, 1], z, x, y), strict=True):
        layer.add(POINT, multipoint(point[None]), {"kind": str(index.kinds[row]), "name": names[row]})
    return layer
