"""A form that is sent twice is recorded once: the second time it is told what the first was."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.audit.trail import Actor
from data.city.changes import CityVersion
from data.db import advisory_locks
from data.db.models.records import RecordKey
from data.records.errors import RecordRefused

SHORTEST_KEY, LONGEST_KEY = 16, 64  # shorter ones may be drawn twice; longer ones do not fit


@dataclass(frozen=True)
class Recorded:
    """What became of a command. id: of the row, in the table of its kind; repeated: it had been recorded before."""

    id: int
    version: CityVersion
    repeated: bool = False


def check_key(key: str) -> None:
    """Raises RecordRefused."""
    if not (SHORTEST_KEY <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise RecordRefused(
            "The key of a form has {shortest} to {longest} plain characters; open the form anew.",
            shortest=SHORTEST_KEY,
            longest=LONGEST_KEY,
        )


def recorded_before(session: Session, key: str, digest: str) -> Recorded | None:
    """What the form with this key became; None where it is new. Raises RecordRefused where it said something else.

    Others who send the same form wait until this transaction ends.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(select(func.pg_advisory_xact_lock(advisory_locks.RECORDS, func.hashtext(key))))
    kept = session.scalar(select(RecordKey).where(RecordKey.key == key))
    if kept is None:
        return None
    if kept.digest != digest:
        raise RecordRefused("This form was sent before and said something else; open it anew to record more.")
    return Recorded(kept.row_id, CityVersion(kept.number, kept.token), repeated=True)


def keep_key(session: Session, key: str, digest: str, city_id: int, kind: str, recorded: Recorded) -> None:
    session.add(
        RecordKey(
            key=key,
            city_id=city_id,
            kind=kind,
            digest=digest,
            row_id=recorded.id,
            number=recorded.version.number,
            token=recorded.version.token,
            at=datetime.now(UTC).replace(tzinfo=None),
        )
    )
    session.flush()


def digest_of(actor: Actor, city_code: str, command: object) -> str:
    """Equal for the same command by the same account about the same city."""
    said = [actor.account, city_code, type(command).__name__, command]
    return hashlib.sha256(json.dumps(said, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else vars(value)
