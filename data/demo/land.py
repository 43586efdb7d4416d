"""The ground of the invented district: coast, islands, reservoirs, hills, centres and main roads.

The plane is metres east and north of CENTRE. Shapes are drawn in a frame of 0..1 by 0..1 that is FRAME_M wide
and high when the district has its full size; a smaller district is the same drawing on smaller ground.
"""

from dataclasses import dataclass

import numpy as np
from shapely import LinearRing, LineString, MultiPolygon, Polygon, unary_union

from data.demo.fields import Field, field, smoothstep

FULL_SIZE = 175_700  # buildings of the district in the sources
FRAME_M = np.array([25_600.0, 33_300.0])
CENTRE = np.array([113.875, 22.70])  # lon, lat
METRES_PER_DEGREE = np.array([111_320.0 * np.cos(np.radians(CENTRE[1])), 110_750.0])

# The outline, clockwise from the north-west: east, north, and how rough the way to the next point is.
BORDER, SHORE, QUAY = 0.07, 0.10, 0.004
OUTLINE = (
    (0.30, 0.97, BORDER), (0.42, 0.985, BORDER), (0.55, 0.955, BORDER), (0.70, 0.99, BORDER), (0.85, 0.94, BORDER),
    (0.93, 0.81, BORDER), (0.865, 0.67, BORDER), (0.95, 0.55, BORDER), (0.90, 0.40, BORDER), (0.97, 0.28, BORDER),
    (0.93, 0.13, BORDER), (0.82, 0.055, SHORE), (0.71, 0.075, SHORE), (0.685, 0.145, SHORE), (0.645, 0.165, SHORE),
    (0.60, 0.12, SHORE), (0.53, 0.055, SHORE), (0.475, 0.085, SHORE), (0.47, 0.18, SHORE), (0.43, 0.225, QUAY),
    (0.375, 0.235, QUAY), (0.352, 0.335, QUAY), (0.405, 0.352, SHORE), (0.45, 0.366, SHORE), (0.505, 0.362, SHORE),
    (0.452, 0.378, SHORE), (0.400, 0.376, SHORE), (0.335, 0.405, QUAY), (0.300, 0.415, QUAY), (0.285, 0.50, QUAY),
    (0.315, 0.507, QUAY), (0.312, 0.518, QUAY), (0.278, 0.512, QUAY), (0.262, 0.60, SHORE), (0.215, 0.66, SHORE),
    (0.19, 0.74, SHORE), (0.205, 0.80, SHORE), (0.265, 0.812, SHORE), (0.345, 0.806, SHORE), (0.268, 0.826, SHORE),
    (0.20, 0.835, SHORE), (0.215, 0.91, SHORE),
)  # fmt: skip
ISLANDS = ((0.255, 0.300, 0.020), (0.215, 0.345, 0.009), (0.62, 0.055, 0.010))  # east, north, radius
RESERVOIRS = ((0.800, 0.770, 0.034), (0.745, 0.530, 0.026), (0.865, 0.315, 0.022), (0.52, 0.615, 0.009))
HILLS = (  # east, north, half length, half width, direction in degrees, height
    (0.90, 0.74, 0.17, 0.060, 75, 1.25), (0.79, 0.79, 0.09, 0.050, 30, 1.0), (0.93, 0.49, 0.10, 0.050, 110, 1.2),
    (0.74, 0.52, 0.08, 0.050, 60, 1.15), (0.90, 0.31, 0.08, 0.060, 40, 1.1), (0.565, 0.60, 0.065, 0.030, 100, 1.15),
    (0.61, 0.29, 0.050, 0.026, 20, 1.0), (0.505, 0.085, 0.036, 0.028, 70, 1.0), (0.73, 0.95, 0.080, 0.035, 5, 1.1),
    (0.245, 0.70, 0.030, 0.022, 60, 1.0), (0.84, 0.60, 0.07, 0.05, 80, 1.1), (0.70, 0.36, 0.035, 0.022, 130, 0.9),
)  # fmt: skip
CENTRES = (  # east, north, radius, weight
    (0.415, 0.285, 0.050, 1.3), (0.555, 0.185, 0.050, 1.0), (0.735, 0.185, 0.050, 1.0), (0.855, 0.190, 0.035, 0.7),
    (0.520, 0.430, 0.045, 1.0), (0.640, 0.430, 0.038, 0.7), (0.370, 0.580, 0.048, 1.1), (0.330, 0.730, 0.042, 0.9),
    (0.480, 0.740, 0.045, 0.9), (0.300, 0.905, 0.038, 0.8), (0.450, 0.890, 0.042, 0.9), (0.620, 0.840, 0.045, 0.9),
    (0.690, 0.680, 0.036, 0.7), (0.800, 0.440, 0.028, 0.5),
)  # fmt: skip
ROADS = (  # half width in metres, then points
    (32, ((0.93, 0.155), (0.80, 0.165), (0.70, 0.20), (0.57, 0.225), (0.50, 0.245), (0.42, 0.25), (0.385, 0.32),
          (0.44, 0.335), (0.52, 0.345), (0.53, 0.39), (0.43, 0.405), (0.35, 0.45), (0.335, 0.56), (0.29, 0.64),
          (0.275, 0.75), (0.35, 0.78), (0.37, 0.83), (0.28, 0.86), (0.27, 0.95))),
    (26, ((0.70, 0.08), (0.735, 0.185), (0.66, 0.27), (0.60, 0.37), (0.52, 0.43), (0.45, 0.50), (0.42, 0.60),
          (0.40, 0.70), (0.43, 0.80), (0.45, 0.89), (0.47, 0.98))),
    (36, ((0.96, 0.26), (0.83, 0.24), (0.72, 0.30), (0.66, 0.42), (0.65, 0.55), (0.59, 0.68), (0.56, 0.78),
          (0.60, 0.87), (0.61, 0.97))),
    (22, ((0.36, 0.29), (0.46, 0.285), (0.555, 0.185), (0.60, 0.12))),
    (22, ((0.29, 0.46), (0.40, 0.455), (0.52, 0.43), (0.64, 0.43), (0.80, 0.44), (0.92, 0.42))),
    (22, ((0.265, 0.60), (0.37, 0.58), (0.47, 0.56), (0.52, 0.55), (0.65, 0.55), (0.69, 0.68), (0.62, 0.84))),
    (22, ((0.22, 0.72), (0.33, 0.73), (0.48, 0.74), (0.57, 0.75), (0.69, 0.68), (0.87, 0.68))),
    (22, ((0.23, 0.90), (0.30, 0.905), (0.45, 0.89), (0.62, 0.84), (0.84, 0.91))),
    (18, ((0.855, 0.07), (0.855, 0.19), (0.84, 0.30))),
)  # fmt: skip
INDUSTRY = (  # east, north, radius: ground that factories keep
    (0.235, 0.77, 0.045), (0.575, 0.66, 0.045), (0.66, 0.52, 0.035), (0.56, 0.93, 0.045), (0.77, 0.27, 0.045),
    (0.37, 0.50, 0.035), (0.50, 0.31, 0.030), (0.71, 0.78, 0.040), (0.86, 0.43, 0.035), (0.37, 0.96, 0.030),
    (0.76, 0.09, 0.035), (0.345, 0.655, 0.022),
)  # fmt: skip
AIRFIELD = ((0.300, 0.430), (0.335, 0.430), (0.318, 0.497), (0.293, 0.497))


