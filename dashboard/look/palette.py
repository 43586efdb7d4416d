"""One table of colours and shapes for maps, legends, charts and cards.

A class is told by shape as well as colour. The colours were chosen so that neighbours stay apart for
red-green colour-blind eyes: they differ in lightness and lean to orange or blue.
"""

from dataclasses import dataclass


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
    2: ("#b5382c", "#2f6db0"),
    3: ("#b5382c", "#d9b44a", "#2f6db0"),
    4: ("#b5382c", "#ea9a45", "#6aaed0", "#24599c"),
    5: ("#a9332b", "#d96f32", "#e3cc6c", "#69aecb", "#24599c"),
}
RANK_SHAPES = ("square", "triangle", "diamond", "circle", "star")
OPEN, OVERDUE, VACANT = Symbol("#e07b1f", "diamond"), Symbol("#a3195b", "square"), Symbol("#1d87c9", "star")
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
INK, PAPER, WATER, LAND, LINE = "#1c2733", "#ffffff", "#dfe8ef", "#f8f7f3", "#a9b4c0"


def symbols(grades: tuple[str, ...]) -> tuple[Symbol, ...]:
    """One mark per grade, worst first, and the unrated last."""
    if all(grade in BY_GRADE for grade in grades):
        known = tuple(BY_GRADE[grade] for grade in grades)
    else:
        colours = RANKS[len(grades)]
        shapes = RANK_SHAPES[: len(grades) - 1] + RANK_SHAPES[-1:]
        known = tuple(Symbol(colour, shape) for colour, shape in zip(colours, shapes, strict=True))
    return (*known, UNRATED)
