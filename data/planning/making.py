"""A plan, from the facts of a city to the tables: who visits what on which day, and what cannot be done."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.snapshots import Snapshot
from data.db.engine import reading
from data.db.models.city import City
from data.planning.area_plan import AreaPlan
from data.planning.city_buildings import area_codes, calendar_of, crew_of, due_buildings, intervals_asked
from data.planning.errors import PlanRefused
from data.planning.officers import ROLES, OfficerDays
from data.planning.plan_columns import PlannedArea, ToldLeftOut
from data.planning.problem import Problem, taken
from data.planning.routes import AGAIN, OF_A_TEAM, OF_ONE_OFFICER
from data.planning.solver_pool import WORKERS, area_plans
from data.planning.splitting import cut, of_areas
from data.planning.stored import PlanMade, keep_plan, may_see
from data.planning.timetable import walked_s
from data.planning.wanted import Period, needs_of, wanted_visits, with_random
from data.progress import Report
from data.records.subjects import city_of
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals

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
    figure, every = figures(), intervals_asked(snapshot, rule_set, asked.instead)
    ahead_days = asked.days + 7 * figure.slots.weeks_ahead
    period = Period(asked.first_day, asked.days, calendar_of(asked.first_day, ahead_days))
    if not len(period.calendar.between(period.first, period.last)):
        raise PlanRefused("None of these days is a working day; choose others.")
    whom = (asked.area, asked.staff, asked.first_day, ahead_days, period.calendar, asked.minutes_a_day)
    ahead = crew_of(session, city, *whom)
    units = np.unique(ahead.area)
    buildings, ids = due_buildings(session, city, snapshot, rule_set, asked.area, asked.first_day, every, units)
    codes = area_codes(session, ids)
    of_day, minutes = _minutes(ahead, units, len(codes), every, period.first, ahead_days)
    wanted = wanted_visits(buildings, period, minutes, of_day, figure)
    wanted = with_random(wanted, buildings, period, str(asked.seed).encode(), figure)
    roles = tuple(dict.fromkeys([*ROLES, *every.roles]))
    soon = np.flatnonzero(ahead.crew.day <= np.datetime64(period.last, "D"))
    crew, needs = taken(ahead.crew, soon), needs_of(wanted, buildings, period, roles, figure)
    whole = Problem("", roles, crew, needs, figure.move_s, figure.walk_factor, figure.walk_kmh)
    pieces = of_areas(whole, np.searchsorted(units, ahead.area[soon]), buildings.unit[wanted.row], codes)
    return [piece.problem for one in pieces for piece in cut(one.problem)]


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
