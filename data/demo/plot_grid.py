"""Building plots: regular grids of points along the streets' direction, inside each grid's lanes."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import STRtree

from data.demo.areas import Partition
from data.demo.land import Land
from data.demo.land_use import APARTMENT, CELL_M, DORMITORY, ESTATE, FRINGE, MIXED, NONE, VILLAGE, LandUse

LANE_M, COMMUNITY_ROAD_M, STREET_ROAD_M = 2.5, 10.0, 16.0  # half widths of what runs between areas


@dataclass(frozen=True)
class PlotSpacing:
    """Metres between houses along a row and between rows; every second row gap is wider by `lane`.

    kept: share of the plots that stay.
    """

    along: float
    across: float
    lane: float
    jitter: float
    kept: float


SPACINGS = {
    VILLAGE: PlotSpacing(along=11.0, across=10.5, lane=3.5, jitter=0.7, kept=0.97),
    ESTATE: PlotSpacing(along=44.0, across=36.0, lane=4.0, jitter=1.0, kept=0.95),
    APARTMENT: PlotSpacing(along=26.0, across=26.0, lane=8.0, jitter=1.2, kept=0.9),
    DORMITORY: PlotSpacing(along=36.0, across=21.0, lane=9.0, jitter=0.8, kept=0.85),
    FRINGE: PlotSpacing(along=21.0, across=22.0, lane=6.0, jitter=4.0, kept=0.85),
}
NEAREST_M = 7.0  # nearer than this, one of two houses where plot grids meet is left out
FRONTAGE_M, DEPTH_M = 14.0, 19.0  # of shop houses along a main road


@dataclass(frozen=True)
class Plots:
    """Plots for houses: x and y in metres, the raster's use, grid row; for shop houses road and house number."""

    x: np.ndarray
    y: np.ndarray
    use: np.ndarray
    grid: np.ndarray
    road: np.ndarray
    number: np.ndarray

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: np.ndarray) -> "Plots":
        return Plots(*(column[rows] for column in vars(self).values()))


def draw_plots(rng: np.random.Generator, ground: Land, land_use: LandUse, insides: np.ndarray) -> Plots:
    """Every plot, in order of grid."""
    blocks, fronts = _in_blocks(rng, ground, land_use, insides), _along_roads(rng, ground, land_use, insides)
    both = [np.concatenate(pair) for pair in zip(vars(blocks).values(), vars(fronts).values(), strict=True)]
    joined = Plots(*both)
    joined = joined.take(np.argsort(joined.grid, kind="stable"))
    crowded = cKDTree(np.column_stack([joined.x, joined.y])).query_pairs(NEAREST_M, output_type="ndarray")
    return joined.take(np.setdiff1d(np.arange(len(joined)), crowded[:, 1]))


def grid_insides(areas: Partition) -> np.ndarray:
    """Grids without the lanes and roads around them."""
    street = areas.street_of_community[areas.community_of_grid]
    inside = shapely.buffer(areas.grids, -LANE_M, join_style="mitre")
    wide = shapely.buffer(shapely.simplify(areas.communities, 2.0), -COMMUNITY_ROAD_M, quad_segs=2)
    wider = shapely.buffer(shapely.simplify(areas.streets, 2.0), -STREET_ROAD_M, quad_segs=2)
    for ring, owner in ((wide, areas.community_of_grid), (wider, street)):
        shapely.prepare(ring)
        at_edge = ~shapely.contains_properly(ring[owner], inside)
        inside[at_edge] = shapely.intersection(inside[at_edge], ring[owner[at_edge]])
    return inside


def _in_blocks(rng: np.random.Generator, ground: Land, land_use: LandUse, insides: np.ndarray) -> Plots:
    cells = _cells_by_block(land_use, insides)
    parts = []
    for use, spacing in SPACINGS.items():
        x, y, grid = _plot_points(rng, ground, spacing, cells[use], insides)
        chosen = (land_use.use[land_use.cell(x, y)] == use) & (rng.random(len(x)) < spacing.kept)
        x, y, grid = x[chosen], y[chosen], grid[chosen]
        chosen = shapely.contains_xy(insides[grid], x, y) & ~_on_main_road(ground, x, y)
        parts.append((x[chosen], y[chosen], np.full(chosen.sum(), use), grid[chosen]))
    x, y, uses, grid = (np.concatenate(column) for column in zip(*parts, strict=True))
    no_road = np.full(len(x), -1)
    return Plots(x, y, uses, grid, no_road, no_road)