@dataclass(frozen=True)
class Land:
    """outline: land without reservoirs, islands apart. roads: half width in metres and centre line.

    scale: 1.0 at full size, the square root of the share of buildings below it.
    """

    scale: float
    outline: Polygon
    islands: tuple[Polygon, ...]
    airfield: Polygon
    roads: tuple[tuple[float, LineString], ...]
    centres: np.ndarray  # x, y, radius in metres, weight; shape (centres, 4)
    factories: np.ndarray  # x, y, radius in metres; shape (sites, 3)
    roughness: Field
    direction: Field
    bend: tuple[Field, ...]  # wide east, wide north, narrow east, narrow north

    def hill(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height in hills, 0 on the plain, above 0.5 too steep to build."""
        size = FRAME_M * self.scale
        u, v = x / size[0] + 0.5, y / size[1] + 0.5
        height = np.zeros(np.shape(x), np.float32)
        for east, north, length, width, degrees, top in HILLS:
            c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
            de, dn = u - east, (v - north) * FRAME_M[1] / FRAME_M[0]
            along, across = (de * c + dn * s) / length, (dn * c - de * s) / width
            height = np.maximum(height, top * np.exp(-0.9 * (along**2 + across**2)).astype(np.float32))
        return height + 0.13 * self.roughness.at(x, y)

    def centrality(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """0 far out to about 1 in the middle of a centre."""
        total = np.zeros(np.shape(x), np.float32)
        for cx, cy, radius, weight in self.centres:
            total += weight * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius**2)).astype(np.float32)
        return smoothstep(0, 1.1, total)

    def industry(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """0 where nothing is made to 1 in the middle of an industrial zone."""
        nearest = np.full(np.shape(x), 9.0, np.float32)
        for fx, fy, radius in self.factories:
            nearest = np.minimum(nearest, np.hypot((x - fx) / 1.3, y - fy) / radius)
        return smoothstep(1.5, 0.5, nearest + 0.22 * self.roughness.at(y, x))

    def angle(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Direction in radians in which streets run there."""
        return 0.15 + 0.42 * self.direction.at(x, y)

    def bent(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where a place of the drawing with straight roads comes to lie, so that long roads bend."""
        wide, narrow = 230 * self.scale, 24 * self.scale  # small enough that nothing folds over
        a, b, c, d = (f.at(x, y).astype(float) for f in self.bend)
        return x + wide * a + narrow * c, y + wide * b + narrow * d

    def straightened(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The inverse of `bent`, to within a millimetre."""
        u, v = np.array(x, float), np.array(y, float)
        for _ in range(25):
            bx, by = self.bent(u, v)
            u, v = u + (x - bx), v + (y - by)
        return u, v


def land(rng: np.random.Generator, buildings: int) -> Land:
    """The ground for a district of so many buildings."""
    scale = float(np.sqrt(buildings / FULL_SIZE))
    size = FRAME_M * scale
    reservoirs = unary_union([_blob(rng, place, size, 0.42) for place in RESERVOIRS])
    main = Polygon(_rough_ring(rng, size)).buffer(0)
    outline = (main - reservoirs).buffer(0)
    if isinstance(outline, MultiPolygon):
        outline = max(outline.geoms, key=lambda part: part.area)
    centres = np.array([(*_place((e, n), size), r * size[0], w) for e, n, r, w in CENTRES])
    few = ROADS[: max(2, round(len(ROADS) * min(scale, 1) ** 0.7))]  # small ground has fewer main roads
    roads = tuple((float(half), _smooth_line(np.array([_place(p, size) for p in points]))) for half, points in few)
    stretch = max(scale, 0.25)
    return Land(
        scale=scale,
        outline=outline,
        islands=tuple(_blob(rng, place, size, 0.25) for place in ISLANDS),
        airfield=Polygon([_place(p, size) for p in AIRFIELD]),
        roads=roads,
        centres=centres,
        factories=np.array([(*_place((e, n), size), r * size[0]) for e, n, r in INDUSTRY]),
        roughness=field(rng, 1_900 * stretch),
        direction=field(rng, 6_500 * stretch),
        bend=tuple(field(rng, length * scale) for length in (8_000, 8_000, 1_100, 1_100)),
    )


def degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude, WGS 84, of places in metres."""
    return CENTRE[0] + np.asarray(x) / METRES_PER_DEGREE[0], CENTRE[1] + np.asarray(y) / METRES_PER_DEGREE[1]


def _place(point: tuple[float, float], size: np.ndarray) -> np.ndarray:
    return (np.asarray(point) - 0.5) * size


def _rough_ring(rng: np.random.Generator, size: np.ndarray) -> LinearRing:
    points = []
    for here, there in zip(OUTLINE, OUTLINE[1:] + OUTLINE[:1], strict=True):
        points.append(_rough_line(rng, _place(here[:2], size), _place(there[:2], size), here[2])[:-1])
    return LinearRing(np.vstack(points))


def _rough_line(rng: np.random.Generator, start: np.ndarray, end: np.ndarray, roughness: float) -> np.ndarray:
    """Midpoint displacement until the pieces are a two-hundredth of the frame."""
    line = np.array([start, end])
    for _ in range(5 if roughness > QUAY else 1):
        way = np.diff(line, axis=0)
        side = np.column_stack([-way[:, 1], way[:, 0]])
        middle = (line[:-1] + line[1:]) / 2 + side * rng.normal(0, roughness, (len(way), 1))
        joined = np.empty((len(line) + len(middle), 2))
        joined[::2], joined[1::2] = line, middle
        line = joined
    return line


def _blob(rng: np.random.Generator, place: tuple[float, float, float], size: np.ndarray, unevenness: float) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, 49)[:-1]
    radius = np.ones_like(turn)
    for wave in range(2, 8):
        radius += unevenness * rng.normal(0, 1 / wave) * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
    centre = _place(place[:2], size)
    radius = place[2] * size[0] * np.clip(radius, 0.35, 1.8)
    return Polygon(centre + np.column_stack([1.25 * radius * np.cos(turn), 0.85 * radius * np.sin(turn)]))


def _smooth_line(points: np.ndarray) -> LineString:
    """Chaikin's corner cutting, three times."""
    for _ in range(3):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        cut = np.empty((2 * len(near), 2))
        cut[::2], cut[1::2] = near, far
        points = np.vstack([points[:1], cut, points[-1:]])
    return LineString(points)
