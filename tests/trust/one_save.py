"""T3: a form handed in twice at once, or cut off in the middle, leaves one whole import or none."""

import csv
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM
from data.audit.verify import verify
from data.db.engine import open_database, reading
from data.db.models.accounts import AuditEntry
from data.db.models.city import Building, Import
from data.db.models.imports import ImportKey
from tests.data.riverton import BUILDINGS, PLUM
from tests.trust.importer import FILE, MAPPING
from tests.trust.promise import Promise
from tests.trust.writers import go, integrity, url_of, waiting

ROWS = 4_000  # so that the save itself takes a good part of a second
RACES, KILLS, PRESSES = 6, 24, 2
PATIENCE_S = 600
SEED = 3
KEY = "a key made when the form was shown"


@dataclass(frozen=True)
class Saved:
    """What stands in the tables of a save."""

    imports: int
    keys: int
    entries: int
    buildings: int
    sound: bool

    @property
    def whole(self) -> bool:
        return (self.imports, self.keys, self.entries, self.buildings) == (1, 1, 1, ROWS) and self.sound

    @property
    def none(self) -> bool:
        return (self.imports, self.keys, self.entries, self.buildings) == (0, 0, 0, 0) and self.sound


@contextmanager
def form() -> Iterator[Path]:
    """A folder with a file to import and its mapping."""
    with TemporaryDirectory(prefix="trust-") as name:
        folder = Path(name)
        (folder / MAPPING).write_text(BUILDINGS, encoding="utf-8")
        with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, PLUM)
            rows.writeheader()
            rows.writerows({**PLUM, "code": f"B{number:06}"} for number in range(ROWS))
        yield folder


@contextmanager
def importer(engine: Engine, folder: Path, *last_step: str) -> Iterator[subprocess.Popen]:
    """A process that waits for `go` to import the file; it is killed at the end of the block if it still lives."""
    with waiting("tests.trust.importer", url_of(engine), str(folder), KEY, *last_step) as process:
        yield process


@contextmanager
def _database(folder: Path, name: str) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{folder / name}.sqlite")
    yield engine
    engine.dispose()


def race(folder: Path, name: str) -> tuple[Saved, list[str]]:
    """Two presses of the button at once; what was saved, and what each was told."""
    with _database(folder, name) as engine, ExitStack() as presses:
        processes = [presses.enter_context(importer(engine, folder)) for _ in range(PRESSES)]
        for process in processes:
            go(process)
        said = [process.communicate(timeout=PATIENCE_S) for process in processes]
        return saved(engine), [out.strip() or err for out, err in said]


def cut_off(folder: Path, name: str, seconds: float) -> Saved:
    """What was saved by a process that was killed after some seconds."""
    with _database(folder, name) as engine:
        with importer(engine, folder) as process:
            go(process)
            sleep(seconds)
        return saved(engine)


def cut_off_in(folder: Path, name: str, step: str) -> Saved:
    """What was saved by a process that was killed in the middle of a step."""
    with _database(folder, name) as engine:
        with importer(engine, folder, step) as process:
            go(process)
            assert process.wait(PATIENCE_S) == -signal.SIGKILL
        return saved(engine)


def seconds_of_one(folder: Path) -> float:
    with _database(folder, "timed") as engine, importer(engine, folder) as process:
        began = monotonic()
        go(process)
        process.communicate(timeout=PATIENCE_S)
        return monotonic() - began


def saved(engine: Engine) -> Saved:
    with reading(engine, SYSTEM) as session:

        def rows(table: type, *which) -> int:
            return session.scalar(select(func.count()).select_from(table).where(*which))

        return Saved(
            imports=rows(Import),
            keys=rows(ImportKey, ImportKey.key == KEY),
            entries=rows(AuditEntry, AuditEntry.action == "import"),
            buildings=rows(Building),
            sound=verify(session).fault is None and integrity(engine) == "ok",
        )


def promises() -> list[Promise]:
    chance = random.Random(SEED)
    with form() as folder:
        races = [race(folder, f"race-{number}") for number in range(RACES)]
        whole = seconds_of_one(folder)  # until the process has ended, somewhat after the save
        cuts = [cut_off(folder, f"cut-{number}", chance.uniform(0.3, 0.8) * whole) for number in range(KILLS)]
    wrong = sum(not found.whole or said != [str(ROWS)] * PRESSES for found, said in races)
    half = sum(not (found.whole or found.none) for found in cuts)
    none = sum(found.none for found in cuts)
    return [
        Promise(f"T3 of {RACES} imports handed in {PRESSES} times at once: not exactly one", wrong, "imports", 0),
        Promise(f"T3 of {KILLS} imports killed in the middle ({none} left none): half there", half, "imports", 0),
    ]
