"""What is known of a building: items of check-lists, facts, and how their values stand in the frame of facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from scoring.turning_signs import in_one_direction

NOT_APPLICABLE = -1  # the answer of an item that does not apply, in check-lists and in the frame of facts
NOT_KNOWN = -2  # in check-lists alone: asked, and nobody could say; in the frame of facts it is NaN
MOST_ITEMS = 300  # of a check-list, a category or a group
BUILDING_FIELDS = ("built", "floors", "homes")
FactKind = Literal["events", "answer", "hazards", "inspections", "building"]


@dataclass(frozen=True)
class Text:
    """The same words in Chinese and in English, without signs that turn the text around them."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "zh", in_one_direction(self.zh))
        object.__setattr__(self, "en", in_one_direction(self.en))


@dataclass(frozen=True)
class Category:
    """A heading of the check-list."""

    code: str
    name: Text


@dataclass(frozen=True)
class Item:
    """One line of the check-list, answered with a number, "not applicable" or "not known". `cost` as of a fact.

    best: the highest answer it can get; None where the file does not say. weight: what it counts beside others.
    """

    code: str
    category: str
    name: Text
    cost: int | None = None
    best: int | None = None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class Fact:
    """Something known of a building on a day.

    events: how many of the kinds in `of` happened; answer: the latest answer to the item `of[0]`;
    hazards: how many in `state`, of the groups in `of` and of `severities` (none named: all);
    inspections: how many answered a check-list, not known where there never was one; building: the field `of[0]`.
    best, weight: those of the item. cost: what mending it costs the keeper, 1 small to 3 large; None: it is not the
    keeper's to mend.
    """

    name: str
    label: Text
    kind: FactKind
    of: tuple[str, ...] = ()
    state: Literal["open", "overdue", "late", "found"] | None = None
    severities: tuple[str, ...] = ()
    cost: int | None = None
    best: int | None = None
    weight: Decimal = Decimal(1)

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
FigurePath = tuple[str | int, ...]  # where a figure stands in a table of a rule file
NotKnown = Decimal | Literal["does_not_apply"] | None  # what a fact counts as that is not known; None: unrated


@dataclass(frozen=True)
class Seen:
    """A part of a group as one building has it. value: None where it does not apply or is not known."""

    label: Text
    value: float | None
    out_of: float | None = None


def values_of(need: FactColumn, columns: Columns, not_known: NotKnown) -> np.ndarray:
    """A column, float64 (n,), with what is not known as it counts; below nought or NaN: no value."""
    values = columns[need]
    return np.where(np.isnan(values), float(not_known), values) if isinstance(not_known, Decimal) else values


def value_in_row(need: FactColumn, row: Mapping[str, float], not_known: NotKnown = None) -> float | None:
    """A fact in one building's row of the frame of facts; None where it does not apply or is not known."""
    value = row[need.column]
    if np.isnan(value):
        return float(not_known) if isinstance(not_known, Decimal) else None
    return value if value >= 0 else None
