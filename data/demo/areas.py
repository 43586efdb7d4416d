"""Streets, communities and grids: the ground cut by roads until every grid holds about as many buildings.

Cuts are straight in the drawing and bent on the ground. They are noded once, and each wider area is the union of
narrower ones, so that neighbours share their edges exactly and nesting needs no tolerance.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.ndimage import map_coordinates
from shapely import STRtree

from data.demo.land import FRAME_M, FULL_SIZE, Land
from data.demo.land_use import CELL_M, LandUse

STREETS, COMMUNITIES, GRIDS = 10, 140, 4_833  # at full size; 4,833 is the number in the source
SAMPLES = 4  # points per building by which ground is weighed
NODE_M = 0.01  # cuts closer than this meet
BEND_M = 250.0  # a longer edge gets a corner here to bend at


@dataclass(frozen=True)
class Partition:
    """Outlines in metres, and for each grid its community, for each community its street (row numbers)."""

    streets: np.ndarray
    communities: np.ndarray
    grids: np.ndarray
    community_of_grid: np.ndarray
    street_of_community: np.ndarray

    @property
    def district(self) -> shapely.Geometry:
        return shapely.coverage_union_all(self.streets)


def counts(buildings: int) -> tuple[int, int, int]:
    """How many streets, communities and grids a district of so many buildings has."""
    share = buildings / FULL_SIZE
    streets = round(STREETS * max(share, 1))
    return streets, max(round(COMMUNITIES * share), 2 * streets), max(round(GRIDS * share), 4 * streets)


def partition(rng: np.random.Generator, ground: Land, land_use: LandUse, buildings: int) -> Partition:
    """The district cut into streets, communities and grids."""
    streets, communities, grids = counts(buildings)
    x, y = _samples(rng, land_use, buildings * SAMPLES)
    cutting = _Cutting(rng, np.column_stack(_straight(ground, x, y)), ground.angle(x, y))
    whole = _Piece(np.arange(len(x)), _frame(ground))
    parts = cutting.parts(whole, rng.uniform(0.75, 1.3, streets), wobble=0.16)
    weights = np.array([len(part.points) for part in parts], float)
    leaves: list[_Piece] = []
    community_of_leaf: list[int] = []
    street_of_community: list[int] = []
    communities_each = _fair(weights**0.85, communities)
    street_grids = _fair(weights, grids, at_least=communities_each)
    for street, part in enumerate(parts):
        inner = cutting.parts(part, rng.uniform(0.8, 1.25, communities_each[street]), wobble=0.10)
        grids_each = _fair(np.array([len(community.points) for community in inner], float), street_grids[street])
        for community, count in zip(inner, grids_each, strict=True):
            pieces = cutting.parts(community, np.ones(count), wobble=0.035)
            leaves += pieces
            community_of_leaf += [len(street_of_community)] * len(pieces)
            street_of_community.append(street)
    faces = _faces(ground, cutting.chords)
    leaf = _leaf_of_face(ground, faces, leaves)
    return _partition(ground, faces, leaf, np.array(community_of_leaf), np.array(street_of_community))


def _samples(rng: np.random.Generator, land_use: LandUse, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points spread as the buildings will be, and a few over the empty ground, so that it is cut too."""
    weight = land_use.capacity.ravel() / land_use.capacity.sum() + 0.02 * land_use.dry.ravel() / land_use.dry.sum()
    weight /= weight.sum()
    cell = np.searchsorted(np.cumsum(weight), (np.arange(count) + rng.uniform(0, 1, count)) / count * 0.999999)
    row, column = np.divmod(np.minimum(cell, weight.size - 1), land_use.use.shape[1])
    x = land_use.corner[0] + (column + rng.uniform(0, 1, count)) * CELL_M
    return x, land_use.corner[1] + (row + rng.uniform(0, 1, count)) * CELL_M


