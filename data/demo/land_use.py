"""Land use: a raster of uses, painted from hills, centres, villages, estates and roads."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.demo.fields import field
from data.demo.land import FRAME_M, FULL_SIZE, Land

USES = ("none", "urban_village", "estate", "apartment", "dormitory", "mixed", "urban_village")  # the raster's values
NONE, VILLAGE, ESTATE, APARTMENT, DORMITORY, MIXED, FRINGE = range(7)  # fringe: self-built houses, loosely set
PER_KM2 = np.array([0, 6_100, 520, 1_030, 870, 1_600, 1_450], float)  # rental buildings, roads counted in
CELL_M = 30.0
VILLAGES, ESTATES = 290, 330  # sites at full size


@dataclass(frozen=True)
class LandUse:
    """use and site: uint8 and int32, shape (rows, columns), rows from south; site 0 where there is none.

    Sites count villages from 1, then estates.
    """

    corner: np.ndarray
    use: np.ndarray
    site: np.ndarray
    dry: np.ndarray
    site_places: np.ndarray  # x, y in metres; row 0 is no site
    villages: int

    def cell(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of places in metres."""
        rows, columns = self.use.shape
        row = ((np.asarray(y) - self.corner[1]) / CELL_M).astype(np.int64)
        column = ((np.asarray(x) - self.corner[0]) / CELL_M).astype(np.int64)
        return np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)

    @property
    def capacity(self) -> np.ndarray:
        """Rental buildings a cell can hold, float64, same shape as `use`."""
        return PER_KM2[self.use] * (CELL_M**2 / 1e6)


def draw_land_use(rng: np.random.Generator, ground: Land, buildings: int, spare: float) -> LandUse:
    """Uses with room for `spare` times so many buildings: villages grow until there is."""
    shapely.prepare([ground.outline, ground.airfield])
    corner = -FRAME_M * ground.scale / 2
    columns, rows = np.ceil(FRAME_M * ground.scale / CELL_M).astype(int)
    x = (corner[0] + (np.arange(columns) + 0.5) * CELL_M)[None, :].repeat(rows, 0)
    y = (corner[1] + (np.arange(rows) + 0.5) * CELL_M)[:, None].repeat(columns, 1)
    dry = shapely.contains_xy(ground.outline, x, y)
    buildable = dry & (ground.hill(x, y) < 0.42) & ~shapely.contains_xy(ground.airfield, x, y)
    central = ground.centrality(x, y)
    base = _base(rng, ground, buildable, central, x, y)
    industry = ground.industry(x, y)
    base = _with_dormitories(rng, base, buildable, industry, x, y)
    town = buildable * (0.10 + central) * (1 - 0.9 * industry)
    estates = _sites(rng, town, round(ESTATES * buildings / FULL_SIZE), 210)
    villages = _sites(rng, town + 0.09 * buildable, round(VILLAGES * buildings / FULL_SIZE), 330)
    canvas = _Canvas(corner, base, np.zeros(base.shape, np.int32))
    _paint_estates(rng, canvas, ground, estates, first=len(villages) + 1)
    canvas.use[~buildable] = NONE
    corridor = _corridor(ground, x, y)
    shapes = _village_shapes(rng, ground, canvas.places(villages))
    growth = _growth(canvas, shapes, buildable & ~corridor, buildings * spare)
    painted = _with_villages(canvas, shapes, growth, buildable)
    painted.use[corridor] = NONE
    places = np.vstack([[0, 0], canvas.places(villages), canvas.places(estates)])
    return LandUse(corner, painted.use, painted.site, dry, places, len(villages))


@dataclass(frozen=True)
class _Canvas:
    corner: np.ndarray
    use: np.ndarray
    site: np.ndarray

    def places(self, sites: np.ndarray) -> np.ndarray:
        return self.corner + (sites[:, ::-1] + 0.5) * CELL_M

    def window(self, place: np.ndarray, reach_m: float) -> tuple[slice, slice, np.ndarray, np.ndarray]:
        """Slices around a place and the offsets in metres of their cells from it."""
        column, row = ((place - self.corner) / CELL_M).astype(int)
        reach = int(reach_m / CELL_M) + 1
        rows = slice(max(row - reach, 0), min(row + reach + 1, self.use.shape[0]))
        columns = slice(max(column - reach, 0), min(column + reach + 1, self.use.shape[1]))
        dy = self.corner[1] + (np.arange(rows.start, rows.stop) + 0.5) * CELL_M - place[1]
        dx = self.corner[0] + (np.arange(columns.start, columns.stop) + 0.5) * CELL_M - place[0]
        return rows, columns, dx[None, :], dy[:, None]


