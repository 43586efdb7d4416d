"""Marks and legends: told apart by shape, by lightness, and by eyes that confuse red and green."""

from itertools import pairwise

import numpy as np
import pytest
from PIL import ImageColor

from dashboard.i18n import translator
from dashboard.look.palette import OPEN, OVERDUE, RANKS, symbols
from dashboard.themes.registry import OVERLAYS, THEMES, theme_named
from data.city.filters import Filters
from scoring.rulebook.editions import edition_on, rule_sets
from tests.dashboard.demonstration import ON

# Machado, Oliveira, Fernandes 2009: deuteranopia, severity 1.0, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ @ np.ones(3)
APART = 20  # CIE76; 2.3 is just noticeable side by side, and marks lie far from each other
ALL_RULE_SETS = rule_sets()


def linear(colour: str) -> np.ndarray:
    channels = np.array(ImageColor.getrgb(colour)) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    share = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (share * 24389 / 27 + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, seen_through: np.ndarray) -> float:
    return float(np.linalg.norm(lab(seen_through @ linear(one)) - lab(seen_through @ linear(other))))


def grade_codes() -> list[tuple[str, ...]]:
    known = [tuple(grade.code for grade in edition_on(name, ON).grades) for name in ALL_RULE_SETS]
    return known + [tuple(f"grade {n}" for n in range(count)) for count in RANKS]


@pytest.mark.parametrize("grades", grade_codes(), ids=" ".join)
def test_classes_of_a_rule_set_differ_in_shape_and_neighbours_in_colour_for_red_green_blind_eyes(grades):
    drawn = symbols(grades)
    assert len(drawn) == len(grades) + 1
    assert len({symbol.shape for symbol in drawn}) == len(drawn)
    for eyes in (np.eye(3), DEUTERANOPIA):
        assert [
            (one.colour, other.colour)
            for one, other in pairwise(drawn)
            if difference(one.colour, other.colour, eyes) < APART
        ] == []


@pytest.mark.parametrize("count", range(1, 21))
def test_of_any_number_of_grades_no_two_are_drawn_alike_and_neighbours_differ_in_shape(count):
    drawn = symbols(tuple(f"grade {n}" for n in range(count)))
    assert len(set(drawn)) == len(drawn) == count + 1
    assert all(one.shape != other.shape for one, other in pairwise(drawn))
    assert drawn[-1].shape == "ring"
    assert len({symbol.colour for symbol in drawn}) == len(drawn)


def test_open_and_overdue_hazards_are_told_apart_by_shape_and_colour():
    assert OPEN.shape != OVERDUE.shape
    assert difference(OPEN.colour, OVERDUE.colour, DEUTERANOPIA) > APART


@pytest.mark.parametrize("name", [*ALL_RULE_SETS, *THEMES])
def test_every_legend_has_a_text_for_each_class_in_both_languages(name):
    theme = theme_named(name, {name: edition_on(name, ON)} if name in ALL_RULE_SETS else {})
    chinese, english = (
        theme.legend(t, Filters(hazard_state="ever")) + [overlay.legend_row(t) for overlay in OVERLAYS.values()]
        for t in (translator("zh"), translator("en"))
    )
    assert [row.symbol for row in chinese] == [row.symbol for row in english]
    assert [row.key for row in chinese] == [row.key for row in english]
    for rows in (chinese, english):
        labels = [row.label for row in rows[: -len(OVERLAYS)]]
        if theme.is_density:  # a scale: its ends are named
            labels = [labels[0], labels[-1]]
        assert all(labels)
        assert len(set(labels)) == len(labels)
    if name in ALL_RULE_SETS:
        classes = [row.symbol for row in english[: -len(OVERLAYS)]]
        assert tuple(classes) == theme.symbols()
