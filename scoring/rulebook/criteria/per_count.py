"""Points for every one counted: `points = -3`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.rulebook.criteria.criterion_kind import FactCriterion, RuleContext, read_fact
from scoring.rulebook.model import NO_ROWS, Columns, Edition, FigurePath, Gained, applies, whole_units
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True, kw_only=True)
class PerCount(FactCriterion):
    """Points for every one counted."""

    points: Decimal

    @classmethod
    def fits(cls, table: Table) -> bool:
        return True

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        need, quote, assumed = read_fact(table, context)
        return cls(need=need, points=table.number("points"), quote=quote, assumed=assumed)

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        return (self.points,)

    def most_points(self, counted: int) -> Decimal:
        return abs(self.points) * counted

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        counted = columns[self.need] * applies(self.need, columns, edition)
        return np.nan_to_num(counted).astype(np.int64) * whole_units(self.points, edition.unit), NO_ROWS

    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        yield ("points",), self.points
