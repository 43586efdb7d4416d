"""The change log: what was written about a city, in the order in which it became visible."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.db.models.city import Base, Id


class Change(Base):
    """One transaction that wrote about a city. The numbers of a city begin with 1 and have no gaps.

    token: drawn at random, so that two copies of a database that were written to apart differ in it.
    whole_city: every building may have changed; otherwise `ChangedBuilding` names them.
    """

    __tablename__ = "changes"
    __table_args__ = (UniqueConstraint("city_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(20))  # see data.city.changes.KINDS
    whole_city: Mapped[bool]
    at: Mapped[datetime]  # UTC


class ChangedBuilding(Base):
    """A building that a transaction wrote about. No foreign key to it, as an undo can remove it."""

    __tablename__ = "changed_buildings"
    __table_args__ = (UniqueConstraint("change_id", "building_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"))
    building_id: Mapped[int] = mapped_column(BigInteger)
