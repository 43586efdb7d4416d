"""T1 for single facts: whoever records them is killed at any moment; nothing acknowledged is lost or half there.

The form that was not acknowledged is then sent again, as a phone does: it is recorded once, whatever had become of it.
"""

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep

from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM
from data.audit.verify import verify
from data.city.changes import FACTS
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from data.db.models.changes import Change, ChangedBuilding
from data.db.models.city import City, Event, Hazard, HazardStep, HomeState, Inspection
from data.db.models.records import RecordKey
from tests.data.town_hall import CITY
from tests.trust.killed_writers import KILLS, LONGEST_LIFE_S, SEED
from tests.trust.promise import Promise
from tests.trust.recorder import key_of, send, subjects
from tests.trust.town import own_town
from tests.trust.writers import LONGER_THAN_ANY_TEST_S, go, integrity, url_of, wait_for_a_word, waiting

ROWS_OF = {  # what a form of a kind adds
    "record_visit": {"inspections": 1, "hazards": 1, "hazard_steps": 1},
    "record_hazard": {"hazards": 1, "hazard_steps": 1},
    "record_step": {"hazard_steps": 1},
    "record_event": {"events": 1},
    "record_home": {"home_states": 1},
}
MODELS = (Inspection, Hazard, HazardStep, Event, HomeState)


@dataclass(frozen=True)
class Acknowledged:
    """What a recorder was told before it was killed: form → id of its row, in order."""

    name: str
    rows: dict[int, int]

    @property
    def next(self) -> int:
        return len(self.rows)

    @property
    def last_row(self) -> int | None:
        return self.rows.get(self.next - 1)


@dataclass(frozen=True)
class Found:
    """What stands in the tables. rows: of facts without an import; keys: forms, key → kind and row."""

    rows: Counter[str]
    keys: dict[str, tuple[str, int]]
    actions: Counter[str]
    changes: int
    changed_buildings: int
    trail_is_whole: bool
    numbers_without_a_gap: bool

    def lost(self, told: list[Acknowledged]) -> list[str]:
        """Forms that were acknowledged and are not there, or are there as another row."""
        said = {key_of(one.name, number): row for one in told for number, row in one.rows.items()}
        return sorted(key for key, row in said.items() if self.keys.get(key, ("", 0))[1] != row)

    def half_written(self) -> list[str]:
        """Kinds of rows of which there are more or fewer than the forms that are kept account for."""
        kinds = Counter(kind for kind, _ in self.keys.values())
        expected: Counter[str] = Counter()
        for kind, times in kinds.items():
            expected.update({table: times * rows for table, rows in ROWS_OF[kind].items()})
        faults = [table for table in expected.keys() | self.rows.keys() if expected[table] != self.rows[table]]
        faults += [kind for kind in kinds.keys() | self.actions.keys() if kinds[kind] != self.actions[kind]]
        logged = len(self.keys) == self.changes == self.changed_buildings
        return sorted(faults) + ["change log"] * (not logged or not self.numbers_without_a_gap)


@dataclass(frozen=True)
class Aftermath:
    """What was told to recorders that were killed, and what stands in the tables, before and after sending again."""

    told: list[Acknowledged]
    found: Found
    resent: Found
    integrity: str

    @property
    def sent_again_and_not_once(self) -> list[str]:
        """Forms that are not kept exactly once though they were sent again; with no other besides."""
        wanted = {key_of(one.name, number) for one in self.told for number in range(one.next + 1)}
        return sorted(wanted ^ self.resent.keys.keys())


@contextmanager
def recorder(engine: Engine, name: str) -> Iterator[subprocess.Popen]:
    """A recorder that waits for `go`; it is killed at the end of the block if it still lives."""
    with waiting("tests.trust.recorder", url_of(engine), name) as process:
        yield process


def killed(engine: Engine, kills: int) -> Aftermath:
    """Lets one recorder after the other record and kills it in the middle; then each last form is sent again."""
    chance, told = random.Random(SEED), []
    for number in range(kills):
        name = f"recorder{number:02}"
        with recorder(engine, name) as process:
            go(process)
            if number % 2:
                wait_for_a_word(process)  # the others may not have begun
            sleep(chance.uniform(0, LONGEST_LIFE_S))
            process.kill()
            told.append(_acknowledged(process, name))
    before, about = found(engine), subjects(engine)
    for one in told:
        for _ in range(2):
            send(engine, about, one.name, one.next, one.last_row)
    return Aftermath(told, before, found(engine), integrity(engine))


def _acknowledged(process: subprocess.Popen, name: str) -> Acknowledged:
    """What it said until it ended. A line it did not end was not said."""
    said, faults = process.communicate(timeout=LONGER_THAN_ANY_TEST_S)
    assert not faults, faults
    lines = (line.split() for line in said.splitlines(keepends=True) if line.endswith("\n"))
    return Acknowledged(name, {int(number): int(row) for number, row in lines})


def found(engine: Engine) -> Found:
    with reading(engine, SYSTEM) as session:

        def rows(model: type, *which) -> int:
            return session.scalar(select(func.count()).select_from(model).where(*which)) or 0

        of_town = select(City.id).where(City.code == CITY).scalar_subquery()
        numbers = list(session.scalars(select(Change.number).where(Change.city_id == of_town).order_by(Change.number)))
        facts = select(Change.id).where(Change.kind.in_(FACTS))
        keys = session.execute(select(RecordKey.key, RecordKey.kind, RecordKey.row_id))
        return Found(
            rows=Counter({model.__tablename__: rows(model, model.import_id.is_(None)) for model in MODELS}),
            keys={key: (kind, row) for key, kind, row in keys},
            actions=Counter(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("record_")))),
            changes=rows(Change, Change.id.in_(facts)),
            changed_buildings=rows(ChangedBuilding, ChangedBuilding.change_id.in_(facts)),
            trail_is_whole=verify(session).fault is None,
            numbers_without_a_gap=numbers == list(range(1, len(numbers) + 1)),
        )


def promises() -> list[Promise]:
    with own_town() as engine:
        after = killed(engine, KILLS)
    acknowledged = sum(len(one.rows) for one in after.told)
    unsaid = len(after.found.keys) - acknowledged
    faults = (after.integrity != "ok") + (not after.resent.trail_is_whole)
    what = f"T1 of {acknowledged:,} single facts acknowledged in {KILLS} killed processes"
    half = len(after.found.half_written()) + len(after.resent.half_written())
    again = f"T3 of their {KILLS} last forms sent twice again ({unsaid} had been kept): not exactly once"
    return [
        Promise(f"{what}: lost", len(after.resent.lost(after.told)), "facts", 0),
        Promise(f"{what}: half-written", half, "kinds of rows", 0),
        Promise(again, len(after.sent_again_and_not_once), "forms", 0),
        Promise("T1 faults of the file and of the audit trail after single facts", faults, "faults", 0),
    ]
