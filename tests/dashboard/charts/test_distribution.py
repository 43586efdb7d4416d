"""Bars of the map page: shares while there is something to compare, numbers where one class is left."""

import numpy as np

from dashboard.charts.distribution import class_counts, composition
from dashboard.look.palette import symbols

NAMES, SYMBOLS = ["red", "green", "none"], symbols(("red", "green"))
TITLES = ("shares", "numbers")


def drawn(counts):
    return composition(np.array(counts), ["north", "south"], NAMES, SYMBOLS, TITLES)


def test_several_grades_are_drawn_as_shares_of_each_row():
    figure = drawn([[1, 3, 0], [0, 2, 0]])
    assert figure.layout.title.text == "shares"
    assert [list(bar.x) for bar in figure.data] == [[0.25, 0.0], [0.75, 1.0], [0.0, 0.0]]


def test_where_a_filter_leaves_one_grade_numbers_are_drawn_and_not_a_hundred_per_cent_each():
    figure = drawn([[7, 0, 0], [2, 0, 0]])
    assert figure.layout.title.text == "numbers"
    (bar,) = figure.data
    assert (list(bar.x), list(bar.y), list(bar.text)) == ([7, 2], ["north", "south"], ["7", "2"])


def test_counts_are_divided_by_class_with_their_sum_at_the_end_and_empty_rows_left_out():
    figure = class_counts(np.array([[1, 2, 0], [0, 0, 0], [1000, 30, 0]]), ["a", "b", "c"], NAMES, SYMBOLS, "title")
    assert [(bar.name, list(bar.x), list(bar.y)) for bar in figure.data] == [
        ("red", [1, 1000], ["a", "c"]),
        ("green", [2, 30], ["a", "c"]),
    ]
    assert [bar.text for bar in figure.data] == [None, ("3", "1,030")]


def test_nothing_to_count_is_an_empty_chart():
    assert class_counts(np.zeros((2, 3), int), ["a", "b"], NAMES, SYMBOLS, "title").data == ()
