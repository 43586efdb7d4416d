"""What a rule is made of: facts, criteria, bands and caps, and the edition that holds them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np

NOT_APPLICABLE = 255  # the answer of an item that does not apply, in check-lists and in the frame of facts
NO_ROWS = slice(0)


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


Columns = Mapping[FactColumn, np.ndarray]  # the frame of facts, each column of shape (n,)
Gained = tuple[np.ndarray, np.ndarray | slice]  # units of points, int64 (n,), and the rows left unrated
FigurePath = tuple[str | int, ...]  # where a figure stands in a table of a rule file


@dataclass(frozen=True)
class Observation:
    """What a criterion saw of one building: for a share the sum of the answers, with the best sum in `out_of`.

    quote: the sentence of the rule that applied; failed: items short of the best answer.
    """

    quote: str
    value: float | None
    out_of: float | None = None
    months: int | None = None
    failed: tuple[Item, ...] = ()


class Criterion(ABC):
    """A rule by which facts give points. Its kinds are the modules of scoring/rulebook/criteria."""

    quote: str
    assumed: Text | None

    @property
    @abstractmethod
    def needs(self) -> tuple[FactColumn, ...]:
        """The columns of the frame of facts it reads."""

    @abstractmethod
    def label(self, edition: "Edition") -> Text:
        """What it is about."""

    @property
    @abstractmethod
    def amounts(self) -> tuple[Decimal, ...]:
        """Every number of points it may give whole."""

    @property
    def divisors(self) -> tuple[int, ...]:
        """What its amounts may be divided by."""
        return ()

    @abstractmethod
    def most_points(self, counted: int) -> Decimal:
        """No building gains or loses more than this while nothing is counted more than `counted` times."""

    @abstractmethod
    def gained(self, columns: Columns, edition: "Edition") -> Gained:
        """Units of points of every building, nought where a fact is missing; and the rows where nothing is scored.

        Raises WrongFacts for a value the edition does not know.
        """

    @abstractmethod
    def observed(self, row: Mapping[str, float], edition: "Edition") -> Observation:
        """What it saw of one building. row: by FactColumn.column."""

    @abstractmethod
    def figures(self, edition: "Edition") -> Iterator[tuple[FigurePath, Decimal | None]]:
        """Its figures that may be tried otherwise, with their paths in its table; None where the file is silent."""

    @property
    def best_answer(self) -> int | None:
        """The answer to an item it reads that gains most; None: it does not tell."""
        return None

    @property
    def full_marks(self) -> Decimal | None:
        """The points of all of a share, which the points of other shares are weighed against; None: no share."""
        return None


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

    @property
    def needs(self) -> tuple[FactColumn, ...]:
        """The columns of the frame of facts it reads."""
        return tuple(need for condition in self.conditions for need in condition.needs)


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
        columns: dict[FactColumn, None] = {}
        for criterion in self.criteria:
            columns |= dict.fromkeys(criterion.needs)
        for cap in self.caps:
            columns |= dict.fromkeys(cap.needs)
        return tuple(columns | dict.fromkeys(self.required))

    @cached_property
    def unit(self) -> int:
        """Scores are whole numbers of 1/unit points, whatever the share: no rounding before the rule says so."""
        figures = [self.start, *(band.below for band in self.bands if band.below is not None)]
        figures += [amount for criterion in self.criteria for amount in criterion.amounts]
        divisors = [divisor for criterion in self.criteria for divisor in criterion.divisors]
        return math.lcm(*divisors) * math.lcm(*(figure.as_integer_ratio()[1] for figure in figures))

    def position(self, grade: str) -> int:
        """The index of a grade's code in `grades`, worst 0."""
        return [listed.code for listed in self.grades].index(grade)


def cap_label(edition: Edition, cap: Cap) -> Text:
    """The facts a cap is about, all of its conditions together."""
    return facts_label(edition, (need.fact for need in cap.needs))


def facts_label(edition: Edition, names: Iterable[str]) -> Text:
    labels = list(dict.fromkeys(edition.facts[name].label for name in names))
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def whole_units(points: Decimal, unit: int) -> int:
    """Points as units of an edition: whole, by the making of the unit."""
    return int(Fraction(points) * unit)


def applies(need: FactColumn, columns: Columns, edition: Edition) -> np.ndarray | bool:
    """Where a value is one: an answer may not apply, while 255 cases are 255 cases."""
    return edition.facts[need.fact].kind != "answer" or columns[need] != NOT_APPLICABLE


def observed_value(need: FactColumn, row: Mapping[str, float], edition: Edition) -> float | None:
    """A fact in one building's row of the frame of facts; None for an item that does not apply."""
    value = row[need.column]
    return None if edition.facts[need.fact].kind == "answer" and value == NOT_APPLICABLE else value
