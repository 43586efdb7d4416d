"""Points by the share of a category's items that are as they should be: `share_of = "category"`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

import numpy as np

from scoring.errors import WrongFacts
from scoring.rulebook.criteria.criterion_kind import CriterionKind, RuleContext
from scoring.rulebook.model import (
    NO_ROWS,
    NOT_APPLICABLE,
    Category,
    Columns,
    Edition,
    FactColumn,
    FigurePath,
    Gained,
    Observation,
    Text,
    whole_units,
)
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True)
class NoApplicableItems:
    """The points of a share when the building was inspected and not one item applied."""

    points: Decimal
    quote: str


@dataclass(frozen=True)
class Share(CriterionKind):
    """Points by the share of a category's items: sum of the answers over best answer times items that apply.

    nothing_scored: None leaves a building unrated of which not one item applied.
    """

    category: Category
    items: tuple[FactColumn, ...]
    best: int
    points: Decimal
    quote: str
    nothing_scored: NoApplicableItems | None = None
    assumed: Text | None = None

    @classmethod
    def fits(cls, table: Table) -> bool:
        return "share_of" in table

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        code = table.choice("share_of", [category.code for category in context.categories])
        if context.best_answer is None:
            raise table.wrong("a share needs 'best_answer' at the head of the file: the highest answer an item can get")
        nothing_scored = None
        if "nothing_scored" in table:
            with table.table("nothing_scored") as rule:
                nothing_scored = NoApplicableItems(rule.number("points"), rule.string("quote"))
        return cls(
            category=next(category for category in context.categories if category.code == code),
            items=tuple(FactColumn(item.code) for item in context.checklist if item.category == code),
            best=context.best_answer,
            points=table.number("points"),
            quote=table.string("quote"),
            nothing_scored=nothing_scored,
            assumed=table.text_or_none("assumed"),
        )

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return self.items

    @property
    def amounts(self) -> tuple[Decimal, ...]:
        return (self.points,) if self.nothing_scored is None else (self.points, self.nothing_scored.points)

    @property
    def divisors(self) -> tuple[int, ...]:
        return tuple(self.best * n for n in range(1, len(self.items) + 1))

    def most_points(self, counted: int) -> Decimal:
        return abs(self.points)

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        answered, counts = self._answered(columns)
        per_answer = [0] + [int(Fraction(self.points) * edition.unit / divisor) for divisor in self.divisors]
        gained = answered.astype(np.int64) * np.array(per_answer)[counts]
        nothing = counts == 0
        if self.nothing_scored is None:
            return gained, nothing
        gained[nothing] = whole_units(self.nothing_scored.points, edition.unit)
        return gained, NO_ROWS

    def _answered(self, columns: Columns) -> tuple[np.ndarray, np.ndarray]:
        """The sum of each building's answers, float64 (n,), exact for small whole numbers; the items that apply."""
        n = len(columns[self.items[0]])
        answered, counts = np.zeros(n), np.zeros(n, np.int64)
        for need in self.items:
            values = columns[need]
            applies = values < NOT_APPLICABLE
            if np.any(applies & (values > self.best)):
                raise WrongFacts(
                    "An answer to '{fact}' is above {best}, the best this edition knows.",
                    fact=need.fact,
                    best=self.best,
                )
            np.add(answered, values, out=answered, where=applies)
            counts += applies
        return answered, counts

    def label(self, edition: Edition) -> Text:
        return self.category.name

    def observed(self, row: Mapping[str, float], edition: Edition) -> Observation:
        answers = {need.fact: row[need.column] for need in self.items if row[need.column] != NOT_APPLICABLE}
        nothing = self.nothing_scored if not answers else None
        return Observation(
            nothing.quote if nothing else self.quote,
            value=sum(answers.values()),
            out_of=float(self.best * len(answers)),
            failed=tuple(item for item in edition.checklist if answers.get(item.code, self.best) < self.best),
        )

    def figures(self, edition: Edition) -> Iterator[tuple[FigurePath, Decimal | None]]:
        yield ("points",), self.points

    @property
    def best_answer(self) -> int:
        return self.best

    @property
    def full_marks(self) -> Decimal:
        return self.points
