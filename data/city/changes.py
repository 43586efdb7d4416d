"""The change log of a city: every write adds one number to it, and whoever keeps something derived catches up by it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from secrets import token_hex
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.db import advisory_locks
from data.db.engine import as_scope, insert_columns
from data.db.models.changes import Change, ChangedBuilding
from data.db.models.city import City
from data.db.tables import table_of

# Kinds that leave buildings, homes, areas and the city as they were.
FACTS = ("visit", "hazard", "event", "home_state", "officer")
KINDS = (*FACTS, "import", "undo", "demo")
MOST_NAMED = 20_000  # buildings that are named one by one; beyond, the whole city counts as changed


class CityVersion(NamedTuple):
    """The state of a city's tables after a change. Equal for equal tables, in copies of a database too."""

    number: int
    token: str

    def __str__(self) -> str:
        return f"{self.number}-{self.token}"


NOTHING_WRITTEN = CityVersion(0, "")


def log_change(session: Session, city_id: int, kind: str, building_ids: Iterable[int] | None) -> CityVersion:
    """Adds a transaction to the log, as its last write: on PostgreSQL other writers of the city wait from here on.

    building_ids: the buildings it wrote about; None for the whole city.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    touched = None if building_ids is None else sorted(set(building_ids))
    if touched is not None and len(touched) > MOST_NAMED:
        touched = None
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(advisory_locks.CITY_NUMBERS, city_id)))
    before = session.scalar(select(func.max(Change.number)).where(Change.city_id == city_id)) or 0
    change = Change(
        city_id=city_id,
        number=before + 1,
        token=token_hex(8),
        kind=kind,
        whole_city=touched is None,
        at=datetime.now(UTC).replace(tzinfo=None),
    )
    session.add(change)
    session.flush()
    if touched:
        columns = {"change_id": [change.id] * len(touched), "building_id": touched}
        insert_columns(session, table_of(ChangedBuilding), columns)
    return CityVersion(change.number, change.token)


def latest_version(session: Session, city: City) -> CityVersion:
    """NOTHING_WRITTEN where the city's log is empty."""
    question = select(Change.number, Change.token).where(Change.city_id == city.id)
    with as_scope(session, SYSTEM):
        row = session.execute(question.order_by(Change.number.desc()).limit(1)).first()
    return CityVersion(*row) if row else NOTHING_WRITTEN


def is_known(session: Session, city: City, version: CityVersion) -> bool:
    """Whether the city's tables were once as they are in `version`."""
    same = (Change.city_id == city.id, Change.number == version.number, Change.token == version.token)
    with as_scope(session, SYSTEM):
        return session.scalar(select(Change.id).where(*same)) is not None


def was_undone_since(session: Session, city_id: int, number: int) -> bool:
    """Whether an import was undone after `number`, so that buildings known then may be gone."""
    undone = select(Change.id).where(Change.city_id == city_id, Change.number > number, Change.kind == "undo")
    with as_scope(session, SYSTEM):
        return session.scalar(undone.limit(1)) is not None


def only_facts_since(session: Session, city: City, version: CityVersion) -> bool:
    """Whether buildings, homes, areas and the city itself are as they were in `version`."""
    if version != NOTHING_WRITTEN and not is_known(session, city, version):
        return False
    other = select(Change.id).where(
        Change.city_id == city.id, Change.number > version.number, Change.kind.not_in(FACTS)
    )
    with as_scope(session, SYSTEM):
        return session.scalar(other.limit(1)) is None


class Since(NamedTuple):
    """What was written since a version, up to the present one. building_ids: rising, int64; None for the whole city.

    facts_only: no import or undo was among it, so that the buildings, homes and areas are as they were.
    """

    version: CityVersion
    building_ids: np.ndarray | None
    facts_only: bool


def changes_since(session: Session, city: City, version: CityVersion) -> Since:
    """What was written after `version`; the whole city where the log does not know that version."""
    if not is_known(session, city, version):
        return Since(latest_version(session, city), None, facts_only=False)
    return changes_since_number(session, city, version.number)


def changes_since_number(session: Session, city: City, number: int) -> Since:
    """What was written after a number that is this very database's."""
    present = latest_version(session, city)
    later = (Change.city_id == city.id, Change.number > number)
    with as_scope(session, SYSTEM):
        kinds = session.execute(select(Change.kind, Change.whole_city).where(*later).distinct()).all()
        if any(whole for _, whole in kinds):
            return Since(present, None, facts_only=False)
        named = select(ChangedBuilding.building_id).join(Change).where(*later).distinct()
        ids = session.scalars(named.order_by(ChangedBuilding.building_id)).all()
    if len(ids) > MOST_NAMED:  # making all anew is no slower, and a database takes no longer lists
        return Since(present, None, facts_only=False)
    return Since(present, np.array(ids, np.int64), facts_only=all(kind in FACTS for kind, _ in kinds))
