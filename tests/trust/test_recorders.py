"""Short form of what `make trust` tries at length: recorders of single facts that are killed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete, func, select

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.changes import Change
from data.db.models.city import Event, HazardStep
from data.db.models.records import RecordKey
from tests.trust import killed_recorders
from tests.trust.killed_recorders import Acknowledged, found
from tests.trust.recorder import key_of, send, subjects
from tests.trust.town import own_town

KINDS = 5


@pytest.fixture
def engine() -> Iterator[Engine]:
    with own_town() as engine:
        yield engine


@pytest.fixture
def told(engine) -> Acknowledged:
    """One form of each kind, recorded here."""
    about, rows = subjects(engine), dict[int, int]()
    for number in range(KINDS):
        rows[number] = send(engine, about, "recorder", number, rows.get(number - 1)).id
    return Acknowledged("recorder", rows)


def remove(engine: Engine, model: type, *which) -> None:
    with writing(engine, SYSTEM) as session:
        last = select(func.max(model.id)).where(*which).scalar_subquery()
        session.execute(delete(model).where(model.id == last))


def test_recorders_that_are_killed_lose_nothing_acknowledged_and_their_last_form_is_kept_once(engine):
    after = killed_recorders.killed(engine, kills=4)
    assert sum(len(one.rows) for one in after.told) > 0
    assert after.found.lost(after.told) == after.resent.lost(after.told) == []
    assert after.found.half_written() == after.resent.half_written() == []
    assert after.sent_again_and_not_once == []
    assert after.resent.trail_is_whole
    assert after.integrity == "ok"


def test_forms_recorded_whole_are_found_whole(engine, told):
    assert found(engine).lost([told]) == found(engine).half_written() == []
    assert len(found(engine).keys) == KINDS


def test_a_lost_fact_and_one_that_became_another_row_would_be_noticed(engine, told):
    remove(engine, RecordKey, RecordKey.key == key_of("recorder", 3))
    other = replace(told, rows=told.rows | {0: 987})
    assert found(engine).lost([other]) == [key_of("recorder", 0), key_of("recorder", 3)]


@pytest.mark.parametrize(
    ("model", "noticed"), [(Event, ["events"]), (HazardStep, ["hazard_steps"]), (Change, ["change log"])]
)
def test_a_half_written_fact_would_be_noticed(engine, told, model, noticed):
    imported = getattr(model, "import_id", None)
    remove(engine, model, *([] if imported is None else [imported.is_(None)]))
    assert found(engine).half_written() == noticed
