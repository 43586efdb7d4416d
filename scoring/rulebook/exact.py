"""Fractions of all buildings at once, exact: int64 where that surely holds them, Python's whole numbers elsewhere.

Which of the two is decided before each step, by the largest number that could come out of it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import add, floordiv, mul

import numpy as np

HOLDS = 2**62  # of int64, with room for one sum
SHORT = 2**31  # denominators past this are reduced, so that the next product is more likely to hold
FLOATS_HOLD = 2**53
FEW = 20  # the whole numbers up to it have a common multiple of nine digits
Rational = Decimal | Fraction | int


@dataclass(frozen=True, eq=False)
class Whole:
    """Whole numbers: one for all, or int64 or object (n,). most: none of them is larger, whatever its sign."""

    values: int | np.ndarray
    most: int

    @classmethod
    def of(cls, values: int | np.ndarray) -> "Whole":
        return cls(values, _most(values))

    def __mul__(self, other: "Whole") -> "Whole":
        if other is ONE:
            return self
        if self is ONE:
            return other
        return _surely(mul, self, other, self.most * other.most)

    def __add__(self, other: "Whole") -> "Whole":
        return _surely(add, self, other, self.most + other.most)

    def __floordiv__(self, other: "Whole") -> "Whole":
        return _surely(floordiv, self, other, self.most + 1)

    def __lt__(self, other: "Whole") -> np.ndarray:
        return np.asarray(self.values < other.values, bool)

    def wide(self) -> int | np.ndarray:
        """As Python's own whole numbers."""
        return self.values if isinstance(self.values, int) else self.values.astype(object)

    def measured(self) -> "Whole":
        """With the largest there really is, in int64 where that holds them."""
        most = _most(self.values)
        if most < HOLDS and not isinstance(self.values, int):
            return Whole(self.values.astype(np.int64, copy=False), most)
        return Whole(self.values, most)

    def rows(self, chosen: np.ndarray | slice) -> "Whole":
        return self if isinstance(self.values, int) else Whole(self.values[chosen], self.most)

    def at(self, row: int) -> int:
        return self.values if isinstance(self.values, int) else int(self.values[row])


ONE = Whole(1, 1)


