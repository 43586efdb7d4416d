"""What a kind of criterion must answer, and what kinds that read one fact have in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

import numpy as np

from scoring.rulebook.fact import (
    Category,
    Columns,
    Fact,
    FactColumn,
    FigurePath,
    Item,
    NotKnown,
    Text,
    value_in_row,
    values_of,
)
from scoring.rulebook.fact_parser import fact_columns, not_known_in
from scoring.rulebook.group import Group
from scoring.rulebook.model import Criterion, Edition, Observation
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True)
class RuleContext:
    """What a criterion may refer to in its rule file. groups: by code."""

    facts: Mapping[str, Fact]
    categories: Collection[Category]
    checklist: Collection[Item]
    groups: Mapping[str, Group]


class CriterionKind(Criterion, ABC):
    """A criterion that can be read from a rule file."""

    @classmethod
    @abstractmethod
    def fits(cls, table: Table) -> bool:
        """Whether a [[criterion]] is of this kind."""

    @classmethod
    @abstractmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        """The criterion of a table that fits. Raises WrongRule."""


@dataclass(frozen=True, kw_only=True)
class FactCriterion(CriterionKind, ABC):
    """Points by the value of one fact. A kind of it says how it is read, what is `gained`, and the figures of its
    points. not_known: what the fact counts as where it is not known."""

    need: FactColumn
    quote: str
    assumed: Text | None = None
    not_known: NotKnown = None

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return (self.need,)

    @property
    def demands(self) -> tuple[FactColumn, ...]:
        return self.needs if self.not_known is None else ()

    def values(self, columns: Columns) -> np.ndarray:
        """The fact of every building, float64 (n,); below nought or NaN where it has no value."""
        return values_of(self.need, columns, self.not_known)

    def label(self, edition: Edition) -> Text:
        return edition.facts[self.need.fact].label

    def observed(self, row: Mapping[str, float], edition: Edition) -> Observation:
        return Observation(self.quote, value_in_row(self.need, row, self.not_known), months=self.need.months)

    def figures(self, edition: Edition) -> Iterator[tuple[FigurePath, Decimal | None]]:
        yield from self.point_figures()
        if edition.facts[self.need.fact].has_window:
            yield ("months",), None if self.need.months is None else Decimal(self.need.months)

    @abstractmethod
    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        """The figures of its points, with their paths in the table of the criterion."""


@dataclass(frozen=True)
class FactRule:
    """What every criterion of one fact says besides its points."""

    need: FactColumn
    quote: str
    assumed: Text | None
    not_known: NotKnown


def read_fact(table: Table, context: RuleContext) -> FactRule:
    """Raises WrongRule."""
    (need,) = fact_columns(table, (table.string("fact"),), context.facts)
    return FactRule(need, table.string("quote"), table.text_or_none("assumed"), not_known_in(table))
