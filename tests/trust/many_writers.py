"""T2: many processes write at once, and each gets its turn."""

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from tests.trust.promise import Promise
from tests.trust.town import own_town
from tests.trust.writers import Tables, Told, go, tables, told, writer

WRITERS, SECONDS = 16, 60
LONGEST_WAIT_S = 5


@dataclass(frozen=True)
class Rush:
    """What each of many writers was told, and what stands in the tables."""

    told: list[Told]
    tables: Tables
    seconds: float

    @property
    def waits(self) -> np.ndarray:
        """How long each write took in seconds."""
        return np.array([took for one in self.told for took in one.seconds])

    @property
    def refused(self) -> int:
        """Writers that were told that the database is locked, or failed otherwise."""
        return sum(bool(one.faults) for one in self.told)


def rush(engine: Engine, writers: int, seconds: float) -> Rush:
    names = [f"writer{number}" for number in range(writers)]
    with ExitStack() as together:
        processes = [together.enter_context(writer(engine, name, seconds)) for name in names]
        for process in processes:
            go(process)
        said = [told(process, name) for process, name in zip(processes, names, strict=True)]
    return Rush(said, tables(engine), seconds)


def promises() -> list[Promise]:
    with own_town() as engine:
        found = rush(engine, WRITERS, SECONDS)
    waits = found.waits
    pace = f"{len(waits) / SECONDS:,.0f} writes a second, 99 of 100 within {np.quantile(waits, 0.99):.2g} s"
    return [
        Promise(f"T2 of {WRITERS} writers for {SECONDS} s: refused", found.refused, "writers", 0),
        Promise(f"T2 longest wait of a write ({pace})", float(waits.max()), "s", LONGEST_WAIT_S),
        Promise("T2 writes lost or half-written", _wrong(found), "writes", 0),
    ]


def _wrong(found: Rush) -> int:
    return len(found.tables.lost(found.told)) + len(found.tables.half_written())
