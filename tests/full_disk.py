"""A disk that is full until it is not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def full_disk(engine: Engine) -> Iterator[None]:
    """Every statement that writes fails as SQLite lets it fail on a full disk; reading goes on."""

    def no_room(_cursor, statement: str, _parameters, _context) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error

    for name in ("do_execute", "do_executemany"):
        event.listen(engine, name, no_room)
    try:
        yield
    finally:
        for name in ("do_execute", "do_executemany"):
            event.remove(engine, name, no_room)
