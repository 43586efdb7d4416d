"""Searching the audit trail; it is empty for a scope without the permission to read it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.audit.verify import Verdict, verify
from data.db.models.accounts import AuditEntry


@dataclass(frozen=True)
class AuditFilter:
    """Conditions that all hold; None asks nothing. since, until: UTC, the second excluded."""

    account: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(session: Session, scope: AccessScope, audit_filter: AuditFilter, first: int, most: int) -> list[AuditEntry]:
    """At most `most` matching entries, the latest first, after skipping `first`."""
    question = select(AuditEntry).where(_matching(scope, audit_filter)).order_by(AuditEntry.id.desc())
    return list(session.scalars(question.offset(first).limit(most)))


def entry_count(session: Session, scope: AccessScope, audit_filter: AuditFilter) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(_matching(scope, audit_filter))) or 0


def accounts_named(session: Session, scope: AccessScope) -> list[str]:
    """Every account that has an entry, by name; "" for commands on the machine itself."""
    return _distinct(session, scope, AuditEntry.account)


def actions_named(session: Session, scope: AccessScope) -> list[str]:
    return _distinct(session, scope, AuditEntry.action)


def verdict(session: Session, scope: AccessScope) -> Verdict | None:
    """Whether the trail is intact; None without the permission."""
    return verify(session) if scope.can("audit") else None


def _distinct(session: Session, scope: AccessScope, column) -> list[str]:
    return list(session.scalars(select(column).where(_matching(scope, AuditFilter())).distinct().order_by(column)))


def _matching(scope: AccessScope, audit_filter: AuditFilter) -> ColumnElement[bool]:
    if not scope.can("audit"):
        return false()
    conditions = [AuditEntry.id > 0]
    if audit_filter.account is not None:
        conditions.append(AuditEntry.account == audit_filter.account)
    if audit_filter.action is not None:
        conditions.append(AuditEntry.action == audit_filter.action)
    if audit_filter.since is not None:
        conditions.append(AuditEntry.at >= audit_filter.since)
    if audit_filter.until is not None:
        conditions.append(AuditEntry.at < audit_filter.until)
    return and_(*conditions)
