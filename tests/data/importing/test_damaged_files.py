"""Bytes flipped at random in a file of each kind: it is taken whole or refused with a sentence, never half."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.models.city import Building, Import
from data.errors import DataError
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.writing.run import import_file
from tests.data.riverton import BUILDINGS, CAST, ON, Desk, desk, read_here, write_csv, write_geojson, write_gpkg
from tests.data.riverton import write_xlsx as write_workbook

WRITERS = {"csv": write_csv, "xlsx": write_workbook, "geojson": write_geojson, "gpkg": write_gpkg}


@dataclass
class Tally:
    taken: int = 0
    refused: int = 0


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
    for _ in range(files):
        path.write_bytes(damaged(data, chance))
        imports, buildings = own.count(Import), own.count(Building)
        try:
            outcome = import_file(own.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read)
        except DataError as error:
            tally.refused += 1
            said = str(error)
            assert said.endswith(".") and "\n" not in said.removesuffix(".")
            assert (own.count(Import), own.count(Building)) == (imports, buildings)
        else:
            tally.taken += 1
            assert own.count(Import) == imports + 1
            assert own.count(Building) == buildings + outcome.tallies["buildings"].new
            assert outcome.read - len(outcome.faults) == outcome.counts()["tables"]["buildings"]["new"] + (
                outcome.tallies["buildings"].changed + outcome.tallies["buildings"].unchanged
            )
    return tally


@pytest.mark.parametrize("kind", WRITERS)
def test_a_hundred_damaged_files_of_each_kind_do_no_harm(tmp_path, kind):
    tally = hand_in_damaged(desk(tmp_path), kind, 100, read_here, seed=7)
    assert tally.taken > 0 and tally.refused > 5


@pytest.mark.parametrize("kind", WRITERS)
def test_damaged_files_do_no_harm_to_the_process_that_asks_for_them(tmp_path, kind):
    tally = hand_in_damaged(desk(tmp_path), kind, 6, read_apart, seed=8)
    assert tally.taken + tally.refused == 6


@pytest.mark.long
@pytest.mark.parametrize("kind", WRITERS)
def test_a_thousand_damaged_files_of_each_kind_do_no_harm(tmp_path: Path, kind: str):
    """Each in a reader of its own, two at a time."""

    def half(seed: int) -> Tally:
        (tmp_path / str(seed)).mkdir()
        return hand_in_damaged(desk(tmp_path / str(seed)), kind, 500, read_apart, seed)

    with ThreadPoolExecutor(2) as threads:
        tallies = list(threads.map(half, (1, 2)))
    taken, refused = (sum(getattr(one, name) for one in tallies) for name in ("taken", "refused"))
    print(f"{kind}: {taken} taken whole, {refused} refused")
    assert taken + refused == 1000 and taken > 5 and refused > 50
