"""Where the text of one value comes from in a row, and how it is to be read; and what is asked of a row's texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Normalisation = Literal["upper_spaces", "slug"]
NORMALISATIONS: tuple[Normalisation, ...] = ("upper_spaces", "slug")
WhichDay = Literal["first", "last"]
WHICH_DAYS: tuple[WhichDay, ...] = ("first", "last")


@dataclass(frozen=True)
class Source:
    """Where a value comes from: a constant, a column, or parts joined by `join`; and what to do with the text.

    missing: texts that mean "not known". values: their text → ours. dates: strptime formats, or names of
    checking.days.NAMED_FORMS, tried in order before whatever a day says of itself; a text read by them becomes the ISO
    day. which_day: of a month or year that stands for a day. trailing_zeros: zeros past the 15th digit of a code are
    real and not left there by Excel. case_matters: codes that differ in capitals alone are two. decimal, thousands:
    signs between the digits of numbers; strip: units and signs round them. others: columns that may stand in the place
    of `column`.
    """

    constant: str | None = None
    column: str | None = None
    others: tuple[str, ...] = ()
    parts: tuple["Source", ...] = ()
    join: str = " "
    missing: frozenset[str] = frozenset({""})
    values: Mapping[str, str] | None = None
    dates: tuple[str, ...] = ()
    normalise: Normalisation | None = None
    strip_zeros: bool = False
    prefix: str = ""
    trailing_zeros: bool = False
    which_day: WhichDay | None = None
    case_matters: bool = False
    decimal: tuple[str, ...] = (".",)
    thousands: str = ""
    strip: tuple[str, ...] = ()

    def columns(self) -> tuple[tuple[str, ...], ...]:
        """The columns it reads, each with those that may stand in its place."""
        if self.column is not None:
            return ((self.column, *self.others),)
        return tuple(column for part in self.parts for column in part.columns())


@dataclass(frozen=True)
class Condition:
    """True of a row by the text of one column; exactly one of the four conditions is set. others: as in Source."""

    column: str
    others: tuple[str, ...] = ()
    equals: tuple[str, ...] | None = None
    contains: str | None = None
    matches: str | None = None
    missing: bool | None = None
