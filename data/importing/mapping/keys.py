"""Keys that several parts of a mapping file share, read strictly from a TOML table."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data.importing.mapping.fields import Field
from data.importing.mapping.schema import NORMALISATIONS, Condition, Source
from scoring.rulebook.toml_table import Table

SAMPLE = date(2001, 2, 3)  # day, month and year all differ, so a format that loses one does not give it back
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
            return _from_columns(inner, field, missing)
    return Source(constant=_as_text(owner, key, value))


def _from_columns(inner: Table, field: Field, missing: frozenset[str]) -> Source:
    own_missing = frozenset(inner.strings("missing")) | {""} if "missing" in inner else missing
    parts = _parts(inner, field, own_missing)
    return Source(
        column=None if parts else inner.string("column"),
        parts=parts,
        join=optional(inner, "join", " "),
        missing=own_missing,
        values=_values(inner),
        dates=_dates(inner) if "date" in inner else (),
        normalise=inner.choice("normalise", NORMALISATIONS) if "normalise" in inner else None,
        strip_zeros=inner.flag("strip_zeros"),
        prefix=optional(inner, "prefix", ""),
        trailing_zeros=inner.flag("trailing_zeros"),
    )


def _parts(inner: Table, field: Field, missing: frozenset[str]) -> tuple[Source, ...]:
    parts = []
    for part in inner.tables("parts"):
        with part:
            parts.append(_from_columns(part, field, missing))
    return tuple(parts)


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
        try:
            parsed = datetime.strptime(SAMPLE.strftime(form), form).date()
        except ValueError:
            parsed = None
        if parsed != SAMPLE:
            raise inner.wrong(
                "'date' says '{one}', which gives no day; write it like %Y-%m-%d or %d/%m/%Y %H:%M", one=form
            )
    return formats


def condition(owner: Table) -> Condition:
    """A column and one condition on its text."""
    column = owner.string("column")
    given = [way for way in CONDITIONS if way in owner]
    if len(given) != 1:
        raise owner.wrong("ask of column '{column}' in exactly one way: {asking}", column=column, asking=CONDITIONS)
    return Condition(
        column=column,
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
        raise owner.wrong("'matches' is no regular expression: {why}", why=error) from error
    return pattern
