"""Columns that may stand in each other's place: of each group, the first one that a file has."""

from collections.abc import Container, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from data.importing.mapping.schema import SourceMapping
from data.importing.mapping.source import Condition, Source


def with_columns_of(mapping: SourceMapping, there: Container[str]) -> SourceMapping:
    """The mapping as it reads a file with these columns; each group has one of them, which the reader has checked."""
    return _chosen(mapping, there) if mapping.alternatives() else mapping


def _chosen(value: Any, there: Container[str]) -> Any:
    if isinstance(value, Source | Condition) and value.others:
        column = next(name for name in (value.column, *value.others) if name is not None and name in there)
        value = replace(value, column=column, others=())
    if is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: _chosen(getattr(value, one.name), there) for one in fields(value)}
        return replace(value, **changed)
    if isinstance(value, Mapping):
        return {key: _chosen(one, there) for key, one in value.items()}
    return tuple(_chosen(one, there) for one in value) if isinstance(value, tuple) else value