@dataclass(frozen=True, eq=False)
class Quotients:
    """One fraction a building: num / den, den above nought. num is never one number for all buildings, den may be."""

    num: Whole
    den: Whole = ONE

    @classmethod
    def same(cls, value: Rational, n: int) -> "Quotients":
        """The value for each of n buildings."""
        num, den = Fraction(value).as_integer_ratio()
        return cls(Whole(np.full(n, num, np.int64 if abs(num) < HOLDS else object), abs(num)), Whole(den, den))

    @classmethod
    def of_floats(cls, values: np.ndarray) -> "Quotients":
        """Numbers of at most three decimals, 0 or more, given as the floats next to them; none of them NaN."""
        whole, most = values.astype(np.int64), int(values.max(initial=0)) + 1
        if np.array_equal(whole, values):
            return cls(Whole(whole, most))
        return cls(Whole(np.rint(values * 1000).astype(np.int64), most * 1000), Whole(1000, 1000))

    def __len__(self) -> int:
        assert not isinstance(self.num.values, int)
        return len(self.num.values)

    def __add__(self, other: "Quotients") -> "Quotients":
        if isinstance(self.den.values, int) and isinstance(other.den.values, int):
            den = math.lcm(self.den.values, other.den.values)
            return Quotients(self._times_up_to(den) + other._times_up_to(den), _number(den))
        return Quotients(self.num * other.den + other.num * self.den, self.den * other.den)._shortened()

    def __mul__(self, factor: Rational) -> "Quotients":
        num, den = Fraction(factor).as_integer_ratio()
        return Quotients(self.num * _number(num), self.den * _number(den))

    def over(self, other: "Quotients") -> "Quotients":
        """Divided; where the other is nought the result is nought over one and means nothing."""
        divisor = other.num.values
        positive = Whole(np.where(divisor == 0, 1, np.abs(divisor)), max(other.num.most, 1))
        sign = Whole(np.sign(divisor), 1)
        return Quotients(self.num * other.den * sign, positive * self.den)._shortened()

    def over_positive(self, other: "Quotients") -> "Quotients":
        """Divided by numbers that are all above nought. Small ones are brought over one number, which is quicker."""
        if other.num.most <= FEW:
            common = math.lcm(*range(1, other.num.most + 1))
            parts = np.array([0, *(common // n for n in range(1, other.num.most + 1))])
            num = self.num * other.den * Whole(parts[other.num.values], common)
            return Quotients(num, self.den * _number(common))
        return Quotients(self.num * other.den, other.num * self.den)._shortened()

    def between(self, least: Rational | None, most: Rational | None) -> "Quotients":
        """No less than the one and no more than the other; None: no such bound."""
        bounded = self
        if least is not None:
            bounded = bounded.where(~bounded.below(least), Quotients.same(least, len(self)))
        if most is not None:
            bounded = bounded.where(bounded.below(most), Quotients.same(most, len(self)))
        return bounded

    def rounded(self, step: Rational) -> "Quotients":
        """To the nearest multiple of the step, half up."""
        num, den = (_number(part) for part in Fraction(step).as_integer_ratio())
        one = self.den * num
        steps = (self.num * den * _number(2) + one) // (one * _number(2))
        return Quotients(steps.measured() * num, den)

    def where(self, kept: np.ndarray, other: "Quotients") -> "Quotients":
        """These where `kept`, bool (n,), the others elsewhere."""
        if isinstance(self.den.values, int) and isinstance(other.den.values, int):
            den = math.lcm(self.den.values, other.den.values)
            return Quotients(_chosen(kept, self._times_up_to(den), other._times_up_to(den)), _number(den))
        return Quotients(_chosen(kept, self.num, other.num), _chosen(kept, self.den, other.den))

    def below(self, bound: Rational) -> np.ndarray:
        """Which lie below the bound, bool (n,)."""
        num, den = (_number(part) for part in Fraction(bound).as_integer_ratio())
        return self.num * den < self.den * num

    def floats(self) -> np.ndarray:
        """The floats next to them, float64 (n,)."""
        if max(self.num.most, self.den.most) < FLOATS_HOLD:
            return np.asarray(self.num.values / self.den.values, np.float64)
        return np.asarray(self.num.wide() / self.den.wide(), np.float64)

    def at(self, row: int) -> Fraction:
        return Fraction(self.num.at(row), self.den.at(row))

    def rows(self, chosen: np.ndarray | slice) -> "Quotients":
        """Those of some buildings."""
        return Quotients(self.num.rows(chosen), self.den.rows(chosen))

    def fewest_units(self, unit: int) -> np.ndarray:
        """How many times 1/unit at least, whole numbers; int64 or object (n,)."""
        return np.asarray(-(self.num * _number(-unit) // self.den).values)

    def _times_up_to(self, den: int) -> Whole:
        """The numerators over another denominator, a multiple of the one there is."""
        assert isinstance(self.den.values, int)
        return self.num * _number(den // self.den.values)

    def _shortened(self) -> "Quotients":
        if isinstance(self.den.values, int) or self.den.most < SHORT:
            return self
        common = np.gcd(self.num.values, self.den.values)
        num, den = (Whole(part.values // common, part.most).measured() for part in (self.num, self.den))
        return Quotients(num, den)


def total(parts: Sequence[Quotients]) -> Quotients:
    """All of them added up; there must be one at least. Those over one number first: they stay short."""
    return reduce(add, sorted(parts, key=lambda part: not isinstance(part.den.values, int)))


def _number(number: int) -> Whole:
    return ONE if number == 1 else Whole(number, abs(number))


def _surely(work: Callable, one: Whole, other: Whole, most: int) -> Whole:
    """most: the largest number that could come out; where that is too large the numbers are looked at once more."""
    if max(most, one.most, other.most) >= HOLDS:
        return Whole(work(one.wide(), other.wide()), most).measured()
    return Whole(work(one.values, other.values), most)


def _chosen(kept: np.ndarray, one: Whole, other: Whole) -> Whole:
    most = max(one.most, other.most)
    if most >= HOLDS:
        return Whole(np.where(kept, one.wide(), other.wide()), most)
    return Whole(np.where(kept, one.values, other.values), most)


def _most(values: int | np.ndarray) -> int:
    """The largest of the numbers, whatever its sign."""
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0
