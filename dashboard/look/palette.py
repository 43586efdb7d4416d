"""One table of colours and shapes for maps, legends, charts and cards.

A class is told by shape as well as colour. The colours were chosen so that neighbours stay apart for
red-green colour-blind eyes: they differ in lightness and lean to orange or blue.
"""

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np


@dataclass(frozen=True)
class Symbol:
    """How a class is drawn."""

    colour: str
    shape: str


UNRATED = Symbol("#8d99a6", "ring")
NOTHING = Symbol("#b9c4cf", "circle")
BY_GRADE = {
    "red": Symbol("#c2352b", "square"),
    "yellow": Symbol("#eda91f", "triangle"),
    "green": Symbol("#2b9c7a", "circle"),
    "star": Symbol("#2c5fb8", "star"),
    "key": Symbol("#b5382c", "square"),
    "attention": Symbol("#d9b44a", "triangle"),
    "ordinary": Symbol("#2f6db0", "circle"),  # nine in ten: no distinction, so no star
}
# Worst to best, for any other rule set: from brick through sand to deep blue.
RANKS = {
    1: ("#2f6db0",),
    2: ("#b5382c", "#2f6db0"),
    3: ("#b5382c", "#d9b44a", "#2f6db0"),
    4: ("#b5382c", "#ea9a45", "#6aaed0", "#24599c"),
    5: ("#a9332b", "#d96f32", "#e3cc6c", "#69aecb", "#24599c"),
}
RANK_SHAPES = ("square", "triangle", "diamond", "circle", "star")
OPEN, OVERDUE, VACANT = Symbol("#e07b1f", "diamond"), Symbol("#a3195b", "square"), Symbol("#1d87c9", "star")
VISIT, EVENT, MENDED = Symbol("#1f5fa8", "ring"), Symbol("#1c2733", "square"), Symbol("#7d8b99", "diamond")
CHANGED = (Symbol("#b5382c", "square"), Symbol("#2f6db0", "circle"))  # worse, better
SHARES = ("#e9eef4", "#f6dfc3", "#efb98a", "#dd8458", "#b9473b")  # low to high share of trouble, for areas
ORDERS = {  # in which visits could have been made
    "score": Symbol("#1f5fa8", "circle"),
    "other": Symbol("#c2255c", "cross"),
    "last_result": Symbol("#2b9c7a", "diamond"),
    "inspector": Symbol("#d9730d", "triangle-up"),
    "random": Symbol("#8d99a6", "circle-open"),
    "actual": Symbol("#45525f", "square"),
    "inside": Symbol("#7a3fa0", "star"),
    "inside_random": Symbol("#b79ccb", "star-open"),
}
DENSITY = ("#dbe7f3", "#b3cfe7", "#7fb0d8", "#4b8bc2", "#24629f", "#0f3b6d")
INK, PAPER, LINE = "#1c2733", "#ffffff", "#a9b4c0"


def _rank_colours(count: int) -> tuple[str, ...]:
    """RANKS where it has so many; of more, steps between its five, which neighbours in shape help to tell apart."""
    if count in RANKS:
        return RANKS[count]
    anchors = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in RANKS[5]])
    along, places = np.linspace(0, 1, count), np.linspace(0, 1, len(anchors))
    channels = np.stack([np.interp(along, places, channel) for channel in anchors.T], axis=1).round().astype(int)
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in channels.tolist())


def _rank_shapes(count: int) -> tuple[str, ...]:
    """The worst is a square, the best a star, and those between them differ from their neighbours."""
    worst, *between, best = RANK_SHAPES
    if count == 1:
        return (between[-1],)
    return (worst, *islice(cycle(between), count - 2), best)


def symbols(grades: tuple[str, ...]) -> tuple[Symbol, ...]:
    """One mark per grade, worst first, and the unrated last."""
    if all(grade in BY_GRADE for grade in grades):
        known = tuple(BY_GRADE[grade] for grade in grades)
    else:
        known = tuple(map(Symbol, _rank_colours(len(grades)), _rank_shapes(len(grades))))
    return (*known, UNRATED)
