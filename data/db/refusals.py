"""What a database does not do, in one true sentence with its cure, whoever asked for it."""

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

from data.errors import DataError

LEAST_FREE = 2**20  # bytes; with less, SQLite says "disk I/O error" where it means that the disk is full
PRIMARY_CODE = 0xFF  # of SQLite's extended codes
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
NOT_OURS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
DISK_FULL = "53100"  # of PostgreSQL


class DatabaseRefused(DataError):
    """The database cannot do what was asked; nothing was changed."""


class DatabaseDamaged(DatabaseRefused):
    """The file is no whole database of SQLite any more, or it is gone."""


class DiskFull(DatabaseRefused):
    """There is no room to write."""


def refuse_in_sentences(engine: Engine) -> None:
    """Has the engine raise DatabaseRefused for what the disk or its owner is to blame for."""
    event.listen(engine, "handle_error", _in_a_sentence, retval=True)


def refusal_of(error: BaseException | None, file: Path | None) -> DatabaseRefused | None:
    """The sentence for an error of the driver; None where the database itself is not to blame. file: of SQLite."""
    if getattr(error, "sqlstate", None) == DISK_FULL:
        return disk_full()
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE
    if file is None or code == sqlite3.SQLITE_OK:
        return None
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(file)):
        return disk_full()
    if code in DAMAGED:
        return damaged(file, error)
    if code in NOT_OURS:
        return DatabaseRefused(
            "The database {name} cannot be opened or written ({why}): its file and folder must belong to the user "
            "that runs the program.",
            name=file.name,
            why=error,
        )
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseRefused(
            "The disk under the database {name} reports an error ({why}); nothing was changed.",
            name=file.name,
            why=error,
        )
    return None


def disk_full() -> DiskFull:
    return DiskFull(
        "The disk is full: nothing was written, and nothing that was there is lost. Free some room and do it again."
    )


def damaged(file: Path, why: object) -> DatabaseDamaged:
    return DatabaseDamaged(
        "The database {name} is no whole SQLite file ({why}). Move it away and restore the last backup: `python -m "
        "data restore BACKUP`; to begin anew on purpose, move it away.",
        name=file.name,
        why=why,
    )


def _is_full(file: Path) -> bool:
    return shutil.disk_usage(file.parent).free < LEAST_FREE


def _in_a_sentence(context: ExceptionContext) -> DatabaseRefused | None:
    engine = context.engine
    file = engine.url.database if engine is not None and context.dialect.name == "sqlite" else None
    return refusal_of(context.original_exception, Path(file) if file else None)
