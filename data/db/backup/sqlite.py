"""Backups of SQLite: a file with the same tables, made by SQLite itself and never by copying its file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Engine

from data.db import building_search
from data.db.backup.after_restore import Counts, check_tables, close_sessions
from data.db.backup.errors import BackupRefused
from data.db.engine import connect_database, sqlite_driver
from data.db.migrations import upgrade
from data.db.refusals import room_refusal
from data.db.schema_version import VERSION_TABLE
from data.errors import why_not
from data.settings import sqlite_address

PATIENCE_S = 60  # for writers to finish
SECONDS_BETWEEN_TRIES = 0.005
ALL_PAGES = -1  # in one step, so that the copy is of one moment


def copy(engine: Engine, part: Path) -> Counts:
    """Writes a snapshot of the database into the empty file `part`; returns rows by table of what it then holds."""
    try:
        with closing(engine.raw_connection()) as connection:
            sqlite_driver(connection).execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        refused = room_refusal(error, part) or BackupRefused(
            "The backup could not be written ({why}); name a folder with room.", why=why_not(error)
        )
        raise refused from error
    return checked(part, part.name)


def load(engine: Engine, file: Path, part: Path, details: dict[str, Any]) -> None:
    """Restores `file` into the empty file `part`, brings that up to date, then replaces the live database with it."""
    checked(file, file.name)
    _copy_into(part, file)
    ready = connect_database(sqlite_address(part))
    upgrade(ready)  # a backup may be of an earlier version
    close_sessions(ready, details)
    ready.dispose()
    with closing(sqlite3.connect(part)) as source, closing(engine.raw_connection()) as connection:
        _replace_live(source, sqlite_driver(connection))
        connection.invalidate()


def _copy_into(part: Path, file: Path) -> None:
    try:
        with closing(_opened(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        refused = room_refusal(error, part) or BackupRefused(
            "The backup could not take the database's place ({why}); nothing was changed.", why=why_not(error)
        )
        raise refused from error


def checked(file: Path, name: str) -> Counts:
    """Rows by table of a file that is whole and ours. Raises BackupRefused."""
    try:
        with closing(_opened(file)) as connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            names = {table for (table,) in connection.execute(query)}
            check_tables(names, name)
            faults = connection.execute("PRAGMA integrity_check").fetchall()
            if faults != [("ok",)] or connection.execute("PRAGMA foreign_key_check").fetchall():
                raise BackupRefused("{name} is damaged; use another backup.", name=name)
            tables = sorted(names - {VERSION_TABLE} - building_search.TABLES)
            return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
    except sqlite3.DatabaseError as error:
        raise BackupRefused(
            "{name} is no whole SQLite file ({why}); use another backup.", name=name, why=why_not(error)
        ) from error


def _opened(file: Path) -> sqlite3.Connection:
    """Read-only and immutable: reading a backup does not change it, nor does a journal beside it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _replace_live(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Page by page in one transaction of the live file: whoever reads goes on seeing the old rows until it ends."""
    target.execute("PRAGMA busy_timeout=0")
    try:
        source.backup(target, pages=ALL_PAGES, progress=_patience(), sleep=SECONDS_BETWEEN_TRIES)
    except sqlite3.Error as error:
        file = Path(target.execute("PRAGMA database_list").fetchone()[2])
        refused = room_refusal(error, file) or BackupRefused(
            "The backup could not take the database's place ({why}); nothing was changed.", why=why_not(error)
        )
        raise refused from error


def _patience() -> Callable[[int, int, int], None]:
    end = monotonic() + PATIENCE_S

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and monotonic() > end:
            raise BackupRefused("Somebody writes to the database all the time; stop the imports and run it again.")

    return progress
