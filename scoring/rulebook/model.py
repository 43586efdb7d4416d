"""What a rule is made of: criteria, bands and caps, and the edition that holds them. Facts are in fact.py."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import numpy as np

from scoring.rulebook.exact import Quotients
from scoring.rulebook.fact import NOT_APPLICABLE as NOT_APPLICABLE
from scoring.rulebook.fact import NOT_KNOWN as NOT_KNOWN
from scoring.rulebook.fact import Category as Category
from scoring.rulebook.fact import Columns as Columns
from scoring.rulebook.fact import Fact as Fact
from scoring.rulebook.fact import FactColumn as FactColumn
from scoring.rulebook.fact import FigurePath as FigurePath
from scoring.rulebook.fact import Item as Item
from scoring.rulebook.fact import Seen as Seen
from scoring.rulebook.fact import Text as Text
from scoring.rulebook.group import Group

NO_ROWS = slice(0)


@dataclass(frozen=True)
class Grade:
    """A class a building may hold. `published` is the official wording of the result."""

    code: str
    name: Text
    published: str | None = None
    sign: Text | None = None  # to be hung at the door, the Chinese word for word
    visits: Text | None = None  # how the source has it watched, beside the interval


Gained = tuple[Quotients, np.ndarray | slice]  # points, and the rows left unrated


@dataclass(frozen=True)
class Observation:
    """What a criterion saw of one building: for a share the sum of the answers, with the best sum in `out_of`.

    quote: the sentence of the rule that applied; failed: items short of the best answer; parts: what a group was made
    of, each with its value.
    """

    quote: str
    value: float | None
    out_of: float | None = None
    months: int | None = None
    failed: tuple[Item, ...] = ()
    parts: tuple[Seen, ...] = ()


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
    def demands(self) -> tuple[FactColumn, ...]:
        """Those of them without which a building is unrated."""
        return self.needs

    @abstractmethod
    def gained(self, columns: Columns, edition: "Edition") -> Gained:
        """The points of every building, some number where a fact is missing; and the rows where nothing is scored.

        Raises WrongFacts for a value the edition does not know.
        """

    @abstractmethod
    def observed(self, row: Mapping[str, float], edition: "Edition") -> Observation:
        """What it saw of one building. row: by FactColumn.column."""

    @abstractmethod
    def figures(self, edition: "Edition") -> Iterator[tuple[FigurePath, Decimal | None]]:
        """Its figures that may be tried otherwise, with their paths in its table; None where the file is silent."""

    def best_answer(self, need: FactColumn, edition: "Edition") -> int | None:
        """The answer to an item it reads that gains most; None: it does not tell."""
        return None

    @property
    def adds_up(self) -> bool:
        """Whether what one item gains here is the same whatever the other items say."""
        return True

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        """The values of what it reads from which on it gives other points, rising; none where it goes by a share."""
        return ()

    @property
    def full_marks(self) -> Decimal | None:
        """The points of all of a share, which the points of other shares are weighed against; None: no share."""
        return None


@dataclass(frozen=True)
class Condition:
    """Holds while the values of its facts, added up, or of its group are at least `at_least` and below `below`."""

    needs: tuple[FactColumn, ...]
    at_least: Decimal | None = None
    below: Decimal | None = None
    group: Group | None = None

    @property
    def demands(self) -> tuple[FactColumn, ...]:
        """The columns without which it cannot be told."""
        return self.needs if self.group is None else self.group.demands


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
    groups: tuple[Group, ...]
    inspect_every_days: Mapping[str, Mapping[str, int]]  # grade → role → days
    visit_counts_also_for: Mapping[str, tuple[str, ...]] | None  # role that came → needs it ends beside its own
    round_to: Decimal | None  # the step scores are rounded to, half up; None: they stay exact
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
    def demands(self) -> frozenset[FactColumn]:
        """The columns without which a building is unrated."""
        criteria = (need for criterion in self.criteria for need in criterion.demands)
        caps = (need for cap in self.caps for condition in cap.conditions for need in condition.demands)
        return frozenset((*criteria, *caps, *self.required))

    def position(self, grade: str) -> int:
        """The index of a grade's code in `grades`, worst 0."""
        return [listed.code for listed in self.grades].index(grade)


def cap_label(edition: Edition, cap: Cap) -> Text:
    """The groups and facts a cap is about, all of its conditions together."""
    groups = [condition.group.name for condition in cap.conditions if condition.group]
    facts = (need.fact for condition in cap.conditions if not condition.group for need in condition.needs)
    return _listed([*groups, *(edition.facts[name].label for name in facts)])


def facts_label(edition: Edition, names: Iterable[str]) -> Text:
    return _listed([edition.facts[name].label for name in names])


def _listed(names: list[Text]) -> Text:
    labels = list(dict.fromkeys(names))
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
