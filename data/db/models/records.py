"""What was made by a form, by the key of the form it came with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.db.models.city import Base, Id


class RecordKey(Base):
    """The idempotency key of a recorded fact and what was answered, so that a form sent twice is kept once.

    kind: see data.records.writing; row_id: of the fact, in the table of its kind. number, token: the city's version
    after it, see data.city.changes.
    """

    __tablename__ = "record_keys"
    __table_args__ = (Index("ix_record_keys_city", "city_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    kind: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))  # of the command, the city and the account
    row_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]  # UTC


class FormKey(Base):
    """The idempotency key of a form that made an account, a draft or an edition in force: row_id in its table."""

    __tablename__ = "form_keys"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # with what the form said and of which kind it was
    row_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]  # UTC
