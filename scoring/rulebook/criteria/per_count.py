"""Points for every one counted: `points = -3`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.rulebook.criteria.criterion_kind import FactCriterion, RuleContext, read_fact
from scoring.rulebook.exact import Quotients
from scoring.rulebook.model import NO_ROWS, Columns, Edition, FactColumn, FigurePath, Gained
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True, kw_only=True)
class PerCount(FactCriterion):
    """Points for every one counted, or for every one of an answer."""

    points: Decimal

    @classmethod
    def fits(cls, table: Table) -> bool:
        return True

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        rule = read_fact(table, context)
        return cls(points=table.number("points"), **vars(rule))

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        return (Decimal(1),)

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        values = self.values(columns)
        return Quotients.of_floats(np.fmax(values, 0)) * self.points, NO_ROWS

    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        yield ("points",), self.points

    def best_answer(self, need: FactColumn, edition: Edition) -> int | None:
        return edition.facts[need.fact].best if self.points > 0 else 0
