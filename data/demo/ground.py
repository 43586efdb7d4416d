"""What the map of the invented district draws under its buildings: sea and reservoirs, hills, blocks, roads.

Everything follows from the ground and its areas, and no chance is left but for names: asked for or not, the district is
the same.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from data.demo.areas import Partition
from data.demo.land import FRAME_M, Land, degrees
from data.demo.names import HILLS, MAIN_ROADS, RESERVOIRS, SEA, road_names

GREEN_FROM = 0.42  # height in hills from which nothing is built
GREEN_CELL_M = 90.0
SMALLEST_GREEN_M2 = 60_000.0
MOTORWAY_M = 34.0  # half width
# Round the sea in the frame of data.demo.land, from the south-eastern end of the border to its northern end; the way
# back runs through the land.
SEA_FRAME = (
    (0.93, 0.13), (1.03, 0.05), (1.16, -0.04), (1.55, -0.20), (1.80, -0.70), (2.50, -2.00), (-3.00, -2.00),
    (-3.00, 3.00), (-0.05, 3.00), (0.02, 2.10), (0.14, 1.70), (0.19, 1.38), (0.15, 1.20), (0.24, 1.08), (0.30, 0.97),
)  # fmt: skip
BAY_FRAME = ((-0.4, 0), (0.95, 0), (0.95, 1), (-0.4, 1))  # what of it bears its name, so that this is near the land


@dataclass(frozen=True)
class _Edges:
    """Pieces of the borders that two grids share, in metres: start and end, (n, 2, 2), and both grids' rows, (n, 2)."""

    ends: np.ndarray
    grids: np.ndarray


def ground_frame(rng: np.random.Generator, ground: Land, areas: Partition, insides: np.ndarray) -> pd.DataFrame:
    """The features: kind, road_class, name, name_en (None where there is none), geometry (shapely, WGS 84 degrees).

    insides: the grids without the lanes and roads around them, in metres.
    """
    rows = [*_water(ground), *_green(ground), *_blocks(ground, insides), *_main_roads(ground)]
    rows += _streets(rng, ground, areas)
    frame = pd.DataFrame(rows, columns=["kind", "road_class", "name", "name_en", "geometry"], dtype=object)
    placed = shapely.transform(frame["geometry"].to_numpy(), lambda at: np.column_stack(degrees(*at.T)))
    return frame.assign(geometry=placed)


def _water(ground: Land) -> list[tuple]:
    lakes = [shapely.Polygon(ring) for ring in ground.outline.interiors]
    size = FRAME_M * ground.scale
    frame, near = (shapely.Polygon((np.array(corners) - 0.5) * size) for corners in (SEA_FRAME, BAY_FRAME))
    dry = shapely.union_all([shapely.Polygon(ground.outline.exterior), *ground.islands])
    sea = max(shapely.get_parts(frame.difference(dry)), key=shapely.area)
    bay, open_sea = sea.intersection(near), sea.difference(near)
    largest_first = sorted(lakes, key=shapely.area, reverse=True)
    named = zip(largest_first, (*RESERVOIRS, *[(None, None)] * len(lakes)), strict=False)
    waters = [(SEA, bay), ((None, None), open_sea), *((name, lake) for lake, name in named)]
    return [("water", None, *name, water) for name, water in waters]


def _green(ground: Land) -> list[tuple]:
    """Hills too steep to build on, largest first, rounded at their edges."""
    cell = GREEN_CELL_M * max(ground.scale, 0.15)
    reach = FRAME_M * ground.scale / 2
    x, y = np.meshgrid(np.arange(-reach[0], reach[0], cell), np.arange(-reach[1], reach[1], cell))
    steep = ground.hill(x + cell / 2, y + cell / 2) >= GREEN_FROM
    rows, first, last = _runs(steep)
    strips = shapely.box(x[rows, first], y[rows, first], x[rows, last] + cell, y[rows, first] + cell)
    hills = shapely.get_parts(shapely.union_all(strips).simplify(0.75 * cell))
    rounded = shapely.union_all([_rounded(hill) for hill in hills])
    parts = shapely.get_parts(shapely.intersection(rounded, ground.outline))
    parts = parts[shapely.get_dimensions(parts) == 2]
    parts = parts[shapely.area(parts) > SMALLEST_GREEN_M2 * ground.scale**2]
    largest_first = parts[np.argsort(-shapely.area(parts), kind="stable")]
    names = (*HILLS, *[(None, None)] * len(parts))
    return [("green", None, *name, part) for part, name in zip(largest_first, names, strict=False)]


