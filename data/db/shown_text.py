"""Columns of texts that are shown to people: written and read without signs that turn the text around them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import JSON, Dialect, String, TypeDecorator

from scoring.turning_signs import in_one_direction


class ShownText(TypeDecorator[str]):
    """A String of names; what an earlier version stored with such signs is read without them, too."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else in_one_direction(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return _read(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], str | None]:
        """The same in one step instead of three: an import reads every building of its city."""
        return _read


def _read(value: str | None) -> str | None:
    return value if value is None or value.isprintable() else in_one_direction(value)


class ShownNames(TypeDecorator[dict[str, Any]]):
    """A JSON of one name a language."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        return _each(value)

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | None:
        return _each(value)


def _each(names: dict[str, Any] | None) -> dict[str, Any] | None:
    if names is None:
        return None
    return {code: _one(name) for code, name in names.items()}


def _one(name: Any) -> Any:
    return _each(name) if isinstance(name, dict) else in_one_direction(name) if isinstance(name, str) else name
