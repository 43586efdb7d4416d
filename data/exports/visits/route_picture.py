"""The way of a day, drawn: grey ground, the way, a numbered dot a visit, a square where the day begins and ends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import cosh, pi

import numpy as np
import shapely

from data.exports.visits.spread_dots import spread

WIDTH, HEIGHT = 720, 210  # units of the picture, four to a millimetre of the sheet
PADDING = 40  # around the way, so that no dot is cut
DOT = 11  # its radius
LEAST_M = 80  # a way within one court is not drawn larger than this
EARTH_M = 40_075_016.7  # around the equator
WAY, INK, BLOCK, WATER, ROAD = "#1f5fa8", "#1c2733", "#eef1f4", "#d5e4f2", "#cfd6de"
AREAS = {"block": BLOCK, "footprint": ROAD, "green": "#e3f0e1", "water": WATER}  # kinds of ground, lowest first
ROADS = {"path": 1.4, "rail": 2.0, "street": 4.0, "main": 6.0, "motorway": 7.0}  # and how wide they are drawn
SCALES_M = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
LONGEST_SCALE = 120
FAR_POST = 1.6  # drawn so much larger without the post, the visits alone fill the picture and the way runs out of it
LEADER_FROM = 3.0  # a dot further than this from its building is joined to it


@dataclass(frozen=True)
class Frame:
    """The part of Web-Mercator (0..1, y down) that is drawn. scale: units of the picture to one of Mercator."""

    west: float
    north: float
    scale: float

    @classmethod
    def around(cls, places: np.ndarray) -> "Frame":
        """Holds all places, float64 (n, 2), n at least 1."""
        low, high = places.min(axis=0), places.max(axis=0)
        middle, size = (low + high) / 2, np.array([WIDTH, HEIGHT])
        least = LEAST_M / EARTH_M * cosh(pi * (1 - 2 * middle[1]))
        scale = float(((size - 2 * PADDING) / np.maximum(high - low, least)).min())
        west, north = (middle - size / 2 / scale).tolist()
        return cls(west, north, scale)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """West, north, east, south."""
        return self.west, self.north, self.west + WIDTH / self.scale, self.north + HEIGHT / self.scale

    @property
    def metre(self) -> float:
        """A metre in the middle of the picture, in its units."""
        return self.scale / EARTH_M * cosh(pi * (1 - 2 * (self.north + HEIGHT / self.scale / 2)))

    def at(self, places: np.ndarray) -> np.ndarray:
        """Places in the picture, float64 (n, 2)."""
        return (places - (self.west, self.north)) * self.scale


def frame_of(post: np.ndarray, stops: np.ndarray) -> Frame:
    """What is drawn: all visits, and the post unless it is far from them."""
    whole, visits = Frame.around(np.vstack([post, stops])), Frame.around(stops)
    return visits if visits.scale > FAR_POST * whole.scale else whole


def route_picture(
    post: np.ndarray, stops: np.ndarray, turns: Sequence[int], shapes: np.ndarray, kinds: Sequence[str]
) -> bytes:
    """The picture as SVG. post (2,), stops (n, 2), shapes (m,): Web-Mercator 0..1, y down.

    turns: the numbers on the dots. kinds: of the shapes, of AREAS and ROADS; others are not drawn. Not a word of the
    data is in it.
    """
    frame = frame_of(post, stops)
    drawn = "".join((*_ground(frame, shapes, kinds), *_way(frame.at(post), frame.at(stops), turns), *_scale(frame)))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return f"{head}{drawn}</svg>".encode()


def _ground(frame: Frame, shapes: np.ndarray, kinds: Sequence[str]) -> Iterator[str]:
    west, north, east, south = frame.edges
    clipped = shapely.clip_by_rect(shapes, west, north, east, south) if len(shapes) else shapes
    of_kind = np.array(kinds, object)
    for kind in (*AREAS, *ROADS):
        path = "".join(_path(frame, shape) for shape in clipped[of_kind == kind])
        if path and kind in AREAS:
            yield f'<path d="{path}" fill="{AREAS[kind]}" fill-rule="evenodd"/>'
        elif path:
            yield f'<path d="{path}" fill="none" stroke="{ROAD}" stroke-width="{ROADS[kind]}" stroke-linejoin="round"/>'


def _path(frame: Frame, shape: shapely.Geometry) -> str:
    parts = shapely.get_parts(shape)
    is_line = shapely.get_dimensions(parts) == 1
    lines = [*parts[is_line], *shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])]
    return "".join(f"M{_points(frame.at(shapely.get_coordinates(line)))}" for line in lines)


def _points(places: np.ndarray) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places.tolist())


def _way(post: np.ndarray, stops: np.ndarray, turns: Iterable[int]) -> Iterator[str]:
    way = _points(np.vstack([post, stops, post]))
    yield f'<polyline points="{way}" fill="none" stroke="{WAY}" stroke-width="2" stroke-dasharray="6 4"/>'
    x, y = post.tolist()
    square = f'x="{x - DOT * 0.7:.1f}" y="{y - DOT * 0.7:.1f}" width="{DOT * 1.4:.1f}" height="{DOT * 1.4:.1f}"'
    yield f'<rect {square} fill="{WAY}"/>'
    dots = spread(np.vstack([post, stops]), 2 * DOT + 1, np.array([WIDTH, HEIGHT]) - DOT, DOT)[1:]
    for (x, y), (to_x, to_y) in zip(stops.tolist(), dots.tolist(), strict=True):
        if np.hypot(to_x - x, to_y - y) > LEADER_FROM:
            yield f'<path d="M{x:.1f},{y:.1f} {to_x:.1f},{to_y:.1f}" stroke="{INK}" stroke-width="1"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{INK}"/>'
    for turn, (x, y) in zip(turns, dots.tolist(), strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" fill="#ffffff" stroke="{WAY}" stroke-width="2"/>'
        yield _text(x, y + 4.6, str(turn), "middle")


def _scale(frame: Frame) -> Iterator[str]:
    """A bar of a round length, bottom left."""
    metres = max((one for one in SCALES_M if one * frame.metre <= LONGEST_SCALE), default=SCALES_M[0])
    long = metres * frame.metre
    yield f'<path d="M14,{HEIGHT - 18} v6 h{long:.1f} v-6" fill="none" stroke="{INK}" stroke-width="1.5"/>'
    yield _text(20 + long, HEIGHT - 11, f"{metres} m" if metres < 1_000 else f"{metres // 1_000} km", "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    face = f'font-family="Noto Sans SC" font-size="13" fill="{INK}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {face}>{text}</text>'
