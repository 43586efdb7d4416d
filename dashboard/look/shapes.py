"""The symbols of the palette as small pictures, drawn as the map and its legend draw them.

As pictures, since st.html lets no <svg> through; and they are printed, which backgrounds are not.
"""

from math import cos, pi, sin
from urllib.parse import quote

from dashboard.look.palette import PAPER, Symbol
from dashboard.look.plain_text import as_html

BOX, RADIUS = 16, 5.0  # as the legend of the map


def symbol_picture(symbol: Symbol, name: str = "") -> str:
    """An <img> of 1em; name: what it stands for, where no word beside it says so."""
    address = f"data:image/svg+xml,{quote(svg(symbol), safe='')}"
    return f"<img class='symbol' alt='{as_html(name)}' src='{address}'>"


def svg(symbol: Symbol) -> str:
    """Raises KeyError for a shape that the map does not draw."""
    if symbol.shape == "ring":
        paint = f"fill='{PAPER}' stroke='{symbol.colour}' stroke-width='{RADIUS * 0.9:g}'"
    else:
        paint = f"fill='{symbol.colour}'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {BOX} {BOX}'>"
    return f"{head}<g {paint}>{_SHAPES[symbol.shape]}</g></svg>"


def _polygon(reach: float, corners: int, turn: float, inner: float = 1, lower: float = 0) -> str:
    """corners: of its outline; every second one is drawn in by `inner`."""
    centre = BOX / 2
    points = []
    for number in range(corners):
        angle, length = turn + number * 2 * pi / corners, reach * (inner if number % 2 else 1)
        points.append(f"{centre + length * cos(angle):.2f},{centre + lower + length * sin(angle):.2f}")
    return f"<polygon points='{' '.join(points)}'/>"


def _circle(radius: float) -> str:
    return f"<circle cx='{BOX / 2:g}' cy='{BOX / 2:g}' r='{radius:g}'/>"


_SHAPES = {
    "circle": _circle(RADIUS),
    "ring": _circle(RADIUS * 0.85),
    "square": f"<rect x='{BOX / 2 - RADIUS * 0.9:g}' y='{BOX / 2 - RADIUS * 0.9:g}' width='9' height='9'/>",
    "diamond": _polygon(RADIUS * 1.2, 4, 0),
    "triangle": _polygon(RADIUS * 1.25, 3, -pi / 2, lower=RADIUS * 0.15),
    "star": _polygon(RADIUS * 1.45, 10, -pi / 2, inner=0.45),
}
