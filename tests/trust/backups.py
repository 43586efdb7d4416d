"""T11: a backup made while others write comes back whole, as the tables stood at one moment."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from sqlalchemy import Engine

from data.db.backup import backup, restore
from data.db.engine import open_database
from tests.data import postgresql_server
from tests.data.town_hall import settle
from tests.trust.promise import Promise
from tests.trust.town import own_town
from tests.trust.writers import Tables, go, integrity, tables, told, wait_for_a_word, writer

WRITERS, BACKUPS = 4, 5
LOAD_S = 3  # of writing before the first backup, and between two
OWNER = "keeper"


@dataclass(frozen=True)
class Returned:
    """A backup of a busy database, restored. kept_before: writes that stood in the tables before it began."""

    kept_before: set[str]
    kept_after: set[str]
    counted: dict[str, int]
    tables: Tables
    restored: dict[str, int]
    whole: bool

    @property
    def faults(self) -> list[str]:
        here = self.tables.facts.keys()
        found = {
            "lost what was kept before": not self.kept_before <= here,
            "holds what was not kept": not here <= self.kept_after,
            "half-written": self.tables.half_written(),
            "a broken audit trail": not self.tables.trail_is_whole,
            "a broken file": not self.whole,
            "other counts": self.restored != self.counted | {"audit_entries": self.counted["audit_entries"] + 1},
        }
        return [fault for fault, so in found.items() if so]


def returned(engine: Engine, other: Engine, folder: Path, writers: int, backups: int, load_s: float) -> list[Returned]:
    """Backs a database up several times while others write, and restores each into the other one."""
    with ExitStack() as busy:
        names = [f"writer{number}" for number in range(writers)]
        processes = [busy.enter_context(writer(engine, name)) for name in names]
        for process in processes:
            go(process)
        made = []
        for number in range(backups):
            sleep(load_s)
            before = _written_since(engine, made[-1][1] if made else set())
            counted = backup(engine, folder / f"backup-{number}")
            made.append((before, _written_since(engine, before), counted))
        for process in processes:
            wait_for_a_word(process)
        for process in processes:
            process.kill()
        assert all(told(process, name).names for process, name in zip(processes, names, strict=True))
    return [_restored(other, folder / f"backup-{number}", *one) for number, one in enumerate(made)]


def _written_since(engine: Engine, before: set[str]) -> set[str]:
    """The writes in the tables, once there are more of them: the others do write, at whatever pace."""
    while True:
        if (now := set(tables(engine).facts)) > before:
            return now


def _restored(other: Engine, file: Path, before: set[str], after: set[str], counted: dict[str, int]) -> Returned:
    found = restore(other, file, replace=True)
    whole = other.dialect.name != "sqlite" or integrity(other) == "ok"
    return Returned(before, after, counted, tables(other), found, whole)


@contextmanager
def postgresql_towns() -> Iterator[tuple[Engine, Engine]]:
    """A small town, and another database to restore into."""
    with postgresql_server.running() as server:
        engines = [open_database(server.database(OWNER)) for _ in range(2)]
        settle(engines[0])
        yield engines[0], engines[1]
        for engine in engines:
            engine.dispose()


def promises() -> list[Promise]:
    with own_town() as engine, own_town() as other:
        found = [_promise("SQLite", engine, other)]
    if postgresql_server.missing() is None:
        with postgresql_towns() as (engine, other):
            found.append(_promise("PostgreSQL", engine, other))
    return found


def _promise(name: str, engine: Engine, other: Engine) -> Promise:
    with TemporaryDirectory(prefix="trust-") as folder:
        found = returned(engine, other, Path(folder), WRITERS, BACKUPS, LOAD_S)
    writes = len(found[-1].tables.facts)
    what = f"T11 {name}: {BACKUPS} backups under {WRITERS} writers ({writes:,} writes in the last)"
    return Promise(f"{what}, restored with a fault", sum(bool(one.faults) for one in found), "backups", 0)
