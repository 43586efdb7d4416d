"""Fractions of many buildings at once are Python's own fractions, however large."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rulebook import exact
from scoring.rulebook.exact import Quotients, Whole, total

numbers = st.one_of(st.integers(-50, 50), st.integers(-(2**61), 2**61), st.integers(-(10**40), 10**40))
fractions = st.builds(Fraction, numbers, st.one_of(st.integers(1, 50), st.integers(1, 2**61), st.integers(1, 10**40)))
columns = st.integers(1, 5).flatmap(lambda n: st.tuples(*(st.lists(fractions, min_size=n, max_size=n),) * 2))


def quotients(values: list[Fraction]) -> Quotients:
    return Quotients(whole([one.numerator for one in values]), whole([one.denominator for one in values]))


def whole(values: list[int]) -> Whole:
    return Whole.of(np.array(values, np.int64 if all(abs(one) < exact.HOLDS for one in values) else object))


def plain(found: Quotients) -> list[Fraction]:
    return [found.at(row) for row in range(len(found))]


@given(columns)
def test_sums_products_and_quotients_are_exact(pair: tuple[list[Fraction], list[Fraction]]) -> None:
    one, other = pair
    ours, theirs = quotients(one), quotients(other)
    assert plain(ours + theirs) == [a + b for a, b in zip(one, other, strict=True)]
    assert plain(total([ours, theirs, Quotients.same(Fraction(1, 3), len(one))])) == [
        a + b + Fraction(1, 3) for a, b in zip(one, other, strict=True)
    ]
    assert plain(ours * other[0]) == [a * other[0] for a in one]
    assert [q for q, b in zip(plain(ours.over(theirs)), other, strict=True) if b] == [
        a / b for a, b in zip(one, other, strict=True) if b
    ]


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=5), st.lists(st.integers(1, 30), min_size=5))
def test_small_divisors_brought_over_one_number_are_the_same(nums: list[int], divisors: list[int]) -> None:
    by = divisors[: len(nums)]
    found = Quotients(whole(nums)).over_positive(Quotients(whole(by)))
    assert plain(found) == [Fraction(a, b) for a, b in zip(nums, by, strict=True)]


@given(columns, fractions.filter(lambda one: one > 0))
def test_rounding_is_to_the_nearest_multiple_and_of_two_to_the_higher(pair: tuple, step: Fraction) -> None:
    one, _ = pair
    for found, value in zip(plain(quotients(one).rounded(step)), one, strict=True):
        assert found % step == 0
        assert -step / 2 < found - value <= step / 2


@given(columns, fractions)
def test_bounds_are_compared_exactly(pair: tuple, bound: Fraction) -> None:
    values = [*pair[0], bound]
    assert quotients(values).below(bound).tolist() == [one < bound for one in values]
    assert plain(quotients(values).between(bound, None)) == [max(one, bound) for one in values]
    assert plain(quotients(values).between(None, bound)) == [min(one, bound) for one in values]


@given(columns)
def test_the_float_is_the_one_next_to_the_fraction(pair: tuple) -> None:
    assert quotients(pair[0]).floats().tolist() == [float(one) for one in pair[0]]


@given(st.lists(st.decimals(0, 999_999, places=3), min_size=1, max_size=4))
def test_decimals_given_as_floats_are_themselves_again(values: list) -> None:
    assert plain(Quotients.of_floats(np.array(values, float))) == [Fraction(one) for one in values]


@given(columns, st.integers(1, 10**6))
def test_units_are_counted_upwards(pair: tuple, unit: int) -> None:
    found = [int(one) for one in quotients(pair[0]).fewest_units(unit)]
    assert [one - Fraction(1) < value * unit <= one for one, value in zip(found, pair[0], strict=True)] == [True] * len(
        found
    )


@pytest.mark.parametrize("den", [1, 7])
def test_numbers_that_int64_holds_stay_there(den: int) -> None:
    found = Quotients(whole([3, 4]), Whole.of(den)) + Quotients(whole([5, 6]), Whole.of(den))
    assert isinstance(found.num.values, np.ndarray)
    assert found.num.values.dtype == np.int64
