"""Points when something is there, other points when it is not: `points = { yes = 2, no = -2 }`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.rulebook.criteria.criterion_kind import FactCriterion, RuleContext, read_fact
from scoring.rulebook.model import NO_ROWS, Columns, Edition, FigurePath, Gained, applies, whole_units
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True, kw_only=True)
class YesNo(FactCriterion):
    """Points when the fact is one or more, other points when it is nought."""

    yes: Decimal
    no: Decimal

    @classmethod
    def fits(cls, table: Table) -> bool:
        return isinstance(table.values.get("points"), dict)

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        need, quote, assumed = read_fact(table, context)
        with table.table("points") as points:
            return cls(need=need, yes=points.number("yes"), no=points.number("no"), quote=quote, assumed=assumed)

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        return self.yes, self.no

    def most_points(self, counted: int) -> Decimal:
        return max(abs(self.yes), abs(self.no))

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        yes, no = (whole_units(points, edition.unit) for points in self.amounts)
        return np.where(columns[self.need] >= 1, yes, no) * applies(self.need, columns, edition), NO_ROWS

    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        yield ("points", "yes"), self.yes
        yield ("points", "no"), self.no

    @property
    def best_answer(self) -> int:
        return int(self.yes >= self.no)
