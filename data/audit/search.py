"""Searching the audit trail; it is empty for a scope without the permission to read it.

Whoever holds everything reads every entry. Anyone else reads what was done by the accounts they hold, and not what
these did to an account they do not hold; commands on the machine and tries under a name that nobody has are not theirs.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from data.access.authority import authority_of_scope, held_accounts
from data.access.roles import SYSTEM, AccessScope
from data.audit.verify import Verdict, verify
from data.db.models.accounts import AuditEntry

ABOUT_ACCOUNTS = (
    *("add_account", "change_account", "set_password"),
    *("disable_account", "enable_account", "unlock_account"),
)


@dataclass(frozen=True)
class AuditFilter:
    """Conditions that all hold; None asks nothing. since, until: UTC, the second excluded."""

    account: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(session: Session, scope: AccessScope, audit_filter: AuditFilter, first: int, most: int) -> list[AuditEntry]:
    """At most `most` matching entries, the latest first, after skipping `first`."""
    question = select(AuditEntry).where(_matching(session, scope, audit_filter)).order_by(AuditEntry.id.desc())
    return list(session.scalars(question.offset(first).limit(most)))


def entry_count(session: Session, scope: AccessScope, audit_filter: AuditFilter) -> int:
    matching = _matching(session, scope, audit_filter)
    return session.scalar(select(func.count()).select_from(AuditEntry).where(matching)) or 0


def accounts_named(session: Session, scope: AccessScope) -> list[str]:
    """Every account that has an entry, by name; "" for commands on the machine itself."""
    return _distinct(session, scope, AuditEntry.account)


def actions_named(session: Session, scope: AccessScope) -> list[str]:
    return _distinct(session, scope, AuditEntry.action)


def verdict(session: Session, scope: AccessScope) -> Verdict | None:
    """Whether the trail is intact, all of it: a number, times and a hash, and no entry. None without the permission."""
    return verify(session) if scope.can("audit") else None


def _distinct(session: Session, scope: AccessScope, column) -> list[str]:
    visible = _visible(session, scope)
    return list(session.scalars(select(column).where(visible).distinct().order_by(column)))


def _visible(session: Session, scope: AccessScope) -> ColumnElement[bool]:
    if not scope.can("audit"):
        return false()
    if authority_of_scope(session, scope).contains(authority_of_scope(session, SYSTEM)):
        return true()
    names = [account.name for account in held_accounts(session, scope)]
    about = AuditEntry.details["name"].as_string()
    return and_(AuditEntry.account.in_(names), or_(AuditEntry.action.not_in(ABOUT_ACCOUNTS), about.in_(names)))


def _matching(session: Session, scope: AccessScope, audit_filter: AuditFilter) -> ColumnElement[bool]:
    conditions = [_visible(session, scope)]
    if audit_filter.account is not None:
        conditions.append(AuditEntry.account == audit_filter.account)
    if audit_filter.action is not None:
        conditions.append(AuditEntry.action == audit_filter.action)
    if audit_filter.since is not None:
        conditions.append(AuditEntry.at >= audit_filter.since)
    if audit_filter.until is not None:
        conditions.append(AuditEntry.at < audit_filter.until)
    return and_(*conditions)
