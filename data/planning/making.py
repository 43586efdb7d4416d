"""A plan, from the facts of a city to the tables: who visits what on which day, and what cannot be done."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.snapshots import Snapshot
from data.db.engine import reading
from data.db.models.city import LEVELS, Area, Building, City
from data.planning.area_plan import AreaPlan
from data.planning.errors import PlanRefused
from data.planning.officers import COMES_AS, ROLES, OfficerDays, crew_on, officers
from data.planning.plan_columns import PlannedArea, ToldLeftOut
from data.planning.problem import Problem, taken
from data.planning.routes import AGAIN, OF_A_TEAM, OF_ONE_OFFICER
from data.planning.solver_pool import WORKERS, area_plans
from data.planning.splitting import cut, of_areas
from data.planning.stored import PlanMade, keep_plan, may_see
from data.planning.timetable import walked_s
from data.planning.wanted import DueBuildings, Period, needs_of, wanted_visits, with_random
from data.progress import Report
from data.records.subjects import city_of
from scoring.planning.due import ROLE_UNKNOWN, due_by_role, last_counted
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals, intervals_of, published_intervals
from scoring.planning.working_days import WorkingDays, working_days
from scoring.planning.worth import visit_minutes

BACK = timedelta(60)  # the calendar begins so long before a plan: a due day moves back over the longest holidays
SOLVER = f"PyVRP {version('pyvrp')}"


@dataclass(frozen=True)
class PlanAsked:
    """What a planner asks for. area: id; staff: of OFFICER_ROLES; seed: published with the plan.

    minutes_a_day: for visits and walking, None as each officer has. instead: published intervals in the place of the
    edition's. replaces: id of a plan.
    """

    area: int
    first_day: date
    days: int = 7
    staff: str = "grid_officer"
    minutes_a_day: int | None = None
    instead: str | None = None
    seed: int = 0
    replaces: int | None = None


def make_plan(
    engine: Engine,
    scope: AccessScope,
    actor: Actor,
    snapshot: Snapshot,
    rule_set: str,
    asked: PlanAsked,
    report: Report,
    *,
    at: datetime,
    key: str | None = None,
) -> int:
    """Plans an area and keeps the plan; its id.

    snapshot: of the day from which it is planned, every building as SYSTEM sees it. report: what it raises stops the
    work and nothing is written. at: now, UTC. key: of the form.
    Raises NotAllowed, PlanRefused, NoSuchIntervals, OutsideCalendar, NoSolver.
    """
    city_code, edition = snapshot.city_facts.city, snapshot.editions[rule_set]
    with reading(engine, SYSTEM) as session:
        city = city_of(session, city_code)
        if not may_see(session, scope, city, asked.area, "plan"):
            raise PlanRefused("This area is not there, or not yours to plan for; choose another.")
        report("wanted", 0, 1)
        problems = problems_of(session, city, snapshot, rule_set, asked)
    plans = area_plans(problems, asked.seed, report, WORKERS)
    made = PlanMade(
        area=asked.area,
        first_day=asked.first_day,
        days=asked.days,
        edition=edition,
        seed=asked.seed,
        iterations=OF_ONE_OFFICER,
        solver=SOLVER,
        inputs=snapshot.city_facts.version,
        settings=_settings(asked, snapshot.on),
        replaces=asked.replaces,
    )
    report("kept", 0, 1)
    areas = [_planned(problem, plan) for problem, plan in zip(problems, plans, strict=True)]
    return keep_plan(engine, scope, actor, city_code, made, areas, at=at, key=key)


def problems_of(session: Session, city: City, snapshot: Snapshot, rule_set: str, asked: PlanAsked) -> list[Problem]:
    """A problem for each area of the plan that has officers of its own, in pieces where it is large.

    Buildings in the area of no officer make a problem without officers each area. Raises PlanRefused, OutsideCalendar.
    """
    figure, every = figures(), _intervals(snapshot, rule_set, asked)
    ahead_days = asked.days + 7 * figure.slots.weeks_ahead
    period = Period(asked.first_day, asked.days, _calendar(asked.first_day, ahead_days))
    if not len(period.calendar.between(period.first, period.last)):
        raise PlanRefused("None of these days is a working day; choose others.")
    ahead = _crew(session, city, period.calendar, replace(asked, days=ahead_days))
    units = np.unique(ahead.area)
    buildings, codes = _due_buildings(session, city, snapshot, rule_set, asked, every, units)
    of_day, minutes = _minutes(ahead, units, len(codes), every, period.first, ahead_days)
    wanted = wanted_visits(buildings, period, minutes, of_day, figure)
    wanted = with_random(wanted, buildings, period, str(asked.seed).encode(), figure)
    roles = tuple(dict.fromkeys([*ROLES, *every.roles]))
    soon = np.flatnonzero(ahead.crew.day <= np.datetime64(period.last, "D"))
    crew, needs = taken(ahead.crew, soon), needs_of(wanted, buildings, period, roles, figure)
    whole = Problem("", roles, crew, needs, figure.move_s, figure.walk_factor, figure.walk_kmh)
    pieces = of_areas(whole, np.searchsorted(units, ahead.area[soon]), buildings.unit[wanted.row], codes)
    return [piece.problem for one in pieces for piece in cut(one.problem)]


def _intervals(snapshot: Snapshot, rule_set: str, asked: PlanAsked) -> Intervals:
    instead = None if asked.instead is None else published_intervals(asked.instead)
    return intervals_of(snapshot.editions[rule_set], instead)


def _calendar(first: date, days: int) -> WorkingDays:
    return working_days(first - BACK, first + timedelta(days))


def _crew(session: Session, city: City, calendar: WorkingDays, asked: PlanAsked) -> OfficerDays:
    """The officer-days of the staff asked for, with the minutes asked for. asked.days: of the weeks ahead too."""
    last = asked.first_day + timedelta(asked.days - 1)
    worked = calendar.between(asked.first_day, last)
    there = crew_on(session, SYSTEM, city, asked.area, asked.first_day, asked.days, worked)
    known = officers(session, SYSTEM, city, asked.area)
    of_staff = np.flatnonzero(np.isin(there.crew.officer, known.loc[known["role"] == asked.staff, "id"]))
    crew = taken(there.crew, of_staff)
    if asked.minutes_a_day is not None:
        crew = replace(crew, minutes=np.full(len(crew), asked.minutes_a_day, np.int32))
    return OfficerDays(crew, there.area[of_staff])


def _due_buildings(
    session: Session,
    city: City,
    snapshot: Snapshot,
    rule_set: str,
    asked: PlanAsked,
    every: Intervals,
    units: np.ndarray,
) -> tuple[DueBuildings, list[str]]:
    """Every building of the city that stands, and the codes of the areas planned by themselves: first `units`, then
    one for each area of the plan in which buildings lie that are in no officer's."""
    facts = snapshot.city_facts
    stands = np.flatnonzero(facts.buildings["ended"] > (np.datetime64(asked.first_day, "D")).astype(np.int64))
    columns = {name: values[stands] for name, values in facts.buildings.items() if len(values) == facts.size}
    last = last_counted(*_visits(session, city, snapshot, every), facts.size, every)[stands]
    grade = snapshot.grades[rule_set][stands]
    unit, ids = _units(session, columns, asked.area, units)
    codes = dict(session.execute(select(Area.id, Area.code).where(Area.id.in_(ids.tolist()))).all())
    buildings = DueBuildings(
        id=columns["id"],
        place=_places(session, city, columns["id"]),
        grade=grade,
        minutes=visit_minutes(columns["homes"], figures().minutes_a_visit),
        last=last,
        due=due_by_role(last, grade, every, asked.first_day),
        unit=unit,
        every=every,
    )
    return buildings, [codes[one] for one in ids.tolist()]


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


