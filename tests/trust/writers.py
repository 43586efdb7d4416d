"""Writers in processes of their own, what they were told was kept, and what then stands in the tables."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import POLLIN, poll

from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.audit.verify import verify
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from data.db.models.city import Event
from tests.trust.writer import ACTION, FACTS

ROOT = Path(__file__).resolve().parents[2]
LONGER_THAN_ANY_TEST_S = 600


@dataclass(frozen=True)
class Told:
    """What a writer was told: the names of the writes acknowledged, and how long each took in seconds."""

    names: tuple[str, ...]
    seconds: tuple[float, ...]
    faults: str = ""


@dataclass(frozen=True)
class Tables:
    """What stands in the tables of a writer's work. facts: write → how many; entries: writes the trail speaks of."""

    facts: Counter[str]
    entries: Counter[str]
    trail_is_whole: bool

    def half_written(self) -> list[str]:
        """Writes with some of their facts, or without their one entry, or an entry without its facts."""
        names = self.facts.keys() | self.entries.keys()
        return sorted(name for name in names if (self.facts[name], self.entries[name]) != (FACTS, 1))

    def lost(self, told: list[Told]) -> list[str]:
        return sorted({name for one in told for name in one.names} - self.facts.keys())


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@contextmanager
def writer(engine: Engine, name: str, seconds: float = LONGER_THAN_ANY_TEST_S) -> Iterator[subprocess.Popen]:
    """A writer that waits for `go`; it is killed at the end of the block if it still lives."""
    with waiting("tests.trust.writer", url_of(engine), name, str(seconds)) as process:
        yield process


@contextmanager
def waiting(module: str, *arguments: str) -> Iterator[subprocess.Popen]:
    """A process that has said that it is ready; it is killed at the end of the block if it still lives."""
    command = [sys.executable, "-m", module, *arguments]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n", process.communicate(timeout=30)[1]
            yield process
        finally:
            process.kill()


def go(process: subprocess.Popen) -> None:
    process.stdin.write("go\n")
    process.stdin.flush()


def wait_for_a_word(process: subprocess.Popen) -> None:
    """Until there is something to read from it, which stays there to be read."""
    waiting_for = poll()
    waiting_for.register(process.stdout, POLLIN)
    waiting_for.poll(LONGER_THAN_ANY_TEST_S * 1_000)


def told(process: subprocess.Popen, name: str) -> Told:
    """What a writer said until it ended. A line it did not end was not said."""
    said, faults = process.communicate(timeout=LONGER_THAN_ANY_TEST_S)
    lines = [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]
    return Told(tuple(f"{name}-{number}" for number, _ in lines), tuple(float(took) for _, took in lines), faults)


def tables(engine: Engine) -> Tables:
    with reading(engine, SYSTEM) as session:
        keys = session.scalars(select(Event.source_key).where(Event.source_key.contains("/")))
        entries = session.scalars(select(AuditEntry.details).where(AuditEntry.action == ACTION))
        return Tables(
            facts=Counter(key.rsplit("/", 1)[0] for key in keys),
            entries=Counter(details["write"] for details in entries),
            trail_is_whole=verify(session).fault is None,
        )


def integrity(engine: Engine) -> str:
    """SQLite's own word on its file; "ok" when it is whole."""
    with reading(engine, SYSTEM) as session:
        return session.connection().exec_driver_sql("PRAGMA integrity_check").scalar()
