"""Short forms of what `make trust` tries at length: writers that are killed, and many at once."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, select

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, record
from data.db.engine import writing
from data.db.models.city import Event
from tests.trust import killed_writers, many_writers
from tests.trust.promise import Promise, table, verdict
from tests.trust.town import own_town
from tests.trust.writer import ACTION, write
from tests.trust.writers import Told, tables


@pytest.fixture
def engine() -> Iterator[Engine]:
    with own_town() as engine:
        yield engine


def test_writers_that_are_killed_lose_nothing_acknowledged_and_leave_nothing_half_written(engine):
    after = killed_writers.killed(engine, kills=4)
    assert sum(len(one.names) for one in after.told) > 0
    assert after.tables.lost(after.told) == after.tables.half_written() == []
    assert after.tables.trail_is_whole
    assert after.integrity == "ok"


def test_many_writers_at_once_all_get_their_turn(engine):
    found = many_writers.rush(engine, writers=6, seconds=5)
    assert [one.faults for one in found.told] == [""] * 6
    assert all(one.names for one in found.told)
    assert found.tables.facts.keys() == {name for one in found.told for name in one.names}
    assert found.tables.half_written() == []
    assert found.tables.trail_is_whole


def test_a_lost_write_and_a_half_written_one_would_be_noticed(engine):
    for name in ("kept", "lost", "without-a-fact"):
        write(engine, name)
    with writing(engine, SYSTEM) as session:
        gone = select(Event.id).where(Event.source_key.startswith("lost/") | (Event.source_key == "without-a-fact/0"))
        session.execute(delete(Event).where(Event.id.in_(gone)))
        record(session, COMMAND_LINE, ACTION, {"write": "without-facts"})
    found = tables(engine)
    assert found.facts == Counter({"kept": 3, "without-a-fact": 2})
    assert found.lost([Told(("kept", "lost"), (0.1, 0.1))]) == ["lost"]
    assert found.half_written() == ["lost", "without-a-fact", "without-facts"]


def test_a_broken_promise_is_told():
    kept, broken = Promise("T1 lost", 0, "writes", 0), Promise("T2 wait", 5.1, "s", 5)
    assert verdict([kept]) == "All 1 promises were kept."
    assert verdict([kept, broken]) == "1 of 2 promises BROKEN: T2 wait."
    assert "| T2 wait | 5.1 s | ≤ 5 s | **BROKEN** |" in table([kept, broken])