def _rounded(hill: shapely.Polygon) -> shapely.Geometry:
    """Its corners cut off twice, after Chaikin: what was painted in cells looks drawn."""
    rings = []
    for ring in (hill.exterior, *hill.interiors):
        at = shapely.get_coordinates(ring)[:-1]
        for _ in range(2):
            following = np.roll(at, -1, axis=0)
            at = np.stack((0.75 * at + 0.25 * following, 0.25 * at + 0.75 * following), axis=1).reshape(-1, 2)
        rings.append(at)
    return shapely.Polygon(rings[0], rings[1:]).buffer(0)


def _runs(steep: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first and last column of each run of true cells."""
    padded = np.pad(steep, ((0, 0), (1, 1))).astype(np.int8)
    rows, first = np.nonzero(np.diff(padded, axis=1) == 1)
    _, after = np.nonzero(np.diff(padded, axis=1) == -1)
    return rows, first, after - 1


def _blocks(ground: Land, insides: np.ndarray) -> list[tuple]:
    """Grids without their lanes, where the ground is flat enough to build on, and the airfield."""
    inside = shapely.point_on_surface(insides)
    flat = ground.hill(shapely.get_x(inside), shapely.get_y(inside)) < GREEN_FROM
    shown = insides[flat & ~shapely.is_empty(insides)]
    return [("block", None, None, None, block) for block in (*shown, ground.airfield)]


def _main_roads(ground: Land) -> list[tuple]:
    named = zip(ground.roads, MAIN_ROADS, strict=False)
    return [
        ("road", "motorway" if half > MOTORWAY_M else "main", *name, line.simplify(1.0)) for (half, line), name in named
    ]


def _streets(rng: np.random.Generator, ground: Land, areas: Partition) -> list[tuple]:
    """Roads between streets and communities, with a name for each pair of them, and ways between grids, without."""
    edges = _flat(ground, _shared_edges(areas.grids))
    community = np.sort(areas.community_of_grid[edges.grids], axis=1)
    street = areas.street_of_community[community]
    between_streets, between = street[:, 0] != street[:, 1], community[:, 0] != community[:, 1]
    rows = []
    names = road_names(rng)
    for road_class, chosen, owner in (
        ("main", between_streets, np.sort(street, axis=1)),
        ("street", between & ~between_streets, community),
    ):
        for pair in np.unique(owner[chosen], axis=0):
            of_pair = chosen & (owner == pair).all(axis=1)
            rows.append(("road", road_class, *next(names), _joined(edges.ends[of_pair])))
    return rows + [("road", "path", None, None, line) for line in shapely.get_parts(_joined(edges.ends[~between]))]


def _joined(ends: np.ndarray) -> shapely.Geometry:
    return shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))


def _shared_edges(grids: np.ndarray) -> _Edges:
    """Neighbours share their corners exactly, so a piece of border stands in the outlines of both, once each way."""
    rings, grid = _rings(grids)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    ends = np.stack((at[:-1], at[1:]), axis=1)[joined]
    owner = grid[ring[:-1][joined]]
    turned = (ends[:, 0, 0] > ends[:, 1, 0]) | ((ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1]))
    ends[turned] = ends[turned][:, ::-1]
    order = np.lexsort(ends.reshape(-1, 4).T)
    ends, owner = ends[order], owner[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=(1, 2)))
    return _Edges(ends[same], np.column_stack((owner[same], owner[same + 1])))


def _rings(outlines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every ring, and the row of its outline."""
    parts, outline = shapely.get_parts(outlines, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, outline[part]


def _flat(ground: Land, edges: _Edges) -> _Edges:
    """Without those that cross a hill or water."""
    middle = edges.ends.mean(axis=1)
    flat = ground.hill(middle[:, 0], middle[:, 1]) < GREEN_FROM
    return _Edges(edges.ends[flat], edges.grids[flat])
