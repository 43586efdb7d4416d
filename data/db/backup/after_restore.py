"""What a restored database needs: its tables checked, sessions ended, an entry in the audit trail."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, inspect, select, update
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db import building_search
from data.db.backup.errors import BackupRefused
from data.db.engine import writing
from data.db.models import Base
from data.db.models.accounts import AuditHead, UserSession
from data.db.schema_version import VERSION_TABLE

Counts = dict[str, int]
CREATED_WITH_A_ROW = {"audit_head"}
ALWAYS_THERE = {"cities", "areas", "buildings", "imports", "events", "inspections", "hazards"}


def check_tables(names: set[str], file: str) -> None:
    """Raises BackupRefused unless these are our tables, of this version or an earlier one."""
    if not names >= ALWAYS_THERE:
        raise BackupRefused("{file} holds no credit map; name a file that `python -m data backup` wrote.", file=file)
    if strange := sorted(names - Base.metadata.tables.keys() - {VERSION_TABLE} - building_search.TABLES):
        raise BackupRefused(
            "{file} was made by a later version (tables {strange}); update this one first.",
            file=file,
            strange=tuple(strange),
        )


def counts_of(session: Session) -> Counts:
    """Rows by table, of the tables that are there."""
    present = inspect(session.connection()).get_table_names()
    tables = [table for name, table in sorted(Base.metadata.tables.items()) if name in present]
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def trail(session: Session) -> dict[str, Any]:
    """Length and last hash of the audit trail that the restore is about to replace."""
    head = session.execute(select(AuditHead.entries, AuditHead.sha256)).one_or_none()
    return {"entries": head.entries, "sha256": head.sha256} if head else {}


def close_sessions(engine: Engine, details: dict[str, Any]) -> None:
    """Ends every session and records the restore, with length and last hash of the replaced audit trail."""
    with writing(engine, SYSTEM) as session:
        now = datetime.now(UTC).replace(tzinfo=None)
        session.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now))
        record(session, COMMAND_LINE, "restore", details)
