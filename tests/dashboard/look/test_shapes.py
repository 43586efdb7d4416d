"""Symbols as pictures: the shapes and colours of the map."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from dashboard.look.palette import EVENT, MENDED, OPEN, OVERDUE, UNRATED, VISIT, Symbol, symbols
from dashboard.look.shapes import BOX, svg, symbol_picture
from scoring.rulebook.editions import editions, rule_sets

EDITIONS = [edition for rule_set in rule_sets() for edition in editions(rule_set)]
OF_GRADES = [mark for edition in EDITIONS for mark in symbols(tuple(grade.code for grade in edition.grades))]


def drawn(symbol: Symbol) -> ElementTree.Element:
    """The group with its one shape."""
    (group,) = ElementTree.fromstring(svg(symbol))
    return group


def corners(symbol: Symbol) -> list[tuple[float, float]]:
    pairs = drawn(symbol)[0].attrib["points"].split()
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in pairs)]


@pytest.mark.parametrize("symbol", [*dict.fromkeys(OF_GRADES), EVENT, MENDED, OPEN, OVERDUE, VISIT], ids=str)
def test_every_symbol_of_a_card_is_drawn_within_its_box_in_its_colour(symbol):
    assert symbol.colour in drawn(symbol).attrib.values()
    assert all(0 <= x <= BOX and 0 <= y <= BOX for x, y in (corners(symbol) if "points" in svg(symbol) else []))


def test_a_star_has_five_points_above_all_and_a_triangle_stands_on_its_base():
    star, triangle = corners(Symbol("#000000", "star")), corners(Symbol("#000000", "triangle"))
    assert len(star) == 10 and star[0] == min(star, key=lambda corner: corner[1])
    assert len(triangle) == 3 and triangle[0] == (8, 2.5) and triangle[1][1] == triangle[2][1]


def test_a_ring_is_hollow_and_a_circle_is_not():
    assert drawn(UNRATED).attrib["stroke"] == UNRATED.colour != drawn(UNRATED).attrib["fill"]
    assert "stroke" not in drawn(Symbol("#2b9c7a", "circle")).attrib


def test_a_picture_carries_its_drawing_and_its_name_without_an_open_quote():
    picture = symbol_picture(OPEN, "<Open's>")
    assert "alt='&lt;Open&#x27;s&gt;'" in picture
    (address,) = re.findall("src='data:image/svg\\+xml,([^']*)'", picture)
    assert unquote(address) == svg(OPEN)
