"""Tables of accounts, their sessions and the audit trail. Secrets are kept as hashes only."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.db.append_only import append_only, with_row
from data.db.models.city import Base, Id
from data.db.tables import table_of

BEFORE_THE_FIRST = "0" * 64  # in place of the hash of the entry before the first


class Account(Base):
    """A user who may sign in. `name` is stored in lower case.

    everywhere: sees every city; else what its account areas name. hazard_groups: of a department, else None.
    sign_on: who this is to the organisation's own sign-on; without a password_hash that is the only way in.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    everywhere: Mapped[bool] = mapped_column(default=False)
    hazard_groups: Mapped[list[Any] | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    sign_on: Mapped[str | None] = mapped_column(String(200), unique=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]  # UTC, as are all times here


class AccountArea(Base):
    """An area an account sees, or a whole city (level and area are ""); by code, so that it outlives an import."""

    __tablename__ = "account_areas"
    __table_args__ = (UniqueConstraint("account_id", "city", "level", "area"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    city: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(12), default="")
    area: Mapped[str] = mapped_column(String(40), default="")


class UserSession(Base):
    """A session: started at sign-in, ended by its owner, an administrator or time. The cookie's token is hashed."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_account", "account_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(200))


class TrustedBrowser(Base):
    """A browser in which an account has signed in before: wrong passwords from elsewhere do not lock it out.

    tries_left: None; after somebody else has set the password, how many tries it still has until its owner signs in.
    """

    __tablename__ = "known_browsers"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime]
    tries_left: Mapped[int | None]


class FailedSignIn(Base):
    """A wrong password, or one being verified. name and source (a trusted browser or an address) are hashed."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index("ix_failed_sign_ins_at", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    known: Mapped[bool]  # the source is a trusted browser


class ThrottledSignIn(Base):
    """Tries at an account (None: at a name nobody has) from an address that were not looked at, and since when.

    tries: those that stand in no entry of the audit trail yet.
    """

    __tablename__ = "throttled_sign_ins"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    address: Mapped[str] = mapped_column(String(60))
    since: Mapped[datetime]
    tries: Mapped[int]


class AuditEntry(Base):
    """What was done, by whom, when and from where. Rows are only added; each holds the hash of the one before."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(Id, primary_key=True)  # 1, 2, 3 … without a gap
    at: Mapped[datetime]
    account: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """How long the trail is and its last hash, so that rows cut off its end are missed; one row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entries: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


append_only(table_of(AuditEntry))
with_row(table_of(AuditHead), f"1, 0, '{BEFORE_THE_FIRST}'")
