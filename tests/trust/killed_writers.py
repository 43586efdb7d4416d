"""T1: writers are killed at any moment, and nothing they were told was kept is lost or half there."""

import random
from dataclasses import dataclass
from time import sleep

from sqlalchemy import Engine

from tests.trust.promise import Promise
from tests.trust.town import own_town
from tests.trust.writers import Tables, Told, go, integrity, tables, told, wait_for_a_word, writer

KILLS = 40
LONGEST_LIFE_S = 0.6  # about a hundred writes
SEED = 1


@dataclass(frozen=True)
class Aftermath:
    """What was told to writers that were killed, and what stands in the tables."""

    told: list[Told]
    tables: Tables
    integrity: str


def killed(engine: Engine, kills: int) -> Aftermath:
    """Lets one writer after the other write and kills it in the middle."""
    chance, said = random.Random(SEED), []
    for number in range(kills):
        name = f"writer{number}"
        with writer(engine, name) as process:
            go(process)
            if number % 2:
                wait_for_a_word(process)  # the others may not have begun
            sleep(chance.uniform(0, LONGEST_LIFE_S))
            process.kill()
            said.append(told(process, name))
    return Aftermath(said, tables(engine), integrity(engine))


def promises() -> list[Promise]:
    with own_town() as engine:
        after = killed(engine, KILLS)
    acknowledged = sum(len(one.names) for one in after.told)
    faults = (after.integrity != "ok") + (not after.tables.trail_is_whole)
    what = f"T1 of {acknowledged:,} acknowledged writes in {KILLS} killed processes"
    return [
        Promise(f"{what}: lost", len(after.tables.lost(after.told)), "writes", 0),
        Promise(f"{what}: half-written", len(after.tables.half_written()), "writes", 0),
        Promise("T1 faults of the file (integrity_check) and of the audit trail afterwards", faults, "faults", 0),
    ]
