"""How a column writes its numbers: forms that read its texts, and units round them, to be confirmed by a person.

"1,200" may be a thousand and two hundred, or one and a fifth: where two forms give different numbers, neither is taken.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from data.importing.checking.numbers import SIGNS, decimal_value, whole_value
from data.importing.checking.texts import Unfit, cell, plain
from data.importing.mapping.fields import DEGREES, TARGETS, Field
from data.importing.mapping.source import Source

FITTING = 0.9  # so many of the texts must be numbers for the column to hold them
MOST_UNITS = 8  # a column with more different words beside its digits holds no measures
LONGEST_UNIT = 12
LONGEST_NUMBER = 40  # with its unit; what is longer is no number, whatever it costs to look
UNIT = r"(?:[^\W\d_]|[%‰°$€£¥.])(?:[^\W\d_]|[ %‰°/$€£¥.])*"  # of letters and signs of measure
AROUND = re.compile(rf"({UNIT})?\s*[+-]?\d[\d.,' ]*({UNIT}[23]?)?")  # m2
# A number with one of these is as many times larger: to take it off would change the value.
MULTIPLIERS = re.compile(r"[十百千万萬亿億]|(?:k|thousand|million|billion|mio|mrd|tsd)\b", re.IGNORECASE)
LIMITS = {"lon": 180, "lat": 90}


@dataclass(frozen=True)
class NumberForm:
    """What a mapping says of the numbers in a column, under the same keys. decimal: several where both stand in it."""

    decimal: tuple[str, ...] = (".",)
    thousands: str = ""
    strip: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """How a number looks in it."""
        return " / ".join(f"1{self.thousands}234{point}5" for point in self.decimal)

    def read(self, text: str, field: Field) -> float | None:
        """The number of a text, None where it is none in this form."""
        source = Source(decimal=self.decimal, thousands=self.thousands, strip=self.strip)
        try:
            return (whole_value if field.kind == "whole" else decimal_value)(cell(text), source, field)
        except Unfit:
            return None


AS_PROGRAMS_WRITE = NumberForm()
FORMS = (
    AS_PROGRAMS_WRITE,
    NumberForm((".",), ","),
    NumberForm((",",)),
    NumberForm((",",), "."),
    NumberForm((".",), " "),
    NumberForm((",",), " "),
    NumberForm((".",), "'"),
    NumberForm((",", ".")),
)


def number_field(target: str, slot: str) -> Field | None:
    """The field whose numbers a slot of the screen takes; None where it takes something else."""
    if slot in LIMITS:
        return replace(DEGREES, low=-LIMITS[slot], high=LIMITS[slot])
    field = TARGETS[target].fields.get(slot)
    return field if field is not None and field.kind in ("whole", "decimal") else None


def forms_of(texts: Sequence[str], field: Field, units: Sequence[str]) -> tuple[NumberForm, ...]:
    """The forms that read the most of the texts, the plainest first; of those that give the same numbers one."""
    forms = [replace(form, strip=tuple(units)) for form in FORMS if field.kind == "whole" or not form.thousands]
    readings = [(form, tuple(form.read(text, field) for text in texts)) for form in forms]
    most = max(_count(numbers) for _, numbers in readings)
    best: dict[tuple[float | None, ...], NumberForm] = {}
    for form, numbers in readings:
        if most and _count(numbers) == most:
            best.setdefault(numbers, form)
    return tuple(best.values())


def _count(numbers: Iterable[float | None]) -> int:
    return sum(number is not None for number in numbers)


def units_in(texts: Iterable[str]) -> tuple[str, ...]:
    """What stands before or after the digits, the most frequent first; nothing that makes a number larger."""
    found = Counter(
        side.strip()
        for text in texts
        if len(text) <= LONGEST_NUMBER and (around := AROUND.fullmatch(plain(cell(text)).translate(SIGNS)))
        for side in around.groups()
        if side and side.strip(" .") and len(side.strip()) <= LONGEST_UNIT
    )
    units = tuple(unit for unit, _ in found.most_common() if not MULTIPLIERS.match(unit))
    return units if len(units) <= MOST_UNITS else ()


def preset_units(units: Sequence[str]) -> tuple[str, ...]:
    """A single unit is taken off unasked: two may be two measures."""
    return tuple(units) if len(units) == 1 else ()


@lru_cache(256)
def numbers_in(texts: tuple[str, ...], field: Field) -> tuple[float, ...]:
    """The numbers of a column by the first form that reads most of its texts; none where none does."""
    short = [text for text in texts if len(text) <= LONGEST_NUMBER]
    if len(short) < FITTING * len(texts):
        return ()
    for form in forms_of(short, field, units_in(short)):
        numbers = tuple(number for text in short if (number := form.read(text, field)) is not None)
        if len(numbers) >= FITTING * len(texts):
            return numbers
    return ()