def _minutes(
    crew: OfficerDays, units: np.ndarray, n_units: int, every: Intervals, first: date, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """The days ahead, and the minutes officers have on them, int64 (units, roles, days)."""
    of_day = np.datetime64(first, "D") + np.arange(days)
    minutes = np.zeros((n_units, len(every.roles), days), np.int64)
    role = np.array([every.roles.index(one) if one in every.roles else -1 for one in ROLES])[crew.crew.role]
    in_demand = role >= 0
    at = (
        np.searchsorted(units, crew.area)[in_demand],
        role[in_demand],
        np.searchsorted(of_day, crew.crew.day)[in_demand],
    )
    np.add.at(minutes, at, crew.crew.minutes[in_demand])
    return of_day, minutes


def _planned(problem: Problem, plan: AreaPlan) -> PlannedArea:
    """As it is kept: the seconds each officer-day walks, and what each visit that is left out would take."""
    takes = {lack.role: asdict(lack) for lack in plan.left.lacks}
    role = np.array(problem.roles, object)[problem.needs.role[plan.left.need]].tolist()
    walked = np.zeros(len(problem.crew), np.int32)
    for officer_day, order in plan.routes.orders.items():
        walked[officer_day] = walked_s(problem, officer_day, order)
    told = ToldLeftOut(plan.left.need, plan.left.reason, tuple(takes.get(one, {}) for one in role))
    fell_back = "by hand" if plan.fell_back else ""
    return PlannedArea(problem, plan.routes, told, walked, (fell_back,) * len(plan.routes))


def _settings(asked: PlanAsked, on: date) -> dict[str, Any]:
    """Every figure that decided beside those of the edition."""
    return {
        "on": on.isoformat(),
        "staff": asked.staff,
        "minutes_a_day": asked.minutes_a_day,
        "instead": asked.instead,
        "iterations_of_a_team": OF_A_TEAM,
        "iterations_where_room_is_left": AGAIN,
    }
