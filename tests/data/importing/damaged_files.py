"""Bytes flipped at random in a file of each kind, and what becomes of it: taken whole, refused, or half there."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.models.city import Building, Import
from data.errors import DataError
from data.importing.writing.result import Outcome
from data.importing.writing.run import import_file
from tests.data.riverton import BUILDINGS, CAST, ON, Desk, write_csv, write_geojson, write_gpkg
from tests.data.riverton import write_xlsx as write_workbook

WRITERS = {"csv": write_csv, "xlsx": write_workbook, "geojson": write_geojson, "gpkg": write_gpkg}


@dataclass
class Tally:
    """harm: what is neither taken whole nor refused with a sentence."""

    taken: int = 0
    refused: int = 0
    harm: list[str] = field(default_factory=list)


def damaged(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def hand_in_damaged(own: Desk, kind: str, files: int, read: Callable, seed: int) -> Tally:
    """Hands in so many files, each damaged in its own way; what became of them."""
    chance, tally = random.Random(seed), Tally()
    data = WRITERS[kind](own.folder / f"whole.{kind}", CAST).read_bytes()
    mapping, path = own.mapping(BUILDINGS), own.folder / f"buildings.{kind}"
    for number in range(files):
        path.write_bytes(damaged(data, chance))
        before = _rows(own)
        try:
            outcome = import_file(own.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read)
        except DataError as error:
            tally.refused += 1
            well = is_a_sentence(str(error)) and _rows(own) == before
        except Exception as error:
            tally.harm.append(f"{kind} {number}: {type(error).__name__}")
            continue
        else:
            tally.taken += 1
            well = is_whole(outcome) and _rows(own) == (before[0] + 1, before[1] + outcome.tallies["buildings"].new)
        if not well:
            tally.harm.append(f"{kind} {number}: half there, or refused without a sentence")
    return tally


def is_a_sentence(said: str) -> bool:
    return said.endswith(".") and "\n" not in said


def is_whole(outcome: Outcome) -> bool:
    """Whether each row is either set aside or among the buildings."""
    buildings = outcome.tallies["buildings"]
    kept = buildings.new + buildings.changed + buildings.unchanged
    return outcome.read - len(outcome.faults) == kept


def _rows(own: Desk) -> tuple[int, int]:
    return own.count(Import), own.count(Building)
