"""The table behind a model."""

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

LARGEST_ID = 2**63 - 1  # more no database keeps, and SQLite's driver raises an error of its own


def id_in(text: str) -> int | None:
    """The id of a row that a text from outside names; None where it can be none."""
    return int(text) if text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_ID else None


def table_of(model: type[DeclarativeBase]) -> Table:
    """`model.__table__` as what it is here: SQLAlchemy types it wider, for models mapped to joins and views."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
