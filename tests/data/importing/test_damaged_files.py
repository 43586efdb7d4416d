"""Bytes flipped at random in a file of each kind: it is taken whole or refused with a sentence, never half.

`python -m tests.trust damaged_files` tries a thousand of them.
"""

import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.city import Building
from data.importing.reading.sandboxed_reader import read_apart
from tests.data.importing.damaged_files import WRITERS, hand_in_damaged
from tests.data.riverton import BUILDINGS, CAST, read_here, write_csv


@pytest.mark.parametrize("kind", WRITERS)
def test_a_hundred_damaged_files_of_each_kind_do_no_harm(desk, kind):
    tally = hand_in_damaged(desk, kind, 100, read_here, seed=7)
    assert tally.harm == []
    assert tally.taken > 0 and tally.refused > 5
    assert tally.taken + tally.refused == 100


@pytest.mark.parametrize("kind", WRITERS)
def test_damaged_files_do_no_harm_to_the_process_that_asks_for_them(desk, kind):
    tally = hand_in_damaged(desk, kind, 6, read_apart, seed=8)
    assert tally.harm == []
    assert tally.taken + tally.refused == 6


def test_a_file_of_which_half_is_taken_would_be_noticed(desk):
    desk.hand_in(BUILDINGS, write_csv(desk.folder / "buildings.csv", CAST))

    def loses_a_building(*asked):
        with writing(desk.engine, SYSTEM) as session:
            session.delete(session.scalars(select(Building).limit(1)).one())
        return read_here(*asked)

    tally = hand_in_damaged(desk, "csv", 1, loses_a_building, seed=7)
    assert tally.harm == ["csv 0: half there, or refused without a sentence"]


def test_a_fault_of_ours_over_a_file_would_be_noticed(desk):
    def breaks(*asked):
        raise LookupError("a fault of ours")

    assert hand_in_damaged(desk, "csv", 1, breaks, seed=7).harm == ["csv 0: LookupError"]
