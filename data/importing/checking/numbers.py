"""Numbers as people write them: a decimal comma, thousands apart, units and signs that a mapping has taken off."""

import math
import re
from collections.abc import Sequence

from data.importing.checking.texts import Unfit, plain
from data.importing.mapping.fields import Field
from data.importing.mapping.source import Source

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|1\.#\w+)", re.IGNORECASE)
SIGNS = str.maketrans("\u2212\u2013\u2019", "--'")  # a minus, a dash for one, an apostrophe between thousands


def decimal_value(text: str, source: Source, field: Field) -> float:
    """Raises Unfit."""
    if source.decimal == (".",) and not source.thousands and NUMBER.fullmatch(text):
        number = float(text)
    else:
        number = _of_signs(without_units(plain(text).translate(SIGNS), source.strip), source)
    if not math.isfinite(number):
        raise Unfit("number_not_finite", "is too large to be a finite number; correct it")
    if not field.low <= number <= field.high:
        raise Unfit(
            "number_out_of_range", "is not between {low:g} and {high:.15g}; correct it", low=field.low, high=field.high
        )
    return number


def _of_signs(text: str, source: Source) -> float:
    if NOT_FINITE.fullmatch(text):
        raise Unfit("number_not_finite", "is not a finite number; write the number, or leave it empty if not known")
    digits = _digits(text, source)
    if digits is None or not NUMBER.fullmatch(digits):
        raise Unfit(
            "number_unreadable",
            "is not a number; write digits with a point, or say 'decimal', 'thousands' or 'strip' in the mapping",
        )
    return float(digits)


def whole_value(text: str, source: Source, field: Field) -> int:
    """Raises Unfit."""
    number = decimal_value(text, source, field)
    if number != int(number):
        raise Unfit("number_unreadable", "is not a whole number; write it without a fraction")
    return int(number)


def without_units(text: str, units: Sequence[str]) -> str:
    """The text without a unit or sign at either end, each taken off once; the longest first."""
    for unit in sorted(map(plain, units), key=len, reverse=True):
        text = text.removesuffix(unit).removeprefix(unit).strip()
    return text


def _digits(text: str, source: Source) -> str | None:
    """The number with a point and nothing between its digits; None where it is not written as the mapping says."""
    point = next((sign for sign in source.decimal if sign in text), None)
    whole, rest = text.split(point, 1) if point else (text, "")
    if source.thousands and source.thousands in whole:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(source.thousands)}\d{{3}})+", whole):
            return None
        whole = whole.replace(source.thousands, "")
    if "." in whole:
        return None
    return f"{whole}.{rest}" if point else whole
