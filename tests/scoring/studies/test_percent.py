"""Percentages, exact and half up."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import WrongFacts
from scoring.studies.percent import percent


@pytest.mark.parametrize(
    ("part", "whole", "places", "expected"),
    [(1, 8, 0, "13"), (1, 8, 1, "12.5"), (1, 16, 1, "6.3"), (3, 8, 0, "38"), (1, 3, 2, "33.33"), (0, 7, 1, "0.0")],
)
def test_a_half_is_rounded_up(part: int, whole: int, places: int, expected: str) -> None:
    assert str(percent(part, whole, places)) == expected


@given(whole=st.integers(1, 10**12), share=st.fractions(0, 1), places=st.integers(0, 4))
def test_it_is_the_exact_share_however_large(whole: int, share: Fraction, places: int) -> None:
    part = int(whole * share)
    exact = Fraction(100 * part, whole)
    given_back = percent(part, whole, places)
    step = Fraction(1, 10**places)
    assert -step / 2 < Fraction(given_back) - exact <= step / 2
    if whole < 10**6:
        decimal = Decimal(100 * part) / Decimal(whole)
        assert given_back == decimal.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 2), (1, -2)])
def test_what_is_no_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(WrongFacts, match=f"{part} of {whole} is no share"):
        percent(part, whole)
