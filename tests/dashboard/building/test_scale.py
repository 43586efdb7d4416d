"""A value on its scale."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.building.scale import scale_html, scale_of

NUMBERS = st.floats(-50, 200).map(lambda number: round(number, 2))
BOUNDS = st.lists(NUMBERS, min_size=1, max_size=6, unique=True).map(sorted)


def test_six_of_eight_lie_three_quarters_along_a_share():
    scale = scale_of(6, (), out_of=8)
    assert (scale.low, scale.high, scale.along(6)) == (0, 8, 75)


def test_one_case_where_the_first_counts_lies_on_the_bound_with_room_beyond():
    scale = scale_of(1, (1,))
    assert (scale.low, scale.high, scale.along(1)) == (0, 2, 50)


def test_a_score_far_above_the_bounds_ends_its_scale():
    scale = scale_of(22, (6, 7, 9), colours=("#a", "#b", "#c", "#d"))
    assert (scale.low, scale.high) == (4.5, 22)


def test_without_a_bound_and_a_best_there_is_no_scale():
    assert scale_of(3, ()) is None


@given(NUMBERS, BOUNDS, st.booleans())
def test_value_and_bounds_lie_on_the_scale_in_their_order(value, bounds, is_score):
    scale = scale_of(value, bounds, colours=("#abc",) * (len(bounds) + 1) if is_score else ())
    assert scale.low <= min(value, *bounds) and scale.high > max(bounds)
    along = [scale.along(one) for one in sorted([value, *bounds])]
    assert along == sorted(along) and along[0] >= 0 and along[-1] <= 100


def test_bounds_and_bands_are_drawn_where_they_lie():
    drawn = scale_html(scale_of(5, (4, 8), colours=("#c2352b", "#eda91f", "#2b9c7a")), "5 of 4, 8")
    assert re.findall(r"<u style='left:([\d.]+)%'>(\d*)</u>", drawn) == [("25.0", "4"), ("75.0", "8")]
    assert [float(width) for width in re.findall(r"width:([\d.]+)%", drawn)] == [25, 50, 25]
    assert "<b style='left:37.5%'>" in drawn


def test_of_bounds_that_lie_close_the_first_is_labelled_and_all_are_marked():
    drawn = scale_html(scale_of(1, (10, 11, 12, 40)), "")
    assert re.findall(r"%'>(\d*)</u>", drawn) == ["10", "", "", "40"]


@pytest.mark.parametrize("value", [None, 3.0])
def test_a_mark_stands_where_there_is_a_value(value):
    assert ("<b " in scale_html(scale_of(value, (1, 4)), "")) == (value is not None)


def test_what_a_scale_says_aloud_is_escaped():
    assert "aria-label='&lt;b&gt;'" in scale_html(scale_of(1, (1,)), "<b>")
