"""What a restored database needs, and what is told of it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, inspect, select, update
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db.backup.errors import BackupRefused
from data.db.engine import writing
from data.db.models.accounts import AuditHead, UserSession
from data.db.models.city import Base

Counts = dict[str, int]
ALWAYS_THERE = {"cities", "areas", "buildings", "imports", "events", "inspections", "hazards"}


def check_tables(names: set[str], file: str) -> None:
    """Raises BackupRefused unless these are our tables, of this version or an earlier one."""
    if not names >= ALWAYS_THERE:
        raise BackupRefused("{file} holds no credit map; name a file that `python -m data backup` wrote.", file=file)
    if strange := sorted(names - Base.metadata.tables.keys()):
        raise BackupRefused(
            "{file} was made by a later version (tables {strange}); update this one first.",
            file=file,
            strange=tuple(strange),
        )


def counts_of(session: Session) -> Counts:
    """Rows by table, of the tables that are there."""
    there = inspect(session.connection()).get_table_names()
    tables = [table for name, table in sorted(Base.metadata.tables.items()) if name in there]
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def trail(session: Session) -> dict[str, Any]:
    """Where the audit trail stands, which a restored one takes the place of."""
    head = session.execute(select(AuditHead.entries, AuditHead.sha256)).one_or_none()
    return {"entries": head.entries, "sha256": head.sha256} if head else {}


def close_sessions(engine: Engine, told: dict[str, Any]) -> None:
    """Ends every session and enters the restore in the trail, with where the trail stood that it took the place of."""
    with writing(engine, SYSTEM) as session:
        now = datetime.now(UTC).replace(tzinfo=None)
        session.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now))
        record(session, COMMAND_LINE, "restore", told)
