"""What the audit trail says, to who has the right to read it; to anybody else it is empty."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from data.access.roles import Viewer
from data.audit.verify import Verdict, verify
from data.db.models.accounts import AuditEntry


@dataclass(frozen=True)
class Sought:
    """Conditions that all hold; None asks nothing. since, until: UTC, the second excluded."""

    account: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(session: Session, viewer: Viewer, sought: Sought, first: int, most: int) -> list[AuditEntry]:
    """Some of the entries sought, the latest first, `first` of them passed over."""
    question = select(AuditEntry).where(_meant(viewer, sought)).order_by(AuditEntry.id.desc())
    return list(session.scalars(question.offset(first).limit(most)))


def entry_count(session: Session, viewer: Viewer, sought: Sought) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(_meant(viewer, sought))) or 0


def accounts_named(session: Session, viewer: Viewer) -> list[str]:
    """Every account that has an entry, by name; "" stands for commands on the machine itself."""
    return _distinct(session, viewer, AuditEntry.account)


def actions_named(session: Session, viewer: Viewer) -> list[str]:
    return _distinct(session, viewer, AuditEntry.action)


def verdict(session: Session, viewer: Viewer) -> Verdict | None:
    """Whether the trail is whole; None to who may not know."""
    return verify(session) if viewer.may("audit") else None


def _distinct(session: Session, viewer: Viewer, column) -> list[str]:
    return list(session.scalars(select(column).where(_meant(viewer, Sought())).distinct().order_by(column)))


def _meant(viewer: Viewer, sought: Sought) -> ColumnElement[bool]:
    if not viewer.may("audit"):
        return false()
    conditions = [AuditEntry.id > 0]
    if sought.account is not None:
        conditions.append(AuditEntry.account == sought.account)
    if sought.action is not None:
        conditions.append(AuditEntry.action == sought.action)
    if sought.since is not None:
        conditions.append(AuditEntry.at >= sought.since)
    if sought.until is not None:
        conditions.append(AuditEntry.at < sought.until)
    return and_(*conditions)
