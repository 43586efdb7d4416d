"""Bars of the map page: shares while there is something to compare, numbers where one class is left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.bar_chart import BarChart
from dashboard.charts.distribution import LONGEST, class_counts, composition, grade_counts, grade_shares
from dashboard.look.palette import symbols

NAMES, SYMBOLS = ["red", "green", "none"], symbols(("red", "green"))
TITLES = ("shares", "numbers")
AMOUNTS = st.lists(st.lists(st.integers(0, 200_000), min_size=3, max_size=3), min_size=1, max_size=6)


def drawn(counts):
    return composition(np.array(counts), ["north", "south"], NAMES, SYMBOLS, TITLES)


def lengths(chart: BarChart) -> list[list[float]]:
    return [[part.length for part in bar.parts] for bar in chart.bars]


def test_each_grade_has_its_number_and_its_share_and_the_largest_the_longest_bar():
    chart = grade_counts([30, 60, 10], NAMES, SYMBOLS, "title")
    assert [bar.number for bar in chart.bars] == ["30 · 30.0%", "60 · 60.0%", "10 · 10.0%"]
    assert lengths(chart) == [[LONGEST / 2], [LONGEST], [pytest.approx(LONGEST / 6)]]
    assert [bar.parts[0].colour for bar in chart.bars] == [symbol.colour for symbol in SYMBOLS]


def test_a_city_without_buildings_has_bars_of_no_length():
    assert lengths(grade_counts([0, 0, 0], NAMES, SYMBOLS, "title")) == [[0], [0], [0]]


def test_several_grades_are_drawn_as_shares_of_each_row():
    chart = drawn([[1, 3, 0], [0, 2, 0]])
    assert chart.title == "shares"
    assert lengths(chart) == [[0.25, 0.75], [1.0]]
    assert [bar.name for bar in chart.bars] == ["north (4)", "south (2)"]
    assert [part.said for part in chart.bars[0].parts] == ["red 1 · 25.0%", "green 3 · 75.0%"]


def test_where_a_filter_leaves_one_grade_numbers_are_drawn_and_not_a_hundred_per_cent_each():
    chart = drawn([[7, 0, 0], [2, 0, 0]])
    assert chart.title == "numbers"
    assert [(bar.name, bar.number, bar.parts[0].count) for bar in chart.bars] == [("north", "7", 7), ("south", "2", 2)]
    assert chart.key == ()


def test_counts_are_divided_by_class_with_their_sum_at_the_end_and_empty_rows_left_out():
    chart = class_counts(np.array([[1, 2, 0], [0, 0, 0], [1000, 30, 0]]), ["a", "b", "c"], NAMES, SYMBOLS, "title")
    assert [(bar.name, bar.number, [part.count for part in bar.parts]) for bar in chart.bars] == [
        ("a", "3", [1, 2]),
        ("c", "1,030", [1000, 30]),
    ]
    assert [name for _, name in chart.key] == ["red", "green"]


def test_nothing_to_count_is_an_empty_chart():
    assert class_counts(np.zeros((2, 3), int), ["a", "b"], NAMES, SYMBOLS, "title").bars == ()


@given(AMOUNTS)
def test_no_bar_is_longer_than_there_is_room(amounts):
    counts, rows = np.array(amounts), [str(n) for n in range(len(amounts))]
    for row in lengths(grade_shares(counts, rows, NAMES, SYMBOLS, "")):
        assert sum(row) == pytest.approx(1)
    for row in lengths(class_counts(counts, rows, NAMES, SYMBOLS, "")):
        assert sum(row) <= LONGEST + 1e-9
