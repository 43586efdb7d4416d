"""The file of a SQLite database: made whole where there is none, refused where it is no database any more."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from urllib.parse import unquote

from sqlalchemy import URL, make_url

from data.db.refusals import DatabaseDamaged, damaged
from data.errors import EMPTY, NO_HEAD

SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///")
SIGN = b"SQLite format 3\0"  # https://sqlite.org/fileformat.html
JOURNALS = ("-wal", "-journal")
BESIDE = (*JOURNALS, "-shm")


def address(url: str) -> URL:
    """An address as SQLAlchemy has it. Of SQLite all that follows `sqlite:///` is the path, `?` and `#` as well."""
    begins = SQLITE.match(url)
    if begins is None:
        return make_url(url)
    path = _path(url[begins.end() :])
    return URL.create("sqlite", database=str(Path(path).absolute()) if path not in ("", ":memory:") else None)


def _path(written: str) -> str:
    """`%41` in an address is an A, but for a file or a folder that is really called so."""
    decoded = unquote(written)
    if os.path.exists(decoded):
        return decoded
    folder = os.path.dirname(written)
    is_literal = os.path.exists(written) or ("%" in folder and os.path.isdir(folder))
    return written if is_literal else decoded


def existing(file: Path) -> str:
    """The address by which SQLite opens a file that is there, and makes none."""
    return f"{file.absolute().as_uri()}?mode=rw"


def check(file: Path) -> None:
    """Raises DatabaseDamaged where the file does not begin as a database does, or OSError."""
    with file.open("rb") as opened:
        begins = opened.read(len(SIGN))
    if begins != SIGN:
        raise damaged(file, EMPTY if not begins else NO_HEAD)


def check_place(file: Path, backups: Path | None) -> None:
    """Raises DatabaseDamaged where no database is but something of one: a new one would hide that it was lost.

    backups: a folder of backups of a database in this place, if it counts.
    """
    left = [beside for end in JOURNALS if _has_bytes(beside := _beside(file, end))]
    if backups is not None and any(backups.glob("*.backup")):
        left.append(backups)
    if left and not file.exists():  # another process may have made it since: its journals come after its file
        raise DatabaseDamaged(
            "The database {name} is gone, and {left} of it is still there. Put it back, or restore the last backup: "
            "`python -m data restore BACKUP`; to begin anew on purpose, move {left} away.",
            name=file.name,
            left=left[0].name,
        )


def _has_bytes(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


def create(file: Path, fill: Callable[[Path], None]) -> None:
    """Makes a new file, whole or not at all: one of no length is never on its way to becoming a database.

    fill: makes the database in the file it is given. Where another process was quicker, its file stays.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}-{token_hex(4)}")
    try:
        fill(part)
        with suppress(FileExistsError):
            os.link(part, file)
    finally:
        for each in (part, *(_beside(part, end) for end in BESIDE)):
            with suppress(OSError):
                each.unlink(missing_ok=True)


def _beside(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)
