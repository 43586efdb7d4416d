"""What a database does not do, in one true sentence with its cure, whoever asked for it."""

import errno
import os
import resource
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

from data.errors import NOT_OPENED, ONLY_READ, WORDS, DataError, disk_refusal, file_too_large, out_of_room, why_not

LEAST_FREE = 2**20  # bytes; with less, SQLite says "disk I/O error" where it means that the disk is full
PRIMARY_CODE = 0xFF  # of SQLite's extended codes
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
NOT_OURS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
WHY = {
    sqlite3.SQLITE_READONLY: ONLY_READ,
    sqlite3.SQLITE_CANTOPEN: NOT_OPENED,
    sqlite3.SQLITE_PERM: WORDS[errno.EACCES],
}
OUT_OF_ROOM = "53100"  # of PostgreSQL


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
    if getattr(error, "sqlstate", None) == OUT_OF_ROOM:
        return disk_full()
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE
    if file is None or code == sqlite3.SQLITE_OK:
        return None
    if (no_room := room_refusal(error, file)) is not None:
        return no_room
    if code in DAMAGED:
        return damaged(file, why_not(error or ""))
    if code in NOT_OURS:
        return _not_ours(file, WHY[code])
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseRefused(
            "The disk under the database {name} reports an error ({why}); nothing was changed.",
            name=file.name,
            why=why_not(error or ""),
        )
    return None


def room_refusal(error: BaseException | None, file: Path) -> DatabaseRefused | None:
    """The sentence where SQLite could not write for want of room; None for anything else.

    It says "full" and "disk I/O error" of a limit of file sizes as well, so the limit is looked at first.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR) and _is_at_limit(file):
        refused = file_too_large()
        return DatabaseRefused(refused.template, **refused.values)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(file)):
        return disk_full()
    return None


def refusal_of_file(error: OSError, file: Path) -> DatabaseRefused | None:
    """The sentence where the operating system does not let a database's file be looked at, opened or made."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
        return _not_ours(file, why_not(error))
    refused = disk_refusal(error)
    return None if refused is None else DatabaseRefused(refused.template, **refused.values)


def disk_full() -> DiskFull:
    refused = out_of_room()
    return DiskFull(refused.template, **refused.values)


def _not_ours(file: Path, why: object) -> DatabaseRefused:
    return DatabaseRefused(
        "The database {name} cannot be opened or written ({why}): its file and folder must belong to the user "
        "that runs the program.",
        name=file.name,
        why=why,
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


def _is_at_limit(file: Path) -> bool:
    """Whether the database or what SQLite keeps beside it has come near the size that a file may have here."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limit == resource.RLIM_INFINITY:
        return False
    sizes = [os.path.getsize(each) for end in ("", "-wal", "-journal") if os.path.exists(each := f"{file}{end}")]
    return any(size > limit - LEAST_FREE for size in sizes)


def _in_a_sentence(context: ExceptionContext) -> DatabaseRefused | None:
    engine = context.engine
    file = engine.url.database if engine is not None and context.dialect.name == "sqlite" else None
    return refusal_of(context.original_exception, Path(file) if file else None)
