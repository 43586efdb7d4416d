"""Backups of PostgreSQL by its own programs, pg_dump and pg_restore."""

import os
import re
import subprocess
from pathlib import Path

from psycopg.pq import Conninfo
from sqlalchemy import Engine, text

from data.access.roles import SYSTEM
from data.db import row_security
from data.db.backup.after_restore import CREATED_WITH_A_ROW, Counts, check_tables, counts_of
from data.db.backup.errors import BackupRefused, ProgramMissing
from data.db.engine import address_of, connect_database, reading
from data.db.migrations import upgrade
from data.db.models import Base
from data.db.schema_version import VERSION_TABLE
from data.errors import why_not

TABLE_LISTED = re.compile(r"^\d+; \d+ \d+ TABLE (?!DATA )\S+ (\w+) ", re.MULTILINE)
# Row-level security applies to the owner too, so the scope is stated as every transaction of ours does.
OPTIONS = "-c credit_map.everything=on -c lock_timeout=60s"
PLAIN = ("--no-owner", "--no-privileges")


def copy(engine: Engine, part: Path) -> Counts:
    """Writes a snapshot of the database into `part`; returns rows by table at that moment."""
    with reading(engine, SYSTEM) as session:
        moment = session.scalar(text("SELECT pg_export_snapshot()"))
        _run(engine, "pg_dump", "-Fc", *PLAIN, "--enable-row-security", f"--snapshot={moment}", f"--file={part}")
        counts = counts_of(session)
    _check(engine, part)
    return counts


def load(engine: Engine, file: Path) -> None:
    """Puts what `file` holds in the place of our tables, in one transaction. Raises BackupRefused, nothing changed.

    Roles that `python -m data protect` was run for get their policies again.
    """
    listed = _check(engine, file)
    with engine.connect() as connection:
        roles = row_security.granted_roles(connection)
    _make_room(engine, listed)
    _run(engine, "pg_restore", *PLAIN, "--single-transaction", "--clean", "--if-exists", _into(engine), str(file))
    engine.dispose()
    complete = connect_database(address_of(engine))
    upgrade(complete)  # a backup may be of an earlier version
    for role in roles:
        row_security.install_policies(complete, role)
    complete.dispose()


def _check(engine: Engine, file: Path) -> set[str]:
    """The tables in a file that is whole and ours. Raises BackupRefused."""
    try:
        listing = _run(engine, "pg_restore", "--list", str(file))
        _run(engine, "pg_restore", f"--file={os.devnull}", str(file))
    except BackupRefused as error:
        raise BackupRefused(
            "{name} is no whole backup of PostgreSQL; use another. ({why})",
            name=file.name,
            why=error.values.get("why", error),
        ) from error
    tables = set(TABLE_LISTED.findall(listing))
    check_tables(tables, file.name)
    return tables


def _make_room(engine: Engine, listed: set[str]) -> None:
    """Drops tables younger than the backup, which would hold on to the older ones; only empty ones."""
    younger = [table for table in Base.metadata.sorted_tables if table.name not in listed]
    with reading(engine, SYSTEM) as session:
        counts = counts_of(session)
    filled = [table.name for table in younger if counts.get(table.name) and table.name not in CREATED_WITH_A_ROW]
    if filled:
        named = ", ".join(filled)
        raise BackupRefused(
            "The backup knows nothing of {named}, which hold rows; restore into an empty database.", named=named
        )
    with engine.begin() as connection:
        Base.metadata.drop_all(connection, tables=younger)
        if VERSION_TABLE not in listed:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {VERSION_TABLE}")


def _into(engine: Engine) -> str:
    return f"--dbname={engine.url.database}"


def _run(engine: Engine, *command: str) -> str:
    """What the program printed. The address and password go by the environment, where other users cannot read them."""
    try:
        done = subprocess.run(command, env=_environment(engine), capture_output=True, text=True, errors="replace")
    except FileNotFoundError as error:
        raise ProgramMissing(
            "{program} is not here; install PostgreSQL's client (postgresql-client).", program=command[0]
        ) from error
    if done.returncode:
        why = next((line for line in done.stderr.splitlines() if "error:" in line), done.stderr.strip())
        raise BackupRefused("PostgreSQL refuses it ({why}). Nothing was changed.", why=why_not(why))
    return done.stdout


def _environment(engine: Engine) -> dict[str, str]:
    _, address = engine.dialect.create_connect_args(engine.url)
    names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults() if option.envvar}
    values = {names[key].decode(): str(value) for key, value in address.items() if key in names}
    return {**os.environ, **values, "PGOPTIONS": f"{values.get('PGOPTIONS', '')} {OPTIONS}".strip(), "LC_ALL": "C"}
