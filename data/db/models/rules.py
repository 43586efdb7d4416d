"""Tables of rules: drafts that people try, and editions a city has put in force."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.db.models.city import Base, Id
from data.db.shown_text import ShownText


class RuleDraft(Base):
    """An edition somebody tried in the sandbox and saved; saving again adds a row."""

    __tablename__ = "rule_drafts"
    __table_args__ = (Index("ix_rule_drafts_city", "city_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(ShownText(80))
    text: Mapped[str] = mapped_column(Text)  # TOML, as docs/adding-a-rule.md explains it
    kept_by: Mapped[str] = mapped_column(String(80))
    kept_at: Mapped[datetime]  # UTC


class PublishedEdition(Base):
    """An edition a city is graded by from a day on, beside those of the rule files. Never changed, never removed."""

    __tablename__ = "published_editions"
    __table_args__ = (Index("ix_published_editions_city", "city_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    in_force: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime]  # UTC
