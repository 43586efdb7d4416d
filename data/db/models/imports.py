"""Tables of the import itself: earlier versions of rows, undone imports, idempotency keys, saved mappings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.db.models.city import Base, Id


class ImportKey(Base):
    """The idempotency key of a submitted form, so that pressing its button twice imports once."""

    __tablename__ = "import_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)


class EarlierRow(Base):
    """What a row of master data was before an import changed it in place.

    before: the columns that changed and import_id, bytes as {"hex": …}. earlier_import_id: whose row it was.
    """

    __tablename__ = "earlier_rows"
    __table_args__ = (Index("ix_earlier_rows_row", "table_name", "row_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[int] = mapped_column(Id)
    earlier_import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    before: Mapped[dict[str, Any]]


class UndoneImport(Base):
    """An import whose rows were removed again. Its own row stays, so that a city's version never comes back."""

    __tablename__ = "undone_imports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), unique=True)
    undone_at: Mapped[datetime]  # UTC


class SavedMapping(Base):
    """A mapping made on the screen; the packaged ones are files in data/mappings."""

    __tablename__ = "saved_mappings"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(Text)  # TOML, as docs/adding-a-city.md explains it
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]  # UTC
