"""A plan, from the facts of a city to the tables: who visits what on which day, and what cannot be done."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.snapshots import Snapshot
from data.db.engine import reading
from data.db.models.city import City
from data.planning.announced import NOTHING, Announced, announced, kept_in, with_announced
from data.planning.area_plan import AreaPlan
from data.planning.due_buildings import Sources, area_codes, calendar_of, due_buildings, intervals_asked
from data.planning.errors import PlanRefused
from data.planning.left_out import LACKING_TIME, REASONS, LeftOut
from data.planning.officers import ROLES, staff_on
from data.planning.plan_columns import PlannedArea, ToldLeftOut
from data.planning.problem import Crew, Problem, taken
from data.planning.routes import AGAIN, OF_A_TEAM, OF_ONE_OFFICER, iterations
from data.planning.solver_pool import area_plans
from data.planning.splitting import cut, of_areas
from data.planning.stored import PlanMade, area_to_plan, keep_plan, plan_by_id
from data.planning.timetable import walked_s
from data.planning.wanted import DAYS_A_WEEK, DueBuildings, Period, WantedVisits, needs_of, wanted_visits, with_random
from data.progress import Report
from data.records.subjects import city_of
from scoring.planning.due import ROLE_UNKNOWN
from scoring.planning.figures import figures
from scoring.planning.intervals import Intervals
from scoring.rulebook.model import Edition

BY_HAND = "by hand"  # why a stop is where it is: the solver had failed
SOLVER = f"PyVRP {version('pyvrp')}"


@dataclass(frozen=True)
class PlanAsked:
    """What a planner asks for. area: id; staff: of OFFICER_ROLES; seed: published with the plan.

    days: of the calendar. minutes_a_day: for visits and walking, None as each officer has. instead: published intervals
    in the place of the edition's. replaces: id of a plan; keeps: what that one announces keeps officer and day.
    """

    area: int
    first_day: date
    days: int = 7
    staff: str = "grid_officer"
    minutes_a_day: int | None = None
    instead: str | None = None
    seed: int = 0
    replaces: int | None = None
    keeps: bool = False


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
    Raises NotAllowed, PlanRefused, WrongProblem, NoSuchIntervals, OutsideCalendar, NoSolver.
    """
    if not scope.can("plan"):
        raise NotAllowed("Your account may not do this; ask an administrator.")
    city_code, edition = snapshot.city_facts.city, snapshot.editions[rule_set]
    report("wanted", 0, 1)
    with reading(engine, SYSTEM) as session:
        city = city_of(session, city_code)
        area_to_plan(session, scope, city, asked.area)
        if asked.replaces is not None:
            plan_by_id(session, scope, city, asked.replaces)
        problems = problems_of(session, city, snapshot, rule_set, asked)
    plans = area_plans(problems, asked.seed, report)
    report("kept", 0, 1)
    areas = [_planned(problem, plan) for problem, plan in zip(problems, plans, strict=True)]
    made = _made(asked, edition, snapshot, problems)
    return keep_plan(engine, scope, actor, city_code, made, areas, at=at, key=key)


def problems_of(session: Session, city: City, snapshot: Snapshot, rule_set: str, asked: PlanAsked) -> list[Problem]:
    """A problem for each area of the plan that has officers of its own, in pieces where it is large.

    Buildings that lie in no officer's area make a problem without officers for each narrowest area they lie in.
    session: of SYSTEM. Raises PlanRefused, WrongProblem, NoSuchIntervals, OutsideCalendar.
    """
    period, every = _period(asked), intervals_asked(snapshot, rule_set, asked.instead)
    whom = (asked.area, asked.staff, asked.first_day, period.days_ahead, period.calendar, asked.minutes_a_day)
    ahead = staff_on(session, city, *whom)
    units, crew_unit = np.unique(ahead.area, return_inverse=True)
    sources = Sources(session, city, snapshot, rule_set, asked.area, asked.first_day, every)
    buildings, areas_planned = due_buildings(sources, units)
    codes = area_codes(session, areas_planned)
    told = announced(session, city, asked.replaces) if asked.keeps and asked.replaces is not None else NOTHING
    wanted = _wanted(buildings, period, _minutes(ahead.crew, crew_unit, len(codes), every, period), asked.seed, told)
    soon = np.flatnonzero(ahead.crew.day <= np.datetime64(period.last, "D"))
    whole, need_unit = _problem(taken(ahead.crew, soon), wanted, buildings, period), buildings.unit[wanted.row]
    if asked.keeps:
        whole, need_unit = kept_in(whole, told, crew_unit[soon], need_unit)
    areas = of_areas(whole, crew_unit[soon], need_unit, codes)
    return [piece.problem for area in areas for piece in cut(area.problem)]


