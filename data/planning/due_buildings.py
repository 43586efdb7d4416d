"""The buildings of a city as a plan sees them, from its facts and tables, and by which areas they are planned."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.city_facts import stand_on
from data.city.snapshots import Snapshot
from data.db.models.city import LEVELS, Area, Building, City
from data.planning.officers import COMES_AS, officers
from data.planning.wanted import DueBuildings
from scoring.planning.due import ROLE_UNKNOWN, due_by_role, last_counted
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals, intervals_of, published_intervals
from scoring.planning.working_days import WorkingDays, working_days
from scoring.planning.worth import visit_minutes

NO_AREA = -1
BACK = timedelta(60)  # the calendar begins so long before a plan: a due day moves back over the longest holidays


@dataclass(frozen=True)
class Sources:
    """What the buildings are read from. session: of SYSTEM; area: id, that the plan is of; first_day: of the plan."""

    session: Session
    city: City
    snapshot: Snapshot
    rule_set: str
    area: int
    first_day: date
    every: Intervals


def intervals_asked(snapshot: Snapshot, rule_set: str, instead: str | None) -> Intervals:
    """Those of the edition in force, or published ones in their place. Raises NoSuchIntervals."""
    published = None if instead is None else published_intervals(instead)
    return intervals_of(snapshot.editions[rule_set], published)


def calendar_of(first_day: date, days: int) -> WorkingDays:
    """So many days from the first, and those before it to which a due day may move back. Raises OutsideCalendar."""
    return working_days(first_day - BACK, first_day + timedelta(days - 1))


def due_buildings(sources: Sources, units: np.ndarray) -> tuple[DueBuildings, np.ndarray]:
    """Every building of the city that stands, and the ids of the areas planned by themselves: first `units`, then
    one for each narrowest area of the plan in which buildings lie that are in no officer's."""
    facts, every, first_day = sources.snapshot.city_facts, sources.every, sources.first_day
    stands = np.flatnonzero(stand_on(facts.buildings, first_day))
    columns = {name: facts.buildings[name][stands] for name in ("id", "homes", *LEVELS)}
    last = last_counted(*_visits(sources), facts.size, every)[stands]
    grade = sources.snapshot.grades[sources.rule_set][stands]
    unit, ids = _units(sources.session, columns, sources.area, units)
    buildings = DueBuildings(
        id=columns["id"],
        place=_places(sources.session, sources.city, columns["id"]),
        grade=grade,
        minutes=visit_minutes(columns["homes"], figures().minutes_a_visit),
        last=last,
        due=due_by_role(last, grade, every, first_day),
        unit=unit,
        every=every,
    )
    return buildings, ids


def _units(
    session: Session, columns: dict[str, np.ndarray], area: int, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The place of each building's unit in the ids returned, -1 outside the plan's area.

    A unit is the narrowest area with officers of its own; where there is none, the narrowest area at all.
    """
    inside = columns[session.get_one(Area, area).level] == area
    found, narrowest = np.full(len(inside), NO_AREA, np.int64), np.full(len(inside), area, np.int64)
    for level in LEVELS:  # the widest first
        found = np.where(np.isin(columns[level], units), columns[level], found)
        narrowest = np.where(columns[level] > 0, columns[level], narrowest)
    found = np.where(inside, np.where(found == NO_AREA, narrowest, found), NO_AREA)
    ids = np.concatenate([units, np.setdiff1d(found[inside], units)])
    return pd.Index(ids).get_indexer(found), ids


def area_codes(session: Session, areas: np.ndarray) -> list[str]:
    """areas: ids."""
    codes = dict(session.execute(select(Area.id, Area.code).where(Area.id.in_(areas.tolist()))).all())
    return [codes[area] for area in areas.tolist()]


def _visits(sources: Sources) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row of building, day and role of each visit up to the day of the snapshot; role: place in `every.roles`."""
    snapshot, every = sources.snapshot, sources.every
    known = officers(sources.session, SYSTEM, sources.city)
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
    places, row = np.full((len(ids), 2), np.nan), pd.Index(ids).get_indexer(rows[:, 0].astype(np.int64))
    places[row[row >= 0]] = rows[row >= 0, 1:]
    return places
