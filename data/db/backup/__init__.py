"""Backup of the whole database into one file, and restore.

A backup is a consistent snapshot of all tables, however much is being written meanwhile. A restore is all or nothing:
until it is done everyone sees the database as it was.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db.backup import postgresql, sqlite
from data.db.backup.after_restore import CREATED_WITH_A_ROW, Counts, close_sessions, counts_of, trail
from data.db.backup.errors import BackupRefused
from data.db.backup.rotation import superseded, trail_line
from data.db.engine import reading, sqlite_file, writing
from data.errors import why_not

OWNER_ONLY = 0o600  # it holds accounts and the audit trail


def backup(engine: Engine, file: Path, keep: int | None = None) -> Counts:
    """Writes a snapshot of the database into `file`, which must not be there yet; returns rows by table.

    keep: how many backups may lie in the folder then; earlier ones of this very database are removed.
    Raises BackupRefused. What cannot be finished leaves no file and removes none.
    """
    with reading(engine, SYSTEM) as session:
        before = trail(session)
    counts = write_backup(engine, file, trail_line(**before) if before else "")
    with writing(engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "backup", {"file": file.name, "rows": counts})
    if keep is not None:
        with reading(engine, SYSTEM) as session:
            for earlier in superseded(session, file.parent, keep):
                earlier.unlink(missing_ok=True)
                _hash_of(earlier).unlink(missing_ok=True)
    return counts


def write_backup(engine: Engine, file: Path, of_the_trail: str = "") -> Counts:
    """The same without an entry in the audit trail, which a database of an earlier version may not have yet."""
    if not file.parent.is_dir():
        raise BackupRefused("There is no folder {folder}; make it, or name another.", folder=file.parent)
    if file.exists():
        raise _already_there(file)
    kind = sqlite if engine.dialect.name == "sqlite" else postgresql
    with _temporary_beside(file) as part:
        counts = kind.copy(engine, part)
        sha256 = _sha256(part)
        _publish(part, file)
    with _temporary_beside(_hash_of(file)) as part:
        part.write_text(f"{sha256}  {file.name}\n{of_the_trail}", encoding="utf-8")  # as sha256sum reads it
        part.replace(_hash_of(file))
    return counts


def restore(engine: Engine, file: Path, replace: bool) -> Counts:
    """Puts what `file` holds in the place of what the database holds; returns rows by table.

    Raises BackupRefused, with nothing changed: for a file that is not whole, or a database that is not empty unless
    it is to be replaced. Everyone is signed out: a session that ended since the backup must not live again.
    """
    if not file.is_file():
        raise BackupRefused("{file} is not there; name a file that `python -m data backup` wrote.", file=file)
    _check_hash(file)
    with reading(engine, SYSTEM) as session:
        before, counts = trail(session), counts_of(session)
    if not replace and any(rows for name, rows in counts.items() if name not in CREATED_WITH_A_ROW):
        raise BackupRefused("The database holds data; add --replace to have the backup take its place.")
    details = {"file": file.name, "trail_before": before}
    if engine.dialect.name == "sqlite":
        with _temporary_beside(sqlite_file(engine)) as part:
            sqlite.load(engine, file, part, details)
    else:
        postgresql.load(engine, file)
        close_sessions(engine, details)
    with reading(engine, SYSTEM) as session:
        return counts_of(session)


def _hash_of(file: Path) -> Path:
    """The file beside a backup with the SHA-256 of its bytes: a database does not notice every change."""
    return file.with_name(f"{file.name}.sha256")


def _check_hash(file: Path) -> None:
    """Raises BackupRefused where the bytes are not those that were written; without a hash file nothing is checked."""
    with suppress(FileNotFoundError):
        if _hash_of(file).read_text(encoding="utf-8", errors="replace").split()[:1] != [_sha256(file)]:
            raise BackupRefused(
                "{name} is not as it was written, see {seal}; use another backup.",
                name=file.name,
                seal=_hash_of(file).name,
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _already_there(file: Path) -> BackupRefused:
    return BackupRefused("{file} is there already; name a new file, or move that one away.", file=file)


@contextmanager
def _temporary_beside(file: Path) -> Iterator[Path]:
    """An empty file in the same folder that goes away in the end."""
    part = file.with_name(f".{file.name}-{token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        yield part
    except OSError as error:
        raise BackupRefused(
            "{folder} cannot be written to ({why}); free it, or name another.", folder=file.parent, why=why_not(error)
        ) from error
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                part.with_name(part.name + end).unlink(missing_ok=True)


def _publish(part: Path, file: Path) -> None:
    """Flushes the file and gives it its name; unlike a rename a link refuses a file that came there meanwhile."""
    _fsync(part)
    try:
        os.link(part, file)
    except FileExistsError as error:
        raise _already_there(file) from error
    except OSError:  # a disk without links
        part.rename(file)
    _fsync(file.parent)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
