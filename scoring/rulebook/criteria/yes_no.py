"""Points when something is there, other points when it is not: `points = { yes = 2, no = -2 }`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from scoring.rulebook.criteria.criterion_kind import FactCriterion, RuleContext, read_fact
from scoring.rulebook.exact import Quotients, Whole
from scoring.rulebook.model import NO_ROWS, Columns, Edition, FactColumn, FigurePath, Gained
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True, kw_only=True)
class YesNo(FactCriterion):
    """Points when the fact is one or more, other points when it is less."""

    yes: Decimal
    no: Decimal

    @classmethod
    def fits(cls, table: Table) -> bool:
        return isinstance(table.values.get("points"), dict)

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        rule = read_fact(table, context)
        with table.table("points") as points:
            return cls(yes=points.number("yes"), no=points.number("no"), **vars(rule))

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        return (Decimal(1),)

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        values = self.values(columns)
        unit = math.lcm(*(points.as_integer_ratio()[1] for points in (self.yes, self.no)))
        yes, no = (int(points * unit) for points in (self.yes, self.no))
        gained = (values >= 0) * no + (values >= 1) * (yes - no)
        return Quotients(Whole(gained, max(abs(yes), abs(no)))) * Fraction(1, unit), NO_ROWS

    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        yield ("points", "yes"), self.yes
        yield ("points", "no"), self.no

    def best_answer(self, need: FactColumn, edition: Edition) -> int | None:
        return int(self.yes >= self.no)
