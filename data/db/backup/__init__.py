"""A copy of the whole database in one file, and the way back.

A copy holds the tables as they stood at one moment, however much is being written meanwhile. Going back is all or
nothing: until it is done everyone sees the database as it was.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.city.fact_store import fact_store_folder
from data.db.backup import postgresql, sqlite
from data.db.backup.after_restore import Counts, close_sessions, counts_of, trail
from data.db.backup.errors import BackupRefused
from data.db.engine import reading, writing

MADE_WITH_A_ROW = {"audit_head"}
FOR_NOBODY_ELSE = 0o600  # it holds accounts and the audit trail


def backup(engine: Engine, file: Path) -> Counts:
    """Writes the database as it stands into `file`, which must not be there yet; returns rows by table.

    Raises BackupRefused. What cannot be finished leaves no file.
    """
    if not file.parent.is_dir():
        raise BackupRefused("There is no folder {folder}; make it, or name another.", folder=file.parent)
    if file.exists():
        raise _in_the_way(file)
    kind = sqlite if engine.dialect.name == "sqlite" else postgresql
    with _beside(file) as part:
        counts = kind.copy(engine, part)
        seal = _sha256(part)
        _keep(part, file)
    with _beside(_seal_of(file)) as part:
        part.write_text(f"{seal}  {file.name}\n", encoding="utf-8")  # as sha256sum writes and reads it
        part.replace(_seal_of(file))
    with writing(engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "backup", {"file": file.name, "rows": counts})
    return counts


def restore(engine: Engine, file: Path, replace: bool) -> Counts:
    """Puts what `file` holds in the place of what the database holds; returns rows by table.

    Raises BackupRefused, with nothing changed: for a file that is not whole, or a database that is not empty unless
    it is to be replaced. Everyone is signed out: a session that ended since the backup must not live again. Ledgers
    are removed: months that were rated since the backup are no longer in its tables.
    """
    if not file.is_file():
        raise BackupRefused("{file} is not there; name a file that `python -m data backup` wrote.", file=file)
    _check_seal(file)
    with reading(engine, SYSTEM) as session:
        before, there = trail(session), counts_of(session)
    if not replace and any(rows for name, rows in there.items() if name not in MADE_WITH_A_ROW):
        raise BackupRefused("The database holds data; add --replace to have the backup take its place.")
    told = {"file": file.name, "trail_before": before}
    if engine.dialect.name == "sqlite":
        with _beside(Path(engine.url.database)) as part:
            sqlite.load(engine, file, part, told)
    else:
        postgresql.load(engine, file)
        close_sessions(engine, told)
    shutil.rmtree(fact_store_folder(engine), ignore_errors=True)
    with reading(engine, SYSTEM) as session:
        return counts_of(session)


def _seal_of(file: Path) -> Path:
    """The small file beside a backup that says what its bytes add up to: a database does not notice every change."""
    return file.with_name(f"{file.name}.sha256")


def _check_seal(file: Path) -> None:
    """Raises BackupRefused where the bytes are not those that were written; without a seal nothing can be said."""
    with suppress(FileNotFoundError):
        if _seal_of(file).read_text(encoding="utf-8", errors="replace").split()[:1] != [_sha256(file)]:
            raise BackupRefused(
                "{name} is not as it was written, see {seal}; use another backup.",
                name=file.name,
                seal=_seal_of(file).name,
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _in_the_way(file: Path) -> BackupRefused:
    return BackupRefused("{file} is there already; name a new file, or move that one away.", file=file)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """An empty file in the same folder that goes away in the end."""
    part = file.with_name(f".{file.name}-{token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FOR_NOBODY_ELSE))
        yield part
    except OSError as error:
        raise BackupRefused(
            "{folder} cannot be written to ({why}); free it, or name another.", folder=file.parent, why=error.strerror
        ) from error
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                part.with_name(part.name + end).unlink(missing_ok=True)


def _keep(part: Path, file: Path) -> None:
    """On the disk, and under its own name; unlike a renaming a link refuses a file that came there meanwhile."""
    _on_disk(part)
    try:
        os.link(part, file)
    except FileExistsError as error:
        raise _in_the_way(file) from error
    except OSError:  # a disk without links
        part.rename(file)
    _on_disk(file.parent)


def _on_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
