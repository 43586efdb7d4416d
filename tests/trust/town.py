"""A small town in a database of its own, thrown away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from data.db.engine import open_database
from tests.data.town_hall import settle


@contextmanager
def own_town() -> Iterator[Engine]:
    """On SQLite, on a disk and not in memory."""
    with TemporaryDirectory(prefix="trust-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'town.sqlite'}")
        settle(engine)
        yield engine
        engine.dispose()
