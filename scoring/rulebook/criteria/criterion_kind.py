"""What a kind of criterion must answer, and what kinds that read one fact have in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from scoring.rulebook.fact_parser import fact_columns
from scoring.rulebook.model import (
    Category,
    Criterion,
    Edition,
    Fact,
    FactColumn,
    FigurePath,
    Item,
    Observation,
    Text,
    observed_value,
)
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True)
class RuleContext:
    """What a criterion may refer to in its rule file. best_answer: the highest answer of an item, None not stated."""

    facts: Mapping[str, Fact]
    categories: Collection[Category]
    checklist: Collection[Item]
    best_answer: int | None


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
    """Points by the value of one fact. A kind of it says how it is read, its `amounts`, `most_points` and `gained`,
    and the figures of its points."""

    need: FactColumn
    quote: str
    assumed: Text | None = None

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return (self.need,)

    def label(self, edition: Edition) -> Text:
        return edition.facts[self.need.fact].label

    def observed(self, row: Mapping[str, float], edition: Edition) -> Observation:
        return Observation(self.quote, observed_value(self.need, row, edition), months=self.need.months)

    def figures(self, edition: Edition) -> Iterator[tuple[FigurePath, Decimal | None]]:
        yield from self.point_figures()
        if edition.facts[self.need.fact].has_window:
            yield ("months",), None if self.need.months is None else Decimal(self.need.months)

    @abstractmethod
    def point_figures(self) -> Iterator[tuple[FigurePath, Decimal]]:
        """The figures of its points, with their paths in the table of the criterion."""


def read_fact(table: Table, context: RuleContext) -> tuple[FactColumn, str, Text | None]:
    """The fact, the quote and what is assumed, as every criterion of one fact has them. Raises WrongRule."""
    (need,) = fact_columns(table, (table.string("fact"),), context.facts)
    return need, table.string("quote"), table.text_or_none("assumed")
