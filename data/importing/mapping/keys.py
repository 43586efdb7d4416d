"""Keys that several parts of a mapping file share, read strictly from a TOML table."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data.errors import why_not
from data.importing.checking.days import NAMED_FORMS
from data.importing.mapping.fields import Field
from data.importing.mapping.source import NORMALISATIONS, WHICH_DAYS, Condition, Source
from scoring.errors import Sentence
from scoring.rulebook.toml_table import Table

SAMPLE = date(2001, 2, 3)  # day, month and year all differ, so a format that loses one does not give it back
POINTS = (".", ",")
BETWEEN_THOUSANDS = (",", ".", " ", "'")
OF_NUMBERS = ("decimal", "thousands", "strip")
CONDITIONS = ("equals", "contains", "matches", "missing")


def optional(owner: Table, key: str, default: Any) -> Any:
    """A word or sentence, or the default where the key is not there."""
    return owner.string(key) if key in owner else default


def one_or_more(owner: Table, key: str, allowed: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """A word, or a list of at least one."""
    if isinstance(owner.value(key), list):
        words = owner.strings(key, allowed)
        if not words:
            raise owner.wrong("'{key}' must name at least one", key=key)
        return words
    return (owner.string(key) if allowed is None else owner.choice(key, allowed),)


def source(owner: Table, key: str, field: Field, missing: frozenset[str]) -> Source:
    """Where the value of one field comes from: a constant, or a table that names its column."""
    value = owner.value(key)
    if isinstance(value, dict):
        with owner.table(key) as inner:
            return from_columns(inner, field, missing)
    return Source(constant=_as_text(owner, key, value))


def from_columns(inner: Table, field: Field, missing: frozenset[str]) -> Source:
    own_missing = frozenset(inner.strings("missing")) | {""} if "missing" in inner else missing
    parts = _parts(inner, field, own_missing)
    column, *others = (None,) if parts else one_or_more(inner, "column")
    given = Source(
        column=column,
        others=tuple(name for name in others if name),
        parts=parts,
        join=_given(inner, "join", " "),
        missing=own_missing,
        values=_values(inner),
        dates=_dates(inner) if "date" in inner else (),
        which_day=inner.choice("which_day", WHICH_DAYS) if "which_day" in inner else None,
        normalise=inner.choice("normalise", NORMALISATIONS) if "normalise" in inner else None,
        strip_zeros=inner.flag("strip_zeros"),
        prefix=optional(inner, "prefix", ""),
        trailing_zeros=inner.flag("trailing_zeros"),
        case_matters=inner.flag("case_matters"),
    )
    return replace(given, **_number_signs(inner, field))


def _number_signs(inner: Table, field: Field) -> dict[str, Any]:
    """What stands between and round the digits of numbers."""
    given = [key for key in OF_NUMBERS if key in inner]
    if given and field.kind not in ("whole", "decimal"):
        raise inner.wrong("'{key}' is for numbers, and this field holds none", key=given[0])
    decimal = one_or_more(inner, "decimal", POINTS) if "decimal" in given else (".",)
    thousands = _given(inner, "thousands", "")
    if thousands and (thousands in decimal or thousands not in BETWEEN_THOUSANDS):
        raise inner.wrong("'thousands' must be a comma, point, space or apostrophe, and not the sign of the decimals")
    return {"decimal": decimal, "thousands": thousands, "strip": inner.strings("strip")}


def _parts(inner: Table, field: Field, missing: frozenset[str]) -> tuple[Source, ...]:
    """Tables that name a column, and texts that stay as they are."""
    rows = inner.value("parts") if "parts" in inner else []
    if not isinstance(rows, list):
        raise inner.wrong("'parts' must be a list of texts and of tables with 'column', not {rows!r}", rows=rows)
    parts = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            place = Sentence("{place}, {key} {number}", place=inner.place, key="parts", number=number)
            with Table(inner.file, place, row) as part:
                parts.append(from_columns(part, field, missing))
        else:
            parts.append(Source(constant=_as_text(inner, "parts", row)))
    return tuple(parts)


def _given(inner: Table, key: str, default: str) -> str:
    """A text that may be empty or a space."""
    value = inner.value(key) if key in inner else default
    if not isinstance(value, str):
        raise inner.wrong("'{key}' must be a text, not {value!r}", key=key, value=value)
    return value


def _values(inner: Table) -> dict[str, str] | None:
    if "values" not in inner:
        return None
    values = inner.table("values")
    return {theirs: _as_text(values, theirs, ours) for theirs, ours in values.values.items()}


def _as_text(owner: Table, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime) or not isinstance(value, str | int | Decimal | date):
        raise owner.wrong(
            "'{key}' must be a text, number, day or true/false, or a table with 'column', not {value!r}",
            key=key,
            value=value,
        )
    return str(value)


def _dates(inner: Table) -> tuple[str, ...]:
    formats = one_or_more(inner, "date")
    for form in formats:
        if form in NAMED_FORMS:
            continue
        try:
            parsed = datetime.strptime(SAMPLE.strftime(form), form).date()
        except ValueError:
            parsed = None
        if parsed != SAMPLE:
            raise inner.wrong(
                "'date' says '{one}', which gives no day; write it like %Y-%m-%d or %d/%m/%Y %H:%M, or take one of "
                "{known}",
                one=form,
                known=NAMED_FORMS,
            )
    return formats


def condition(owner: Table) -> Condition:
    """A column and one condition on its text."""
    column, *others = one_or_more(owner, "column")
    given = [way for way in CONDITIONS if way in owner]
    if len(given) != 1:
        raise owner.wrong("ask of column '{column}' in exactly one way: {asking}", column=column, asking=CONDITIONS)
    return Condition(
        column=column,
        others=tuple(others),
        equals=one_or_more(owner, "equals") if "equals" in given else None,
        contains=owner.string("contains") if "contains" in given else None,
        matches=_pattern(owner) if "matches" in given else None,
        missing=owner.flag("missing") if "missing" in given else None,
    )


def _pattern(owner: Table) -> str:
    pattern = owner.string("matches")
    try:
        re.compile(pattern)
    except re.error as error:
        raise owner.wrong("'matches' is no regular expression: {why}", why=why_not(error)) from error
    return pattern
