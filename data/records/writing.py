"""Recording one fact: checked against what the account may do and see, written whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope, Permission
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import log_change
from data.db.engine import writing
from data.db.models.city import Building
from data.records.commands import (
    Command,
    EventHappened,
    EventWithdrawn,
    HazardFound,
    HazardStepTaken,
    HazardWithdrawn,
    HomeStateSet,
    Visit,
    VisitWithdrawn,
)
from data.records.desk import Desk, Written
from data.records.facts import write_event, write_home_state, write_visit
from data.records.hazards import write_hazard, write_step
from data.records.keys import Recorded, check_key, digest_of, keep_key, recorded_before
from data.records.subjects import city_of
from data.records.withdrawals import withdraw_event, withdraw_hazard, withdraw_visit


@dataclass(frozen=True)
class Kind:
    """A kind of fact. action: its name in the audit trail; logged_as: in the change log, see data.city.changes.

    write: checks a command and adds its rows. Raises RecordRefused.
    """

    permission: Permission
    action: str
    logged_as: str
    write: Callable[[Desk, Any], Written]


KINDS: Mapping[type, Kind] = {
    Visit: Kind("record_visits", "record_visit", "visit", write_visit),
    HazardFound: Kind("record_hazards", "record_hazard", "hazard", write_hazard),
    HazardStepTaken: Kind("record_steps", "record_step", "hazard", write_step),
    EventHappened: Kind("record_events", "record_event", "event", write_event),
    HomeStateSet: Kind("record_homes", "record_home", "home_state", write_home_state),
    VisitWithdrawn: Kind("record_visits", "withdraw_visit", "visit", withdraw_visit),
    HazardWithdrawn: Kind("record_hazards", "withdraw_hazard", "hazard", withdraw_hazard),
    EventWithdrawn: Kind("record_events", "withdraw_event", "event", withdraw_event),
}


def record(
    engine: Engine, scope: AccessScope, actor: Actor, city_code: str, command: Command, *, key: str, on: date
) -> Recorded:
    """Records a fact in one transaction, with its entries in the audit trail and in the change log.

    key: the idempotency key of the form; the same form again writes nothing and returns the first answer. on: today.
    Raises NotAllowed or RecordRefused, with nothing written.
    """
    check_may_record(scope, command)
    check_key(key)
    kind, digest = KINDS[type(command)], digest_of(actor, city_code, command)
    with writing(engine, SYSTEM) as session:
        before = recorded_before(session, key, digest)
        if before is not None:
            return before
        city = city_of(session, city_code)
        written = kind.write(Desk(session, scope, city, on), command)
        trail.record(session, actor, kind.action, _audit_details(session, city_code, written))
        version = log_change(session, city.id, kind.logged_as, written.touched)
        recorded = Recorded(written.id, version)
        keep_key(session, key, digest, city.id, kind.action, recorded)  # after the log, as it holds the log's number
    return recorded


def check_may_record(scope: AccessScope, command: Command) -> None:
    """Raises NotAllowed unless the role may record this, somewhere."""
    needed = [KINDS[type(command)].permission]
    if isinstance(command, Visit) and command.hazards:
        needed.append(KINDS[HazardFound].permission)
    if not all(scope.can(permission) for permission in needed):
        raise NotAllowed("Your account may not do this; ask an administrator.")


def _audit_details(session: Session, city_code: str, written: Written) -> dict[str, Any]:
    """What the audit trail holds of a fact: where it stands, and not what it says."""
    corrected = {} if written.corrects is None else {"corrects": written.corrects}
    building = session.get_one(Building, written.touched[0])
    return {"city": city_code, "building": building.code, "record": written.id} | corrected
