"""Bringing a database of an earlier version up to date, after a backup."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db import row_security
from data.db.backup import write_backup
from data.db.engine import writing
from data.db.migrations import upgrade
from data.db.schema_version import HEAD, create_or_check, stored_revision


@dataclass(frozen=True)
class Migration:
    """What was done: from which revision to which ("" is before there were any), and where the backup lies."""

    before: str
    after: str
    backup: Path


def migrate(engine: Engine, backups: Path) -> Migration | None:
    """Brings the tables up to date, with a backup in the folder `backups` first; None where there was nothing to do.

    Roles that row-level security was installed for get it on the new tables too. Raises DatabaseTooNew,
    DatabaseOutdated for one who does not own the tables, or BackupRefused; nothing is then changed.
    """
    with engine.connect() as connection:
        before = stored_revision(connection)
    if before in (None, HEAD):
        create_or_check(engine)
        return None
    if not _owns_tables(engine):
        create_or_check(engine)  # says who may
    backups.mkdir(parents=True, exist_ok=True)
    file = _free(backups, f"version-{before or '0'}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    write_backup(engine, file)
    upgrade(engine)
    for role in _roles(engine):
        row_security.install_policies(engine, role)
    with writing(engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "migrate", {"from_version": before or "0", "to_version": HEAD, "file": file.name})
    return Migration(before, HEAD, file)


def _free(folder: Path, name: str) -> Path:
    """A backup of that name, numbered where there is one already: a clock may have been set back."""
    names = (f"{name}.backup", *(f"{name}-{number}.backup" for number in range(2, 1000)))
    return next(folder / each for each in names if not (folder / each).exists())


def _owns_tables(engine: Engine) -> bool:
    if engine.dialect.name != "postgresql":
        return True
    with engine.connect() as connection:
        owns = "SELECT bool_and(pg_has_role(tableowner, 'MEMBER')) FROM pg_tables WHERE tablename = 'buildings'"
        return bool(connection.exec_driver_sql(owns).scalar())


def _roles(engine: Engine) -> list[str]:
    if engine.dialect.name != "postgresql":
        return []
    with engine.connect() as connection:
        return row_security.granted_roles(connection)
