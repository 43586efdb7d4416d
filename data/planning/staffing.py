"""What is said of officers one by one: who is new, who works when, who is gone or away. One door, as for facts.

Each is written in one transaction with an entry in the audit trail, one in the change log and the key of its form. An
officer is changed in place, as imports do; what was said before stands in the trail. Leave is only added.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import log_change
from data.db.engine import writing
from data.db.models.city import Area, City
from data.db.models.planning import DAY_BEGINS, DAY_ENDS, OFFICER_ROLES, WORKING_WEEK, Officer, OfficerLeave
from data.planning.errors import OfficerRefused
from data.planning.officers import areas_within, officers_visible_to
from data.records.keys import Recorded, check_key, digest_of, keep_key, recorded_before
from data.records.subjects import city_of
from data.records.values import check_code, check_known

CLOSED = "closed"  # of ENDINGS: the post is no more
LONGEST_LEAVE = timedelta(days=731)  # two years; whoever is away for longer has gone
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Hours:
    """works_from, works_until: minutes after midnight. weekdays: rising digits, 1 is Monday."""

    minutes_a_day: int
    works_from: int = DAY_BEGINS
    works_until: int = DAY_ENDS
    weekdays: str = WORKING_WEEK

    @property
    def shown(self) -> str:
        """As the audit trail keeps it: minutes, hours, weekdays."""
        begins, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in (self.works_from, self.works_until))
        return f"{self.minutes_a_day} · {begins}-{ends} · {self.weekdays}"


@dataclass(frozen=True)
class OfficerAdded:
    code: str
    role: str
    area_id: int
    hours: Hours


@dataclass(frozen=True)
class HoursChanged:
    officer_id: int
    hours: Hours


@dataclass(frozen=True)
class OfficerEnded:
    """From `ended_on` on nobody is sent; None: the officer is there again."""

    officer_id: int
    ended_on: date | None


@dataclass(frozen=True)
class LeaveTaken:
    """corrects: the leave that this takes the place of, which is of the same officer."""

    officer_id: int
    first_day: date
    last_day: date
    corrects: int | None = None


@dataclass(frozen=True)
class LeaveWithdrawn:
    withdraws: int


StaffCommand = OfficerAdded | HoursChanged | OfficerEnded | LeaveTaken | LeaveWithdrawn


@dataclass(frozen=True)
class _Desk:
    """One transaction. on: today."""

    session: Session
    scope: AccessScope
    city: City
    on: date


@dataclass(frozen=True)
class _Said:
    """The row, and what the trail holds of it."""

    id: int
    officer: Officer
    details: Mapping[str, Any]


def change_staff(
    engine: Engine, scope: AccessScope, actor: Actor, city_code: str, command: StaffCommand, *, key: str, on: date
) -> Recorded:
    """Does as the command says, once for each key. Raises NotAllowed, OfficerRefused or RecordRefused."""
    if not scope.can("plan"):
        raise NotAllowed("Your account may not do this; ask an administrator.")
    check_key(key)
    action, write = ACTIONS[type(command)]
    digest = digest_of(actor, city_code, command)
    with writing(engine, SYSTEM) as session:
        before = recorded_before(session, key, digest)
        if before is not None:
            return before
        city = city_of(session, city_code)
        said = write(_Desk(session, scope, city, on), command)
        details = {"city": city_code, "officer": said.officer.code, "record": said.id, **said.details}
        trail.record(session, actor, action, details)
        recorded = Recorded(said.id, log_change(session, city.id, "officer", ()))
        keep_key(session, key, digest, city.id, action, recorded)
    return recorded


def _add(desk: _Desk, command: OfficerAdded) -> _Said:
    check_code(command.code, Officer, "code")
    check_known(command.role, OFFICER_ROLES)
    _check_hours(command.hours)
    area = _area_of(desk, command.area_id)
    if desk.session.scalar(select(Officer.id).where(Officer.city_id == desk.city.id, Officer.code == command.code)):
        raise OfficerRefused("There is an officer '{code}' already; give this one another code.", code=command.code)
    officer = Officer(
        city_id=desk.city.id, code=command.code, role=command.role, area_id=area.id, **vars(command.hours)
    )
    desk.session.add(officer)
    desk.session.flush()
    return _Said(officer.id, officer, {"area": area.code, "role": command.role, "hours": command.hours.shown})


def _change_hours(desk: _Desk, command: HoursChanged) -> _Said:
    _check_hours(command.hours)
    officer = _officer_of(desk, command.officer_id)
    before = Hours(officer.minutes_a_day, officer.works_from, officer.works_until, officer.weekdays)
    for name, value in vars(command.hours).items():
        setattr(officer, name, value)
    officer.import_id = None
    return _Said(officer.id, officer, {"hours": command.hours.shown, "hours_before": before.shown})


def _end(desk: _Desk, command: OfficerEnded) -> _Said:
    officer = _officer_of(desk, command.officer_id)
    before = officer.ended_on
    officer.ended_on, officer.ended_as = command.ended_on, CLOSED if command.ended_on else None
    officer.import_id = None
    return _Said(officer.id, officer, {"ended_on": _as_text(command.ended_on), "ended_on_before": _as_text(before)})


def _as_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _take_leave(desk: _Desk, command: LeaveTaken) -> _Said:
    officer = _officer_of(desk, command.officer_id)
    if not command.first_day <= command.last_day <= command.first_day + LONGEST_LEAVE:
        raise OfficerRefused(
            "A leave from {first} cannot end on {last}; correct the days, or say that the officer has gone.",
            first=command.first_day,
            last=command.last_day,
        )
    if command.corrects is not None and _leave_of(desk, command.corrects).officer_id != officer.id:
        raise OfficerRefused("This leave is another officer's; withdraw it, and record one of this officer.")
    return _added_leave(desk, officer, command.first_day, command.last_day, command.corrects)


def _withdraw_leave(desk: _Desk, command: LeaveWithdrawn) -> _Said:
    leave = _leave_of(desk, command.withdraws)
    officer = _officer_of(desk, leave.officer_id)
    return _added_leave(desk, officer, leave.first_day, leave.last_day, leave.id, void=True)


def _added_leave(
    desk: _Desk, officer: Officer, first: date, last: date, corrects: int | None, void: bool | None = None
) -> _Said:
    leave = OfficerLeave(officer_id=officer.id, first_day=first, last_day=last, recorded_on=desk.on)
    leave.corrects_id, leave.void = corrects, void
    desk.session.add(leave)
    desk.session.flush()
    corrected = {} if corrects is None else {"corrects": corrects}
    return _Said(leave.id, officer, {"first_day": first.isoformat(), "last_day": last.isoformat()} | corrected)


def _check_hours(hours: Hours) -> None:
    if not 0 <= hours.works_from < hours.works_until <= MIDNIGHT:
        raise OfficerRefused("A day ends after it begins, and by midnight; correct the hours.")
    longest = hours.works_until - hours.works_from
    if not 0 <= hours.minutes_a_day <= longest:
        raise OfficerRefused("Between these hours lie {longest} minutes; give no more for visits.", longest=longest)
    if not hours.weekdays or "".join(sorted(set(hours.weekdays) & set("1234567"))) != hours.weekdays:
        raise OfficerRefused("Choose at least one weekday on which the officer works.")


def _area_of(desk: _Desk, area_id: int) -> Area:
    area = desk.session.get(Area, area_id)
    if area is None or area.city_id != desk.city.id or area.ended_on is not None or not _is_ones_own(desk, area):
        raise OfficerRefused("This area is not there, or not yours to plan for; choose another.")
    return area


def _is_ones_own(desk: _Desk, area: Area) -> bool:
    scope = desk.scope
    return scope.sees_all_of(desk.city.id) or area.id in areas_within(desk.session, scope.areas or ())


def _officer_of(desk: _Desk, officer_id: int) -> Officer:
    visible = officers_visible_to(desk.session, desk.scope)
    question = select(Officer).where(Officer.id == officer_id, Officer.city_id == desk.city.id, visible)
    officer = desk.session.scalar(question.with_for_update())
    if officer is None:
        raise OfficerRefused("This officer is not there, or not yours to plan for; choose another.")
    return officer


def _leave_of(desk: _Desk, leave_id: int) -> OfficerLeave:
    """One that counts. Whose it is, is looked at by `_officer_of`."""
    leave = desk.session.scalar(select(OfficerLeave).where(OfficerLeave.id == leave_id).with_for_update())
    corrected = select(exists().where(OfficerLeave.corrects_id == leave_id))
    if leave is None or leave.void or desk.session.scalar(corrected):
        raise OfficerRefused("This leave is not there, or was corrected already; look at it as it stands now.")
    return leave


ACTIONS: Mapping[type, tuple[str, Callable[[_Desk, Any], _Said]]] = {
    OfficerAdded: ("add_officer", _add),
    HoursChanged: ("change_officer", _change_hours),
    OfficerEnded: ("end_officer", _end),
    LeaveTaken: ("record_leave", _take_leave),
    LeaveWithdrawn: ("withdraw_leave", _withdraw_leave),
}
