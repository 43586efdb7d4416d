"""The station of Lockside: Wei keeps the grid in the south, Sun the one in the north and has Mondays off, Li and Chen
look after the street of the south by day and of an evening, and Old Zhao has gone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256

import numpy as np
from sqlalchemy import select

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city import queries
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from data.db.models.planning import Officer
from data.planning.officers import OfficerDays, crew_on
from data.planning.staffing import Hours, OfficerAdded, OfficerEnded, change_staff
from data.records.keys import Recorded
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY, Town

TODAY = date(2026, 11, 27)
MONDAY = date(2026, 11, 30)
WEEK = np.arange(np.datetime64(MONDAY), np.datetime64(MONDAY) + 5)  # its working days
ACTOR = Actor("planner", "police", "10.0.0.7")
BY_DAY = Hours(120)
STATION = {
    "W-south": ("grid_officer", ("grid", SOUTH), BY_DAY),
    "W-north": ("grid_officer", ("grid", NORTH), replace(BY_DAY, weekdays="23456")),
    "P-li": ("police", ("street", SOUTH), Hours(360, 510, 1050)),
    "P-chen": ("assistant", ("street", SOUTH), Hours(240, 13 * 60, 21 * 60)),
    "P-zhao": ("police", ("street", SOUTH), BY_DAY),
}


def say(town: Town, command, scope: AccessScope = SYSTEM, key: str = "") -> Recorded:
    """key: "" for a form of its own."""
    form = key or sha256(repr(command).encode()).hexdigest()
    return change_staff(town.engine, scope, ACTOR, CITY, command, key=form, on=TODAY)


def staffed(town: Town) -> Town:
    for code, (role, place, hours) in STATION.items():
        say(town, OfficerAdded(code, role, town.area(*place), hours))
    say(town, OfficerEnded(officer_id(town, "P-zhao"), TODAY))
    return town


def officer_id(town: Town, code: str) -> int:
    with reading(town.engine, SYSTEM) as session:
        return session.scalars(select(Officer.id).where(Officer.code == code)).one()


def crew(town: Town, scope: AccessScope = SYSTEM, level: str = "district", place: str = "town", **given) -> OfficerDays:
    period = {"first_day": MONDAY, "days": 7, "working_days": WEEK} | given
    return asked(town, partial(crew_on, **period), scope, town.area(level, place))


def at_work(town: Town, *where, **given) -> dict[str, str]:
    """The weekdays on which somebody comes, by code."""
    days = crew(town, *where, **given).crew
    with reading(town.engine, SYSTEM) as session:
        codes = dict(session.execute(select(Officer.id, Officer.code)).all())
    weekdays = [str(day.item().isoweekday()) for day in days.day]
    there = {codes[officer]: "" for officer in days.officer.tolist()}
    for officer, weekday in zip(days.officer.tolist(), weekdays, strict=True):
        there[codes[officer]] += weekday
    return there


def asked(town: Town, question: Callable, scope: AccessScope = SYSTEM, *given):
    """The answer as the scope hears it; behind row-level security the database too knows whose question it is."""
    with reading(town.engine, scope) as session:
        return question(session, scope, queries.city_by_code(session, SYSTEM, CITY), *given)


def entries(town: Town) -> list[tuple[str, dict]]:
    with reading(town.engine, SYSTEM) as session:
        return [(one.action, one.details) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