def _straight(ground: Land, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where points lie in the drawing, read off a coarse table: good to a few metres."""
    reach, step = FRAME_M * ground.scale * 0.55, 160.0 * min(ground.scale, 1)
    table_x, table_y = np.arange(-reach[0], reach[0] + step, step), np.arange(-reach[1], reach[1] + step, step)
    straight = ground.straightened(*np.meshgrid(table_x, table_y))
    at = np.array([(y + reach[1]) / step, (x + reach[0]) / step])
    return map_coordinates(straight[0], at, order=1), map_coordinates(straight[1], at, order=1)


def _frame(ground: Land) -> np.ndarray:
    """A rectangle round everything, corners counter-clockwise."""
    half = FRAME_M * ground.scale * 0.75
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half


def _fair(weights: np.ndarray, total: int, at_least: np.ndarray | int = 1) -> np.ndarray:
    """Whole numbers in proportion to weights that sum to `total`, none below `at_least`; largest remainders."""
    share = weights / weights.sum() * total
    whole = np.maximum(np.floor(share).astype(int), at_least)
    while whole.sum() != total:
        step = 1 if whole.sum() < total else -1
        gap = (share - whole) * step
        gap[(whole <= at_least) & (step < 0)] = -np.inf
        whole[np.argmax(gap)] += step
    return whole


@dataclass(frozen=True)
class _Piece:
    points: np.ndarray  # row numbers of samples
    corners: np.ndarray  # convex, counter-clockwise


class _Cutting:
    """Cuts convex pieces of the drawing along the direction of streets, and keeps every cut made."""

    def __init__(self, rng: np.random.Generator, points: np.ndarray, angle: np.ndarray):
        self.rng, self.points, self.angle = rng, points, angle
        self.chords: list[np.ndarray] = []

    def parts(self, piece: _Piece, weights: np.ndarray, wobble: float) -> list[_Piece]:
        """As many pieces as weights, holding points in proportion; `wobble` radians off the streets' direction."""
        if len(weights) == 1:
            return [piece]
        half = len(weights) // 2
        left, right = self._halves(piece, weights[:half].sum() / weights.sum(), wobble)
        return self.parts(left, weights[:half], wobble) + self.parts(right, weights[half:], wobble)

    def _halves(self, piece: _Piece, share: float, wobble: float) -> tuple[_Piece, _Piece]:
        points = self.points[piece.points]
        normal = self._normal(piece, points, wobble)
        along = points @ normal
        kth = int(np.clip(round(share * len(along)), 1, len(along) - 1))
        order = np.argpartition(along, [kth - 1, kth])
        at = (along[order[kth - 1]] + along[order[kth]]) / 2
        left, right, chord = _clipped(piece.corners, normal, at)
        self.chords.append(chord)
        return _Piece(piece.points[order[:kth]], left), _Piece(piece.points[order[kth:]], right)

    def _normal(self, piece: _Piece, points: np.ndarray, wobble: float) -> np.ndarray:
        """Along or across the streets, whichever cuts the longer way of the piece."""
        street = self.angle[piece.points[len(piece.points) // 2]] + self.rng.normal(0, wobble)
        away = points - points.mean(axis=0)
        along, across = np.array([np.cos(street), np.sin(street)]), np.array([-np.sin(street), np.cos(street)])
        longer = np.square(away @ along).mean() >= np.square(away @ across).mean()
        return along if longer else across


def _clipped(corners: np.ndarray, normal: np.ndarray, at: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two sides of a convex polygon and the chord between them."""
    beyond = corners @ normal - at
    left: list[np.ndarray] = []
    right: list[np.ndarray] = []
    chord: list[np.ndarray] = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        (left if beyond[i] < 0 else right).append(corners[i])
        if (beyond[i] < 0) != (beyond[j] < 0):
            crossing = corners[i] + (corners[j] - corners[i]) * (beyond[i] / (beyond[i] - beyond[j]))
            left.append(crossing)
            right.append(crossing)
            chord.append(crossing)
    return np.array(left), np.array(right), np.array(chord)


def _faces(ground: Land, chords: list[np.ndarray]) -> np.ndarray:
    """Polygons between the bent cuts and the shore."""
    straight = shapely.union_all(shapely.linestrings(np.array(chords)), grid_size=NODE_M)
    bent = shapely.transform(shapely.segmentize(straight, BEND_M), lambda at: np.column_stack(ground.bent(*at.T)))
    lines = shapely.union_all([bent, ground.outline.boundary], grid_size=NODE_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.point_on_surface(faces)
    return faces[shapely.contains_xy(ground.outline, shapely.get_x(inside), shapely.get_y(inside))]


def _leaf_of_face(ground: Land, faces: np.ndarray, leaves: list[_Piece]) -> np.ndarray:
    inside = shapely.point_on_surface(faces)
    at = shapely.points(*ground.straightened(shapely.get_x(inside), shapely.get_y(inside)))
    polygons = np.array([shapely.Polygon(leaf.corners) for leaf in leaves])
    face, leaf = STRtree(polygons).query(at, predicate="intersects")
    leaf_of_face = np.full(len(faces), -1)
    leaf_of_face[face] = leaf
    return leaf_of_face


def _partition(
    ground: Land, faces: np.ndarray, leaf: np.ndarray, community: np.ndarray, street: np.ndarray
) -> Partition:
    """One grid per leaf: its largest face, and scraps at the shore given to the neighbour with the longest edge."""
    grid_of_face = _without_scraps(faces, leaf, community)
    islands = np.array(ground.islands)
    nearest = STRtree(faces).nearest(shapely.centroid(islands))
    pieces = np.concatenate([faces, islands])
    owner = np.concatenate([grid_of_face, grid_of_face[nearest]])
    inhabited = np.unique(owner)
    grids = _unions(pieces, np.searchsorted(inhabited, owner), len(inhabited))
    community_of_grid = np.unique(community[inhabited], return_inverse=True)[1]
    street_of_community = street[np.unique(community[inhabited])]
    communities = _unions(grids, community_of_grid, len(street_of_community))
    streets = _unions(communities, street_of_community, street_of_community.max() + 1)
    return Partition(streets, communities, grids, community_of_grid, street_of_community)


def _unions(pieces: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """The union of each owner's pieces."""
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(count + 1))
    return np.array([shapely.coverage_union_all(pieces[order[a:b]]) for a, b in pairwise(ends)])


def _without_scraps(faces: np.ndarray, leaf: np.ndarray, community: np.ndarray) -> np.ndarray:
    area = shapely.area(faces)
    biggest_first = np.lexsort([-area, leaf])
    main = np.zeros(len(faces), bool)
    main[biggest_first[np.unique(leaf[biggest_first], return_index=True)[1]]] = True
    owner = leaf.copy()
    tree = STRtree(faces)
    for scrap in np.flatnonzero(~main):
        near = tree.query(faces[scrap], predicate="touches")
        near = near[main[near]]
        if len(near):
            edge = shapely.length(shapely.intersection(faces[scrap], faces[near]))
            same_community = (community[leaf[near]] == community[leaf[scrap]]) & (edge > 0)
            owner[scrap] = leaf[near[np.lexsort([edge, same_community])[-1]]]
    return owner