def _on_main_road(ground: Land, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    on_road = np.zeros(len(x), bool)
    for half, line in ground.roads:
        strip = line.buffer(half + 6)
        shapely.prepare(strip)
        on_road |= shapely.contains_xy(strip, x, y)
    return on_road


def _cells_by_block(land_use: LandUse, insides: np.ndarray) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Per use the corners of raster cells and the grid each lies in."""
    row, column = np.nonzero(land_use.use != NONE)
    west, south = land_use.corner[0] + column * CELL_M, land_use.corner[1] + row * CELL_M
    cell, grid = STRtree(shapely.box(west, south, west + CELL_M, south + CELL_M)).query(insides)[::-1]
    use = land_use.use[row[cell], column[cell]]
    return {kind: (west[cell[use == kind]], south[cell[use == kind]], grid[use == kind]) for kind in SPACINGS}


def _plot_points(rng, ground: Land, spacing: PlotSpacing, cells, insides: np.ndarray):
    """x, y and grid of plots over the cells of each grid, in the direction of its streets."""
    west, south, grid = cells
    order = np.argsort(grid, kind="stable")
    west, south, grid = west[order], south[order], grid[order]
    owner, first = np.unique(grid, return_index=True)
    centre = shapely.centroid(insides[owner])
    cx, cy = shapely.get_x(centre), shapely.get_y(centre)
    turn = ground.angle(cx, cy).astype(float) + rng.normal(0, 0.02, len(owner))
    c, s = np.cos(turn), np.sin(turn)
    which = np.repeat(np.arange(len(owner)), np.diff(np.append(first, len(grid))))
    dx, dy = west + CELL_M / 2 - cx[which], south + CELL_M / 2 - cy[which]
    u, v = dx * c[which] + dy * s[which], dy * c[which] - dx * s[which]
    reach = CELL_M * 0.71
    low_u, low_v = np.minimum.reduceat(u, first) - reach, np.minimum.reduceat(v, first) - reach
    columns = np.ceil((np.maximum.reduceat(u, first) + reach - low_u) / spacing.along).astype(int)
    pair = 2 * spacing.across + spacing.lane
    rows = 2 * np.ceil((np.maximum.reduceat(v, first) + reach - low_v) / pair).astype(int)
    which = np.repeat(np.arange(len(owner)), columns * rows)
    index = np.arange(len(which)) - np.repeat(np.cumsum(columns * rows) - columns * rows, columns * rows)
    j, i = np.divmod(index, columns[which])
    u = low_u[which] + (i + 0.5) * spacing.along + rng.normal(0, spacing.jitter, len(which))
    v = low_v[which] + (j // 2) * pair + (j % 2) * spacing.across + rng.normal(0, spacing.jitter * 0.6, len(which))
    return cx[which] + u * c[which] - v * s[which], cy[which] + u * s[which] + v * c[which], owner[which]


def _along_roads(rng: np.random.Generator, ground: Land, land_use: LandUse, insides: np.ndarray) -> Plots:
    """Two rows of shop houses on either side of the main roads, numbered odd on the left, even on the right."""
    parts = []
    for road_number, (half, line) in enumerate(ground.roads):
        for side, row in ((1, 0), (1, 1), (-1, 0), (-1, 1)):
            at = np.arange(FRONTAGE_M, line.length, FRONTAGE_M)
            here, ahead = shapely.line_interpolate_point(line, at), shapely.line_interpolate_point(line, at + 1.0)
            x, y = shapely.get_x(here), shapely.get_y(here)
            tx, ty = shapely.get_x(ahead) - x, shapely.get_y(ahead) - y
            length = np.maximum(np.hypot(tx, ty), 1e-6)
            off = side * (half + 12 + row * DEPTH_M) + rng.normal(0, 0.6, len(at))
            numbers = 2 * np.arange(len(at)) + (1 if side > 0 else 2)
            numbers = numbers if row == 0 else numbers + 100_000  # the second row stands in the yard
            parts.append((x - off * ty / length, y + off * tx / length, np.full(len(at), road_number), numbers))
    x, y, road, number = (np.concatenate(column) for column in zip(*parts, strict=True))
    chosen = (land_use.use[land_use.cell(x, y)] == MIXED) & (rng.random(len(x)) < 0.93)
    x, y, road, number = x[chosen], y[chosen], road[chosen], number[chosen]
    clear = ~_on_main_road(ground, x, y)
    x, y, road, number = x[clear], y[clear], road[clear], number[clear]
    plot, grid = STRtree(insides).query(shapely.points(x, y), predicate="within")
    return Plots(x[plot], y[plot], np.full(len(plot), MIXED), grid, road[plot], number[plot])
