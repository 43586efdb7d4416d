"""What a rule is made of: facts, criteria, bands and caps, and the edition that holds them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal


@dataclass(frozen=True)
class Text:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Grade:
    """A class a building may hold. `published` is the official wording of the result."""

    code: str
    name: Text
    published: str | None = None
    sign: Text | None = None  # to be hung at the door, the Chinese word for word
    visits: Text | None = None  # how the source has it watched, beside the interval


@dataclass(frozen=True)
class Category:
    """A heading of the check-list."""

    code: str
    name: Text


@dataclass(frozen=True)
class Item:
    """One line of the check-list, answered with a digit or "not applicable". `cost` as of a fact."""

    code: str
    category: str
    name: Text
    cost: int | None = None


@dataclass(frozen=True)
class Fact:
    """Something known of a building on a day.

    events: how many of the kinds in `of` happened; answer: the latest answer to the item `of[0]`;
    hazards: how many in `state`, of the groups in `of` and of `severities` (none named: all);
    inspections: how many answered a check-list, not known where there never was one.
    cost: what mending it costs the keeper, 1 small to 3 large; None: it is not the keeper's to mend.
    """

    name: str
    label: Text
    kind: Literal["events", "answer", "hazards", "inspections"]
    of: tuple[str, ...] = ()
    state: Literal["open", "overdue", "late", "found"] | None = None
    severities: tuple[str, ...] = ()
    police_only: bool = False
    cost: int | None = None

    @property
    def has_window(self) -> bool:
        """Whether it is counted over months, and not read as it stands on the day."""
        return self.kind in ("events", "inspections") or self.state == "found"


@dataclass(frozen=True)
class FactColumn:
    """A fact over the window one criterion or cap asks for: a column of the frame of facts."""

    fact: str
    months: int | None = None

    @property
    def column(self) -> str:
        return self.fact if self.months is None else f"{self.fact}:{self.months}m"


@dataclass(frozen=True)
class PerCount:
    """Points for every one counted."""

    need: FactColumn
    points: Decimal
    quote: str
    assumed: Text | None = None

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return (self.need,)


@dataclass(frozen=True)
class YesNo:
    """Points when the fact is one or more, other points when it is nought."""

    need: FactColumn
    yes: Decimal
    no: Decimal
    quote: str
    assumed: Text | None = None

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        return (self.need,)


@dataclass(frozen=True)
class NoApplicableItems:
    """The points of a share when the building was inspected and not one item applied."""

    points: Decimal
    quote: str


@dataclass(frozen=True)
class Share:
    """Points by the share of a category's items: sum of the answers over best answer times items that apply.

    nothing_scored: None leaves a building unrated of which not one item applied.
    """

    category: Category
    needs: tuple[FactColumn, ...]
    best: int
    points: Decimal
    quote: str
    nothing_scored: NoApplicableItems | None = None
    assumed: Text | None = None


Criterion = PerCount | YesNo | Share


@dataclass(frozen=True)
class Condition:
    """Holds while the values of its facts, added up, are at least `at_least` and below `below`."""

    needs: tuple[FactColumn, ...]
    at_least: int | None = None
    below: int | None = None


@dataclass(frozen=True)
class Cap:
    """The best grade a building may hold while all the conditions hold."""

    grade: str
    conditions: tuple[Condition, ...]
    quote: str
    assumed: Text | None = None


@dataclass(frozen=True)
class Band:
    """The grade of the scores below `below` that no earlier band took; the last band has no bound."""

    grade: str
    below: Decimal | None
    quote: str
    assumed: Text | None = None


@dataclass(frozen=True)
class LeftOut:
    """A sentence of the source this edition does not apply, and why."""

    quote: str
    why: Text


@dataclass(frozen=True)
class Edition:
    """A rule set as it stands from a day on, checked; see docs/adding-a-rule.md for the file it is read from."""

    rule_set: str
    in_force: date
    title: Text
    source: Text
    grades: tuple[Grade, ...]  # worst first
    start: Decimal
    start_quote: str | None
    criteria: tuple[Criterion, ...]
    bands: tuple[Band, ...]  # rising
    caps: tuple[Cap, ...]
    required: tuple[FactColumn, ...]  # without these a building is unrated, whatever the criteria and caps read
    left_out: tuple[LeftOut, ...]
    assumed: tuple[Text, ...]
    facts: Mapping[str, Fact]  # by name; the items of the check-list among them
    categories: tuple[Category, ...]
    checklist: tuple[Item, ...]
    inspect_every_days: Mapping[str, Mapping[str, int]]  # grade → role → days
    rounding: Literal["half_up"] | None
    warning: Text | None  # why it may only be put in force knowingly; None: an ordinary edition
    sha256: str
    text: str

    @cached_property
    def needs(self) -> tuple[FactColumn, ...]:
        """Every column its criteria and caps read or a rating requires, each once, in the order of the file."""
        found: dict[FactColumn, None] = {}
        for criterion in self.criteria:
            found |= dict.fromkeys(criterion.needs)
        for cap in self.caps:
            for condition in cap.conditions:
                found |= dict.fromkeys(condition.needs)
        return tuple(found | dict.fromkeys(self.required))

    @cached_property
    def unit(self) -> int:
        """Scores are whole numbers of 1/unit points, whatever the share: no rounding before the rule says so."""
        figures = [self.start, *(band.below for band in self.bands if band.below is not None)]
        shares = [1]
        for criterion in self.criteria:
            if isinstance(criterion, YesNo):
                figures += [criterion.yes, criterion.no]
            else:
                figures.append(criterion.points)
            if isinstance(criterion, Share):
                figures.append(criterion.nothing_scored.points if criterion.nothing_scored else Decimal(0))
                shares += [criterion.best * n for n in range(1, len(criterion.needs) + 1)]
        return math.lcm(*shares) * math.lcm(*(figure.as_integer_ratio()[1] for figure in figures))

    def position(self, grade: str) -> int:
        """The place of a grade's code among `grades`, worst 0."""
        return [one.code for one in self.grades].index(grade)