def _wanted(buildings: DueBuildings, period: Period, minutes: np.ndarray, seed: int, told: Announced) -> WantedVisits:
    """minutes: as `wanted_visits` takes them. Raises PlanRefused where there is nothing to plan."""
    by_interval = wanted_visits(buildings, period, minutes, figures())
    by_rule = with_random(by_interval, buildings, period, str(seed).encode(), figures())
    wanted = with_announced(by_rule, buildings, told, period.first)
    if not len(wanted.row):
        raise PlanRefused("No visit is due in this area on these days; choose other days or another area.")
    return wanted


def _problem(crew: Crew, wanted: WantedVisits, buildings: DueBuildings, period: Period) -> Problem:
    """That of all areas together."""
    figure, roles = figures(), tuple(dict.fromkeys([*ROLES, *buildings.every.roles]))
    return Problem(
        code="",
        roles=roles,
        crew=crew,
        needs=needs_of(wanted, buildings, period, roles, figure),
        move_cost=figure.move_s,
        walk_factor=figure.walk_factor,
        walk_kmh=figure.walk_kmh,
    )


def _period(asked: PlanAsked) -> Period:
    """The days asked for, with a calendar over the weeks laid out. Raises PlanRefused, OutsideCalendar."""
    ahead = asked.days + DAYS_A_WEEK * (figures().slots.weeks_ahead - 1)
    calendar = calendar_of(asked.first_day, ahead)
    period = Period(asked.first_day, asked.days, calendar)
    if not len(calendar.between(period.first, period.last)):
        raise PlanRefused("None of these days is a working day; choose others.")
    return period


def _minutes(crew: Crew, unit: np.ndarray, units: int, every: Intervals, period: Period) -> np.ndarray:
    """What officers have of each day ahead for visits and walking, int64 (units, roles of `every`, days_ahead)."""
    minutes = np.zeros((units, len(every.roles), period.days_ahead), np.int64)
    role = np.array([every.roles.index(one) if one in every.roles else ROLE_UNKNOWN for one in ROLES])[crew.role]
    day = (crew.day - np.datetime64(period.first, "D")).astype(np.int64)
    comes = role != ROLE_UNKNOWN
    np.add.at(minutes, (unit[comes], role[comes], day[comes]), crew.minutes[comes])
    return minutes


def _planned(problem: Problem, plan: AreaPlan) -> PlannedArea:
    """As it is kept: the seconds each officer-day walks, and what it would take to make a visit that lacks time."""
    walked = np.zeros(len(problem.crew), np.int32)
    for officer_day, order in plan.routes.orders.items():
        walked[officer_day] = walked_s(problem, officer_day, order)
    told = ToldLeftOut(plan.left.need, plan.left.reason, _takes(problem, plan.left))
    why = "" if plan.fell_back is None else BY_HAND
    return PlannedArea(problem, plan.routes, told, walked, (why,) * len(plan.routes))


def _takes(problem: Problem, left: LeftOut) -> tuple[Mapping[str, Any], ...]:
    """The lack of its role for each visit that lacks time; more officers would not help the others."""
    lacks = {lack.role: asdict(lack) for lack in left.lacks}
    roles = [problem.roles[role] for role in problem.needs.role[left.need].tolist()]
    reasons = [REASONS[reason] for reason in left.reason.tolist()]
    return tuple(
        lacks.get(role, {}) if reason in LACKING_TIME else {} for role, reason in zip(roles, reasons, strict=True)
    )


def _made(asked: PlanAsked, edition: Edition, snapshot: Snapshot, problems: Sequence[Problem]) -> PlanMade:
    return PlanMade(
        area=asked.area,
        first_day=asked.first_day,
        days=asked.days,
        edition=edition,
        seed=asked.seed,
        iterations=max(iterations(problem) for problem in problems),
        solver=SOLVER,
        inputs=snapshot.city_facts.version,
        settings=_settings(asked, snapshot.on),
        replaces=asked.replaces,
    )


def _settings(asked: PlanAsked, on: date) -> dict[str, Any]:
    """What was asked for, and every figure that decided beside those of the edition."""
    ours = asdict(figures())
    return {
        "on": on.isoformat(),
        "staff": asked.staff,
        "minutes_a_day": asked.minutes_a_day,
        "instead": asked.instead,
        "keeps": asked.keeps,
        "iterations_of_one_officer": OF_ONE_OFFICER,
        "iterations_of_a_team": OF_A_TEAM,
        "iterations_where_room_is_left": AGAIN,
        "figures": {name: figure for name, figure in ours.items() if name != "assumed"},
    }
