"""Points by a group: `group = "code"`; or by the share of a category's items: `share_of = "category"`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from scoring.rulebook.criteria.criterion_kind import CriterionKind, RuleContext
from scoring.rulebook.exact import Quotients
from scoring.rulebook.group import Group
from scoring.rulebook.group_parser import group_named, share_of
from scoring.rulebook.model import (
    NO_ROWS,
    Category,
    Columns,
    Edition,
    FactColumn,
    FigurePath,
    Gained,
    Observation,
    Text,
)
from scoring.rulebook.toml_table import Table


@dataclass(frozen=True)
class NoApplicableItems:
    """The points of a group when not one of its items applied."""

    points: Decimal
    quote: str


@dataclass(frozen=True, kw_only=True)
class GroupPoints(CriterionKind):
    """Points for every one of what a group comes to.

    nothing_scored: None leaves a building unrated of which the group does not apply.
    """

    group: Group
    points: Decimal
    quote: str
    nothing_scored: NoApplicableItems | None = None
    assumed: Text | None = None

    @classmethod
    def fits(cls, table: Table) -> bool:
        return "group" in table

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        return cls(group=group_named(table, context.groups), **_points(table))

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return self.group.needs

    @property
    def demands(self) -> tuple[FactColumn, ...]:
        return self.group.demands

    @property
    def adds_up(self) -> bool:
        return self.group.adds_up

    def gained(self, columns: Columns, edition: Edition) -> Gained:
        amount = self.group.amount(columns)
        gained = amount.value * self.points
        if self.nothing_scored is None:
            return gained, ~amount.applies
        if amount.applies.all():
            return gained, NO_ROWS
        return gained.where(amount.applies, Quotients.same(self.nothing_scored.points, len(gained))), NO_ROWS

    def label(self, edition: Edition) -> Text:
        return self.group.name

    def observed(self, row: Mapping[str, float], edition: Edition) -> Observation:
        seen = self.group.seen(row)
        nothing = self.nothing_scored if seen.value is None or seen.out_of == 0 else None
        short = {part.fact.name for part in self.group.facts if 0 <= row[part.need.column] < (part.fact.best or 0)}
        return Observation(
            nothing.quote if nothing else self.quote,
            value=seen.value,
            out_of=seen.out_of,
            failed=tuple(item for item in edition.checklist if item.code in short and self.group.how == "share"),
            parts=self.group.parts_seen(row),
        )

    def figures(self, edition: Edition) -> Iterator[tuple[FigurePath, Decimal | None]]:
        yield ("points",), self.points

    def best_answer(self, need: FactColumn, edition: Edition) -> int | None:
        rises = self.group.direction(need) * (1 if self.points >= 0 else -1)
        return edition.facts[need.fact].best if rises > 0 else 0


@dataclass(frozen=True, kw_only=True)
class Share(GroupPoints):
    """Points by the share of a category's items: sum of the answers over best answers of the items that apply."""

    category: Category

    @classmethod
    def fits(cls, table: Table) -> bool:
        return "share_of" in table

    @classmethod
    def read(cls, table: Table, context: RuleContext) -> Self:
        category, group = share_of(table, context.facts, context.categories, context.checklist)
        return cls(group=group, category=category, **_points(table))

    @property
    def full_marks(self) -> Decimal:
        return self.points


def _points(table: Table) -> dict:
    nothing_scored = None
    if "nothing_scored" in table:
        with table.table("nothing_scored") as rule:
            nothing_scored = NoApplicableItems(rule.number("points"), rule.string("quote"))
    return {
        "points": table.number("points"),
        "quote": table.string("quote"),
        "nothing_scored": nothing_scored,
        "assumed": table.text_or_none("assumed"),
    }
