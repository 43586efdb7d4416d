"""The table behind a model."""

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase


def table_of(model: type[DeclarativeBase]) -> Table:
    """`model.__table__` as what it is here: SQLAlchemy types it wider, for models mapped to joins and views."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
