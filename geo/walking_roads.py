"""How long it takes to walk between places over roads, by shortest paths on the piece of the network around them.

A place is joined to the nearest point of the nearest road, not to its nearest junction: within 150 m that alone would
nearly triple the ways. No way is shorter than the straight line. What no road joins is walked by the straight line and
a factor, and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree

from geo.coordinates import EARTH_RADIUS_M, metres_between
from geo.walking import WALK_FACTOR, WALK_KMH, seconds_on_foot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN_M = 300  # around the places: in a trial no way within a grid changed with five times as much
SAME_PLACE_M = 0.01  # vertices of two lines that are one junction, as files write them
DEGREE_M = EARTH_RADIUS_M * np.pi / 180


@dataclass(frozen=True)
class Roads:
    """Pieces of road between two junctions or bends, on a plane of metres about one latitude.

    x, y: metres of the nodes (nodes,); ends: rows of nodes, int64 (pieces, 2); latitude: at which the plane touches.
    """

    x: Floats
    y: Floats
    ends: Ints
    latitude: float

    @cached_property
    def tree(self) -> STRtree:
        points = np.column_stack([self.x, self.y])[self.ends]
        return STRtree(shapely.linestrings(points))


@dataclass(frozen=True)
class OnFoot:
    """seconds: int64 (n, n), rounded up; unreached: places that no road joins to where most of the others are."""

    seconds: Ints
    unreached: int


def roads_of(lines: Sequence[shapely.Geometry] | np.ndarray) -> Roads:
    """The network of LineStrings in WGS 84 degrees; they are cut where they cross or touch, as files often do not."""
    degrees = shapely.get_coordinates(lines)
    latitude = float(degrees[:, 1].mean()) if len(degrees) else 0.0
    drawn = shapely.multilinestrings(shapely.get_parts(lines))
    drawn = shapely.transform(drawn, lambda at: np.column_stack(_plane(at[:, 0], at[:, 1], latitude)))
    parts = shapely.get_parts(shapely.node(shapely.set_precision(drawn, SAME_PLACE_M)))
    points, line = shapely.get_coordinates(parts, return_index=True)
    nodes, row = np.unique(np.round(points / SAME_PLACE_M).astype(np.int64), axis=0, return_inverse=True)
    ends = np.sort(np.column_stack([row[:-1], row[1:]])[line[:-1] == line[1:]], axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    x, y = nodes.T * SAME_PLACE_M
    return Roads(x, y, ends.astype(np.int64), latitude)


def walking_seconds_by_road(
    roads: Roads, lon: ArrayLike, lat: ArrayLike, factor: float = WALK_FACTOR, kmh: float = WALK_KMH
) -> OnFoot:
    """Seconds of walking from each place to each, as `walking_seconds` gives them, over roads where these lead there.

    lon, lat: WGS 84 degrees, (n,). factor: for places that no road joins.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    straight = metres_between(lon[:, None], lat[:, None], lon, lat)
    metres = np.full_like(straight, np.inf)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if len(known) and len(roads.ends):
        metres[np.ix_(known, known)] = _metres(roads, *_plane(lon[known], lat[known], roads.latitude))
    by_road = np.where(np.isfinite(metres) & (straight > 0), np.maximum(metres, straight), straight * factor)
    return OnFoot(seconds_on_foot(by_road, kmh), _unreached(metres[np.ix_(known, known)]))


def _plane(lon: Floats, lat: Floats, latitude: float) -> tuple[Floats, Floats]:
    """Metres east and north; half a percent off 50 km north or south of the latitude."""
    return lon * DEGREE_M * np.cos(np.radians(latitude)), lat * DEGREE_M


def _metres(roads: Roads, x: Floats, y: Floats) -> Floats:
    """Metres over roads from each place to each, (n, n), infinite where there is no way."""
    near = roads.tree.query(shapely.box(x.min() - MARGIN_M, y.min() - MARGIN_M, x.max() + MARGIN_M, y.max() + MARGIN_M))
    if not len(near):
        return np.full((len(x), len(x)), np.inf)
    nodes, ends = np.unique(roads.ends[np.sort(near)], return_inverse=True)
    network = Roads(roads.x[nodes], roads.y[nodes], ends.reshape(-1, 2), roads.latitude)
    piece, along, aside = _projected(network, x, y)
    length = _lengths(network)
    between = _between_ends(network, length, piece)
    to_end = np.stack([along, length[piece] - along], axis=1)
    ways = to_end[:, :, None, None] + between + to_end[None, None]
    shortest = ways.min(axis=(1, 3))
    on_one_piece = piece[:, None] == piece
    direct = np.abs(along[:, None] - along)
    shortest = np.where(on_one_piece, np.minimum(direct, shortest), shortest)
    return aside[:, None] + shortest + aside


def _projected(network: Roads, x: Floats, y: Floats) -> tuple[Ints, Floats, Floats]:
    """The nearest piece of each place, the metres along it and the metres to it, (n,) all."""
    piece = network.tree.nearest(shapely.points(x, y))
    begin, end = network.ends[piece].T
    dx, dy = network.x[end] - network.x[begin], network.y[end] - network.y[begin]
    length = np.hypot(dx, dy)
    along = ((x - network.x[begin]) * dx + (y - network.y[begin]) * dy) / length
    along = np.clip(along, 0, length)
    at_x, at_y = network.x[begin] + dx * along / length, network.y[begin] + dy * along / length
    return piece, along, np.hypot(x - at_x, y - at_y)


def _lengths(network: Roads) -> Floats:
    begin, end = network.ends.T
    return np.hypot(network.x[end] - network.x[begin], network.y[end] - network.y[begin])


def _between_ends(network: Roads, length: Floats, piece: Ints) -> Floats:
    """Metres from either end of each place's piece to either end of each other's, (n, 2, n, 2)."""
    sources, row = np.unique(network.ends[piece], return_inverse=True)
    row = row.reshape(-1, 2)
    size = len(network.x)
    graph = coo_array((length, network.ends.T), shape=(size, size)).tocsr()
    apart = dijkstra(graph, directed=False, indices=sources)[:, sources]
    return apart[row[:, :, None, None], row[None, None]]


def _unreached(metres: Floats) -> int:
    """Places outside the largest set of those that ways join."""
    if not len(metres):
        return 0
    _, part = connected_components(np.isfinite(metres), directed=False)
    return len(part) - int(np.bincount(part).max())
