"""Groups: facts and other groups added up, averaged or divided, for all buildings at once and exactly."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, Union

import numpy as np

from scoring.errors import WrongFacts
from scoring.rulebook.exact import Quotients, Whole, total
from scoring.rulebook.fact import (
    Columns,
    Fact,
    FactColumn,
    FigurePath,
    NotKnown,
    Seen,
    Text,
    value_in_row,
    values_of,
)

How = Literal["sum", "average", "ratio", "share"]
HOWS: tuple[How, ...] = ("sum", "average", "ratio", "share")


@dataclass(frozen=True)
class FactPart:
    """A fact as part of a group, over its window. It counts by the weight of its item."""

    fact: Fact
    need: FactColumn


Part = Union[FactPart, "Group"]


@dataclass(frozen=True, eq=False)
class Amount:
    """What a group comes to. value: of each building; applies: bool (n,), where it means anything."""

    value: Quotients
    applies: np.ndarray


@dataclass(frozen=True)
class Group:
    """A figure made of facts and of groups that stand before it in the file.

    sum, average: of `parts` that apply, by weight; ratio: the sum of `parts` over that of `to`; share: the sum of the
    answers over the best there could have been. What came out is multiplied by `factor`, rounded to a multiple of
    `round_to`, half up, and then kept between `at_least` and `at_most`. It does not apply where none of its parts does
    or where it would be divided by nought. not_known: what a fact counts as that is not known.
    """

    code: str
    name: Text
    how: How
    parts: tuple[Part, ...]
    to: tuple[Part, ...] = ()
    factor: Decimal = Decimal(1)
    round_to: Decimal | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    not_known: NotKnown = None

    @cached_property
    def needs(self) -> tuple[FactColumn, ...]:
        """The columns it reads, each once."""
        return tuple(dict.fromkeys(need for part in self._every for need in _needs(part)))

    @cached_property
    def demands(self) -> tuple[FactColumn, ...]:
        """Those of them without which it is not known."""
        own = () if self.not_known is not None else (p.need for p in self._every if isinstance(p, FactPart))
        of_groups = (need for part in self._every if isinstance(part, Group) for need in part.demands)
        return tuple(dict.fromkeys((*own, *of_groups)))

    @property
    def _every(self) -> tuple[Part, ...]:
        return (*self.parts, *self.to)

    @property
    def facts(self) -> tuple[FactPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, FactPart))

    @property
    def adds_up(self) -> bool:
        """Whether what one item changes is the same whatever the other items say."""
        bounded = (self.round_to, self.at_least, self.at_most) != (None, None, None)
        return self.how != "ratio" and not bounded and all(p.adds_up for p in self.parts if isinstance(p, Group))

    def direction(self, need: FactColumn) -> int:
        """1 where more of a fact is more of the group, -1 where it is less, 0 where it tells nothing."""
        sign = 1 if self.factor > 0 else -1
        for parts, turned in ((self.parts, sign), (self.to, -sign)):
            for part in parts:
                if isinstance(part, FactPart):
                    if part.need == need:
                        return turned
                elif part.direction(need):
                    return turned * part.direction(need)
        return 0

    def amount(self, columns: Columns) -> Amount:
        """Raises WrongFacts for an answer above the best."""
        combined = self._combined(columns)
        value = combined.value if self.factor == 1 else combined.value * self.factor
        if self.round_to is not None:
            value = value.rounded(self.round_to)
        return Amount(value.between(self.at_least, self.at_most), combined.applies)

    def _combined(self, columns: Columns) -> Amount:
        if self.how == "share":
            return self._share(columns)
        whole, weights, applies = self._sum(self.parts, columns)
        if self.how == "sum":
            return Amount(whole, applies)
        if self.how == "average":
            return Amount(whole.over(weights), applies)
        divisor, _, to_applies = self._sum(self.to, columns)
        return Amount(whole.over(divisor), applies & to_applies & (divisor.num.values != 0))

    def _sum(self, parts: tuple[Part, ...], columns: Columns) -> tuple[Quotients, Quotients, np.ndarray]:
        """The weighted sum of what applies, the sum of its weights, and where anything does."""
        sums, weights = [], []
        facts = tuple(part for part in parts if isinstance(part, FactPart))
        if facts:
            added = self._added(facts, columns, [1] * len(facts))
            sums.append(added[0])
            weights.append(added[1])
        for group in (part for part in parts if isinstance(part, Group)):
            amount = group.amount(columns)
            nought = Quotients.same(0, len(amount.applies))
            sums.append(amount.value.where(amount.applies, nought))
            weights.append(Quotients(Whole(amount.applies.astype(np.int64), 1)))
        of_all = total(weights)
        return total(sums), of_all, np.asarray(of_all.num.values > 0, bool)

    def _share(self, columns: Columns) -> Amount:
        best = [part.fact.best or 1 for part in self.facts]
        is_one = len(set(best)) == 1  # then items are counted and the best answer divides all of them
        answered, among = self._added(self.facts, columns, [1] * len(best) if is_one else best)
        applies = np.asarray(among.num.values > 0, bool)
        positive = Quotients(Whole(np.maximum(among.num.values, 1), max(among.num.most, 1)), among.den)
        return Amount(answered.over_positive(positive) * Fraction(1, best[0] if is_one else 1), applies)

    def _added(self, facts: tuple[FactPart, ...], columns: Columns, per: list[int]) -> tuple[Quotients, Quotients]:
        """The sum of weight times value, and of weight times `per`, of the facts that apply.

        Weights are taken whole, by their common denominator; floats hold the sums exactly, see group_parser.
        """
        unit = weight_unit(facts)
        n = len(columns[facts[0].need])
        added, among = np.zeros(n), np.zeros(n, np.int64)
        for part, one in zip(facts, per, strict=True):
            values = values_of(part.need, columns, self.not_known)
            applies = values >= 0
            if self.how == "share" and np.any(values > part.fact.best):
                raise WrongFacts(
                    "An answer to '{fact}' is above {best}, the best this edition knows.",
                    fact=part.fact.name,
                    best=part.fact.best,
                )
            weight = int(part.fact.weight * unit)
            np.add(added, values if weight == 1 else values * weight, out=added, where=applies)
            among += applies if weight * one == 1 else applies * (weight * one)
        return Quotients.of_floats(added) * Fraction(1, unit), Quotients(Whole.of(among)) * Fraction(1, unit)

    def seen(self, row: Mapping[str, float]) -> Seen:
        """What it comes to at one building: for a share the sum of the answers out of the best sum."""
        columns = {need: np.array([row[need.column]]) for need in self.needs}
        if self.how == "share":
            answered, best = self._added(self.facts, columns, [part.fact.best or 1 for part in self.facts])
            return Seen(self.name, float(answered.at(0)), float(best.at(0)))
        amount = self.amount(columns)
        return Seen(self.name, float(amount.value.at(0)) if amount.applies[0] else None)

    def parts_seen(self, row: Mapping[str, float]) -> tuple[Seen, ...]:
        """What it is made of at one building; of a share nothing, which names the items that fall short."""
        return () if self.how == "share" else tuple(_seen(part, row, self.not_known) for part in self._every)

    def figures(self) -> Iterator[tuple[FigurePath, Decimal | None]]:
        """Its figures that the file states, with their paths in its table."""
        for key in ("factor", "round_to", "at_least", "at_most"):
            value = getattr(self, key)
            if value is not None and (key, value) != ("factor", 1):
                yield (key,), value


def weight_unit(facts: tuple[FactPart, ...]) -> int:
    """Of how many parts all weights are whole multiples."""
    return math.lcm(*(part.fact.weight.as_integer_ratio()[1] for part in facts))


def _needs(part: Part) -> tuple[FactColumn, ...]:
    return (part.need,) if isinstance(part, FactPart) else part.needs


def _seen(part: Part, row: Mapping[str, float], not_known: NotKnown) -> Seen:
    if isinstance(part, FactPart):
        return Seen(part.fact.label, value_in_row(part.need, row, not_known))
    return part.seen(row)