def _corridor(ground: Land, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Cells on a main road."""
    on_road = np.zeros(x.shape, bool)
    for half, line in ground.roads:
        strip = line.buffer(half + 4)
        shapely.prepare(strip)
        on_road |= shapely.contains_xy(strip, x, y)
    return on_road


def _base(rng, ground: Land, buildable: np.ndarray, central: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Apartments in the middle of centres, shop houses along main roads where there is a town."""
    use = np.zeros(x.shape, np.uint8)
    patch = field(rng, 500).at(x, y)
    use[(central > 0.5) & (patch > 0.1)] = APARTMENT
    town = (central > 0.10) | (field(rng, 1_700).at(x, y) > 0.5)
    town &= field(rng, 400).at(x, y) > 1.1 - 4.1 * ground.scale  # small ground is all near a main road
    for half, line in ground.roads:
        strip = line.buffer(half + 70)
        shapely.prepare(strip)
        use[shapely.contains_xy(strip, x, y) & town] = MIXED
    use[~buildable] = NONE
    return use


def _with_dormitories(rng, base, buildable, industry, x, y) -> np.ndarray:
    """Factories leave the ground to themselves but for rows of dormitories."""
    use = base.copy()
    zone = buildable & (industry > 0.45)
    use[zone & (base != MIXED)] = NONE
    use[zone & (field(rng, 620).at(x, y) > 0.35)] = DORMITORY
    return use


def _sites(rng: np.random.Generator, weights: np.ndarray, count: int, apart_m: float) -> np.ndarray:
    """Cells drawn by `weights`, none nearer to another than `apart_m`; row and column, at least three."""
    count = max(count, 3)
    cumulated = np.cumsum(weights.ravel(), dtype=float)
    drawn = np.unique(np.searchsorted(cumulated, rng.uniform(0, cumulated[-1], count * 12)))
    rng.shuffle(drawn)
    cells = np.column_stack(np.divmod(drawn, weights.shape[1]))
    reach = int(np.ceil(apart_m / CELL_M))
    blocked = np.zeros(np.array(weights.shape) + 2 * reach + 1, bool)
    sites = []
    for row, column in cells:
        if blocked[row + reach, column + reach]:
            continue
        blocked[row : row + 2 * reach + 1, column : column + 2 * reach + 1] = True
        sites.append((row, column))
        if len(sites) == count:
            break
    return np.array(sites)


def _paint_estates(rng, canvas: _Canvas, ground: Land, sites: np.ndarray, first: int) -> None:
    places = canvas.places(sites)
    angles = ground.angle(places[:, 0], places[:, 1])
    for number, (place, angle) in enumerate(zip(places, angles, strict=True), start=first):
        half = np.clip(rng.lognormal(4.85, 0.38, 2), 60, 330)
        rows, columns, dx, dy = canvas.window(place, float(half.sum()))
        along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
        inside = (np.abs(along) < half[0]) & (np.abs(across) < half[1]) & (canvas.site[rows, columns] == 0)
        canvas.use[rows, columns][inside] = ESTATE
        canvas.site[rows, columns][inside] = number


@dataclass(frozen=True)
class _VillageShape:
    place: np.ndarray
    radius_m: float
    angle: float
    stretch: float
    waves: np.ndarray  # amplitude and phase of the outline's bulges


def _village_shapes(rng, ground: Land, places: np.ndarray) -> list[_VillageShape]:
    angles = ground.angle(places[:, 0], places[:, 1])
    return [
        _VillageShape(
            place,
            165 * float(np.clip(rng.lognormal(0, 0.38), 0.5, 2.1)),
            float(angle),
            float(rng.uniform(1.0, 1.7)),
            np.column_stack([rng.uniform(0.03, 0.16, 4), rng.uniform(0, 2 * np.pi, 4)]),
        )
        for place, angle in zip(places, angles, strict=True)
    ]


def _with_villages(canvas: _Canvas, shapes: list[_VillageShape], growth: float, buildable: np.ndarray) -> _Canvas:
    """Villages over everything else; squarish at their edges, for they fill blocks; loose houses around them."""
    painted = _Canvas(canvas.corner, canvas.use.copy(), canvas.site.copy())
    for number, shape in enumerate(shapes, start=1):
        radius = shape.radius_m * growth
        rows, columns, dx, dy = painted.window(shape.place, radius * 2.6)
        c, s = np.cos(shape.angle), np.sin(shape.angle)
        along, across = (dx * c + dy * s) / shape.stretch**0.5, (dy * c - dx * s) * shape.stretch**0.5
        turn = np.arctan2(across, along)
        edge = sum(a * np.cos((k + 2) * turn + phase) for k, (a, phase) in enumerate(shape.waves))
        far = (np.abs(along) ** 3 + np.abs(across) ** 3) ** (1 / 3) / (radius * (1 + edge))
        use, site, free = painted.use[rows, columns], painted.site[rows, columns], buildable[rows, columns]
        ring = (far < 1.75) & free & (use == NONE)
        use[ring], site[ring] = FRINGE, number
        core = (far < 1) & free
        use[core], site[core] = VILLAGE, number
    return painted


def _growth(canvas: _Canvas, shapes: list[_VillageShape], counted: np.ndarray, wanted: float) -> float:
    """The factor on every village's radius at which the ground holds `wanted` buildings."""
    low, high = 0.2, 4.0
    for _ in range(9):
        middle = (low + high) / 2
        use = _with_villages(canvas, shapes, middle, counted).use
        held = PER_KM2[use[counted]].sum() * CELL_M**2 / 1e6
        low, high = (middle, high) if held < wanted else (low, middle)
    return high
