"""Intervals of shares, against the published ones, and what they let be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.studies.share_interval import is_more, share_interval


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (5, 10, 0.1871, 0.8129), (81, 263, 0.2527, 0.3676), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_that_of_clopper_and_pearson(part, whole, low, high):
    assert share_interval(part, whole) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_in_its_interval_and_less_error_makes_it_wider(share):
    part, whole = share
    low, high = share_interval(part, whole)
    wider_low, wider_high = share_interval(part, whole, error=0.01)
    assert 0 <= wider_low <= low <= part / whole <= high <= wider_high <= 1


def test_a_share_is_more_only_where_the_intervals_do_not_touch():
    assert is_more((60, 100), (20, 100))
    assert not is_more((20, 100), (60, 100))
    assert not is_more((30, 100), (20, 100))
    assert not is_more((3, 3), (0, 3))


def test_of_many_comparisons_each_must_be_clearer():
    assert is_more((45, 100), (24, 100))
    assert not is_more((45, 100), (24, 100), compared=50)
