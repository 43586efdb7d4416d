"""The buildings of a city as plans and forecasts see them: who is to come by when, and to which area they belong."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.snapshots import Snapshot
from data.db.models.city import LEVELS, Area, Building, City
from data.planning.officers import COMES_AS, OfficerDays, crew_on, officers
from data.planning.problem import taken
from data.planning.wanted import DueBuildings
from scoring.planning.due import ROLE_UNKNOWN, due_by_role, last_counted
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals, intervals_of, published_intervals
from scoring.planning.working_days import WorkingDays, working_days
from scoring.planning.worth import visit_minutes

BACK = timedelta(60)  # the calendar begins so long before a plan: a due day moves back over the longest holidays


def intervals_asked(snapshot: Snapshot, rule_set: str, instead: str | None) -> Intervals:
    """Those of the edition in force, or published ones in their place. Raises NoSuchIntervals."""
    published = None if instead is None else published_intervals(instead)
    return intervals_of(snapshot.editions[rule_set], published)


def calendar_of(first: date, days: int) -> WorkingDays:
    """So many days from the first, and those before it to which a due day may move back. Raises OutsideCalendar."""
    return working_days(first - BACK, first + timedelta(days))


def crew_of(
    session: Session,
    city: City,
    area: int,
    staff: str,
    first: date,
    days: int,
    calendar: WorkingDays,
    minutes_a_day: int | None = None,
) -> OfficerDays:
    """The officer-days of an area's staff, and of the areas in it.

    area: id; staff: of OFFICER_ROLES; minutes_a_day: None as each officer has. Raises OutsideCalendar.
    """
    worked = calendar.between(first, first + timedelta(days - 1))
    there = crew_on(session, SYSTEM, city, area, first, days, worked)
    known = officers(session, SYSTEM, city, area)
    of_staff = np.flatnonzero(np.isin(there.crew.officer, known.loc[known["role"] == staff, "id"]))
    crew = taken(there.crew, of_staff)
    if minutes_a_day is not None:
        crew = replace(crew, minutes=np.full(len(crew), minutes_a_day, np.int32))
    return OfficerDays(crew, there.area[of_staff])


def due_buildings(
    session: Session,
    city: City,
    snapshot: Snapshot,
    rule_set: str,
    area: int,
    first: date,
    every: Intervals,
    units: np.ndarray,
) -> tuple[DueBuildings, np.ndarray]:
    """Every building of the city that stands, and the ids of the areas planned by themselves: first `units`, then
    one for each area of the plan in which buildings lie that are in no officer's."""
    facts = snapshot.city_facts
    stands = np.flatnonzero(facts.buildings["ended"] > (np.datetime64(first, "D")).astype(np.int64))
    columns = {name: values[stands] for name, values in facts.buildings.items() if len(values) == facts.size}
    last = last_counted(*_visits(session, city, snapshot, every), facts.size, every)[stands]
    grade = snapshot.grades[rule_set][stands]
    unit, ids = _units(session, columns, area, units)
    buildings = DueBuildings(
        id=columns["id"],
        place=_places(session, city, columns["id"]),
        grade=grade,
        minutes=visit_minutes(columns["homes"], figures().minutes_a_visit),
        last=last,
        due=due_by_role(last, grade, every, first),
        unit=unit,
        every=every,
    )
    return buildings, ids


def area_codes(session: Session, ids: np.ndarray) -> list[str]:
    """The codes of these areas."""
    codes = dict(session.execute(select(Area.id, Area.code).where(Area.id.in_(ids.tolist()))).all())
    return [codes[one] for one in ids.tolist()]


def _units(
    session: Session, columns: dict[str, np.ndarray], area: int, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The place of each building's unit in the ids returned, -1 outside the plan's area.

    A unit is the narrowest area with officers of its own; where there is none, the narrowest area at all.
    """
    level = session.get_one(Area, area).level
    inside = columns[level] == area
    found, narrowest = np.full(len(inside), -1, np.int64), np.full(len(inside), area, np.int64)
    for one in LEVELS:
        found = np.where(np.isin(columns[one], units), columns[one], found)
        narrowest = np.where(columns[one] > 0, columns[one], narrowest)
    found = np.where(inside, np.where(found > 0, found, narrowest), -1)
    ids = np.concatenate([units, np.setdiff1d(found[inside], units)])
    order = np.argsort(ids)
    return np.where(inside, order[np.searchsorted(ids, found, sorter=order).clip(max=len(ids) - 1)], -1), ids


def _visits(
    session: Session, city: City, snapshot: Snapshot, every: Intervals
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row of building, day and role of each visit up to the day of the snapshot; role: place in `every.roles`."""
    known = officers(session, SYSTEM, city)
    comes_as = {code: COMES_AS[role] for code, role in zip(known["code"], known["role"], strict=True)}
    roles = [comes_as.get(code) for code in snapshot.city_facts.inspectors.tolist()]
    places = [every.roles.index(role) if role in every.roles else ROLE_UNKNOWN for role in roles]
    of_inspector = np.array([*places, ROLE_UNKNOWN], np.int64)  # the last answers for -1, an unknown inspector
    visits = snapshot.city_facts.visits
    so_far = visits["day"] <= np.datetime64(snapshot.on, "D")
    building, day, inspector = (visits[name][so_far] for name in ("building", "day", "inspector"))
    return building, day, of_inspector[inspector]


def _places(session: Session, city: City, ids: np.ndarray) -> np.ndarray:
    """Longitude and latitude of each building, float64 (n, 2), NaN where it is not on the map."""
    question = select(Building.id, Building.lon, Building.lat).where(
        Building.city_id == city.id, Building.lon.is_not(None), Building.off_map.is_(None)
    )
    rows = np.array(session.execute(question).all(), np.float64).reshape(-1, 3)
    places, order = np.full((len(ids), 2), np.nan), np.argsort(ids)
    at = order[np.searchsorted(ids, rows[:, 0], sorter=order).clip(max=len(ids) - 1)]
    here = ids[at] == rows[:, 0]
    places[at[here]] = rows[here, 1:]
    return places
