"""Points by the range a fact or a group lies in: `[[criterion.range]]` with `below` and `points`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.rulebook.criteria.criterion_kind import CriterionKind, RuleContext, read_fact
from scoring.rulebook.exact import Quotients
from scoring.rulebook.fact import NotKnown, value_in_row, values_of
from scoring.rulebook.group import Group
from scoring.rulebook.group_parser import group_named
from scoring.rulebook.model import NO_ROWS, Columns, Edition, FactColumn, FigurePath, Gained, Observation, Text
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True)
class Range:
    """The points of the values below `below` that no earlier range took; the last range has no bound."""

    below: Decimal | None
    points: Decimal


@dataclass(frozen=True)
class ByRange(CriterionKind):
    """Points by the range of a value; none where it does not apply. of: the column of a fact, or a group."""

    of: FactColumn | Group
    ranges: tuple[Range, ...]
    quote: str
    assumed: Text | None = None
    not_known: NotKnown = None

    @classmethod
    def fits(cls, table: Table) -> bool:
        return "range" in table

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        ranges = _ranges(table)
        if "group" in table:
            group = group_named(table, context.groups)
            return cls(group, ranges, table.string("quote"), table.text_or_none("assumed"))
        rule = read_fact(table, context)
        return cls(rule.need, ranges, rule.quote, rule.assumed, rule.not_known)

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return self.of.needs if isinstance(self.of, Group) else (self.of,)

    @property
    def demands(self) -> tuple[FactColumn, ...]:
        if isinstance(self.of, Group):
            return self.of.demands
        return self.needs if self.not_known is None else ()

    @property
    def adds_up(self) -> bool:
        return not isinstance(self.of, Group)

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        return tuple(one.below for one in self.ranges if one.below is not None)

    def label(self, edition: Edition) -> Text:
        return self.of.name if isinstance(self.of, Group) else edition.facts[self.of.fact].label

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        if isinstance(self.of, Group):
            amount = self.of.amount(columns)
            value, applies = amount.value, amount.applies
        else:
            values = values_of(self.of, columns, self.not_known)
            value, applies = Quotients.of_floats(np.fmax(values, 0)), values >= 0
        gained = Quotients.same(self.ranges[-1].points, len(value))
        for one in reversed(self.ranges[:-1]):
            gained = Quotients.same(one.points, len(value)).where(value.below(one.below or 0), gained)
        return gained.where(applies, Quotients.same(0, len(value))), NO_ROWS

    def observed(self, row: Mapping[str, float], edition: Edition) -> Observation:
        if not isinstance(self.of, Group):
            return Observation(self.quote, value_in_row(self.of, row, self.not_known), months=self.of.months)
        seen = self.of.seen(row)
        return Observation(self.quote, seen.value, seen.out_of, parts=self.of.parts_seen(row))

    def figures(self, edition: Edition) -> Iterator[tuple[FigurePath, Decimal | None]]:
        for index, one in enumerate(self.ranges):
            if one.below is not None:
                yield ("range", index, "below"), one.below
            yield ("range", index, "points"), one.points
        if not isinstance(self.of, Group) and edition.facts[self.of.fact].has_window:
            yield ("months",), None if self.of.months is None else Decimal(self.of.months)

    def best_answer(self, need: FactColumn, edition: Edition) -> int | None:
        if isinstance(self.of, Group):
            rises = self.ranges[-1].points >= self.ranges[0].points
            return edition.facts[need.fact].best if (self.of.direction(need) > 0) == rises else 0
        best = max(range(len(self.ranges)), key=lambda index: self.ranges[index].points)
        return 0 if best == 0 else -int(-(self.ranges[best - 1].below or 0) // 1)


def _ranges(table: Table) -> tuple[Range, ...]:
    rows = table.tables("range")
    ranges: list[Range] = []
    for one in rows:
        with one:
            below = one.number("below") if "below" in one else None
            if (below is None) != (one is rows[-1]):
                raise one.wrong(
                    "every range but the last has 'below'; the last must be open, or some values get nothing"
                )
            if below is not None and ranges and below <= (ranges[-1].below or 0):
                raise one.wrong(
                    "'below' {below} does not rise above {last}; put the ranges in rising order",
                    below=below,
                    last=ranges[-1].below,
                )
            ranges.append(Range(below, one.number("points")))
    if len(ranges) < 2:
        raise table.wrong("one range gives every building the same; write two at least")
    return tuple(ranges)
