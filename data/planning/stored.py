"""Plans in the tables: written whole with all they were made from, read back bit by bit the same, never changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, and_, false, select, true
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope, Permission
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import CityVersion
from data.city.queries import visible_to
from data.city.rating_runs import stored_edition_id
from data.db import form_keys
from data.db.engine import as_scope, insert_columns, reserved_ids, writing
from data.db.models.city import Area, Base, Building, City, RuleEdition
from data.db.models.planning import Officer, Plan, PlanLeftOut, PlanOfficer, PlanStop
from data.db.tables import table_of
from data.planning.errors import PlanRefused
from data.planning.officers import areas_around, areas_within, officers_visible_to
from data.planning.plan_columns import (
    OF_CREW,
    OF_LEFT_OUT,
    OF_NEEDS,
    OF_STOPS,
    Columns,
    PlannedArea,
    crew_columns,
    left_out_columns,
    planned_area,
    stop_columns,
)
from data.records.subjects import city_of
from scoring.rulebook.model import Edition

WALKING = ("move_cost", "walk_factor", "walk_kmh")  # of a problem; the same for every area of a plan


@dataclass(frozen=True)
class PlanMade:
    """What is kept of a plan beside its areas. area: id; inputs: the version of the city it was made from.

    iterations: the most that any area had to begin with. settings: every figure that decided besides, as JSON holds it.
    replaces: id of the plan that this stands instead of.
    """

    area: int
    first_day: date
    days: int
    edition: Edition
    seed: int
    iterations: int
    solver: str
    inputs: CityVersion
    settings: Mapping[str, Any]
    replaces: int | None = None


@dataclass(frozen=True)
class KeptPlan:
    """A plan as it stands in the tables. rule_set, in_force, sha256: of its edition; walking: of its problems."""

    id: int
    area: int
    first_day: date
    days: int
    rule_set: str
    in_force: date
    sha256: str
    seed: int
    iterations: int
    solver: str
    inputs: CityVersion
    settings: Mapping[str, Any]
    walking: Mapping[str, Any]
    roles: tuple[str, ...]
    problems: tuple[str, ...]
    made_at: datetime
    made_by: str
    replaces: int | None

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(self.days - 1)


def keep_plan(
    engine: Engine,
    scope: AccessScope,
    actor: Actor,
    city_code: str,
    made: PlanMade,
    areas: Sequence[PlannedArea],
    *,
    at: datetime,
    key: str | None = None,
) -> int:
    """Writes a plan in one transaction with its entry in the audit trail, and returns its id.

    at: now, UTC. key: of the form that asked for it; the same again writes nothing. Raises NotAllowed or PlanRefused.
    """
    if not scope.can("plan"):
        raise NotAllowed("Your account may not do this; ask an administrator.")
    roles, walking = _shared(areas)
    form = form_keys.key_of(key, actor.account, "plan", city_code, made.area, made.first_day, made.days, made.seed)
    with writing(engine, SYSTEM) as session:
        before = form_keys.made_before(session, form)
        if before is not None:
            return before
        city = city_of(session, city_code)
        area = area_to_plan(session, scope, city, made.area)
        if made.replaces is not None:
            plan_by_id(session, scope, city, made.replaces)
        plan = _plan(session, city, made)
        plan.settings = {"settings": dict(made.settings), "walking": walking}
        plan.roles, plan.problems = list(roles), [one.problem.code for one in areas]
        plan.made_at, plan.made_by = at, actor.account
        session.add(plan)
        session.flush()
        for model, columns_of in PARTS:
            _insert(session, model, plan.id, [columns_of(one) for one in areas])
        form_keys.keep_key(session, form, plan.id)
        trail.record(session, actor, "make_plan", _audit_details(city_code, area, plan, areas))
        return plan.id


def _plan(session: Session, city: City, made: PlanMade) -> Plan:
    return Plan(
        city_id=city.id,
        area_id=made.area,
        first_day=made.first_day,
        days=made.days,
        edition_id=stored_edition_id(session, made.edition),
        seed=made.seed,
        iterations=made.iterations,
        solver=made.solver,
        inputs_number=made.inputs.number,
        inputs_token=made.inputs.token,
        replaces_id=made.replaces,
    )


PARTS = ((PlanOfficer, crew_columns), (PlanStop, stop_columns), (PlanLeftOut, left_out_columns))


def _shared(areas: Sequence[PlannedArea]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Roles and walking of all areas alike. Raises PlanRefused."""
    shared = {(one.problem.roles, *(getattr(one.problem, name) for name in WALKING)) for one in areas}
    codes = {one.problem.code for one in areas}
    if len(shared) != 1 or len(codes) < len(areas):
        raise PlanRefused("The areas of a plan have the same roles and pace, and each a code of its own.")
    ((roles, *walking),) = shared
    return roles, dict(zip(WALKING, walking, strict=True))


def _insert(session: Session, model: type[Base], plan: int, parts: Iterable[Columns]) -> None:
    columns: Columns = {}
    for part in parts:
        for name, values in part.items():
            columns.setdefault(name, []).extend(values)
    rows = len(columns["problem"])
    if rows:
        of_plan = {"id": reserved_ids(session, table_of(model), rows), "plan_id": [plan] * rows}
        insert_columns(session, table_of(model), of_plan | columns)


def _audit_details(city_code: str, area: Area, plan: Plan, areas: Sequence[PlannedArea]) -> dict[str, Any]:
    """Where and when, from which seed, and how much of it: not who goes where."""
    replaced = {} if plan.replaces_id is None else {"replaces": plan.replaces_id}
    return {
        "city": city_code,
        "plan": plan.id,
        "area": area.code,
        "first_day": plan.first_day.isoformat(),
        "days_planned": plan.days,
        "seed": plan.seed,
        "planned": sum(len(one.routes) for one in areas),
        "left_out": sum(len(one.left_out.need) for one in areas),
        **replaced,
    }


def plan_by_id(session: Session, scope: AccessScope, city: City, plan: int) -> KeptPlan:
    """Raises PlanRefused where there is none that the scope may see."""
    found = session.execute(_plans(session, scope, city).where(Plan.id == plan)).first()
    if found is None:
        raise PlanRefused("This plan is not there, or not yours to see; choose another.")
    return _kept(*found)


def latest_plan(
    session: Session, scope: AccessScope, city: City, area: int, first_day: date, days: int = 1
) -> KeptPlan | None:
    """The plan of an area that was made last for any of these days; None where there is none."""
    question = _plans(session, scope, city).where(Plan.area_id == area)
    within = question.where(Plan.first_day < first_day + timedelta(days)).order_by(Plan.id.desc())
    kept = (_kept(*row) for row in session.execute(within))
    return next((plan for plan in kept if plan.last_day >= first_day), None)


def planned_areas(session: Session, scope: AccessScope, city: City, plan: KeptPlan) -> tuple[PlannedArea, ...]:
    """The areas `plan.problems` as they were kept. Raises PlanRefused where not all of the plan's area is visible."""
    if not may_see(session, scope, city, plan.area, "plan_view"):
        raise PlanRefused("This plan is not there, or not yours to see; choose another.")
    with as_scope(session, SYSTEM):
        crew = _by_problem(session, PlanOfficer, plan, OF_CREW)
        stops = _by_problem(session, PlanStop, plan, (*OF_NEEDS, *OF_STOPS))
        left_out = _by_problem(session, PlanLeftOut, plan, (*OF_NEEDS, *OF_LEFT_OUT))
    parts = ((code, crew[code], stops[code], left_out[code]) for code in plan.problems)
    return tuple(planned_area(code, plan.roles, plan.walking, *columns) for code, *columns in parts)


def stops(session: Session, scope: AccessScope, city: City, plan: KeptPlan) -> pd.DataFrame:
    """The planned visits at visible buildings by officer, day and turn, with the code of each officer that is visible,
    None of the others: id, officer_id, officer, day, place, building_id, arrives, minutes, kind, due, why."""
    names = ("place", "building_id", "arrives", "minutes", "kind", "due", "why")
    columns = [getattr(PlanStop, name) for name in names]
    seen = and_(Officer.id == PlanStop.officer_id, officers_visible_to(session, scope))
    question = select(PlanStop.id, PlanStop.officer_id, Officer.code.label("officer"), PlanStop.day, *columns)
    question = question.join(Building, PlanStop.building_id == Building.id).outerjoin(Officer, seen)
    question = question.where(PlanStop.plan_id == plan.id, visible_to(scope, "plan_view"))
    rows = session.execute(question.order_by(PlanStop.officer_id, PlanStop.day, PlanStop.place))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def may_see(session: Session, scope: AccessScope, city: City, area: int, permission: Permission) -> bool:
    """Whether the scope has the right in all of an area, and not in a part of it only."""
    if not scope.can(permission) or scope.is_row_filtered:
        return False
    return scope.sees_all_of(city.id) or area in areas_within(session, scope.areas or ())


def area_to_plan(session: Session, scope: AccessScope, city: City, area_id: int) -> Area:
    """Raises PlanRefused where the area is not in the city, or the scope may not plan for all of it."""
    area = session.get(Area, area_id)
    if area is None or area.city_id != city.id or not may_see(session, scope, city, area.id, "plan"):
        raise PlanRefused("This area is not there, or not yours to plan for; choose another.")
    return area


def _plans(session: Session, scope: AccessScope, city: City) -> Select:
    columns = (RuleEdition.rule_set, RuleEdition.in_force, RuleEdition.sha256)
    question = select(Plan, *columns).join(RuleEdition, Plan.edition_id == RuleEdition.id)
    return question.where(Plan.city_id == city.id, _plans_visible_to(session, scope, city))


def _plans_visible_to(session: Session, scope: AccessScope, city: City) -> ColumnElement[bool]:
    """Those of areas in the scope, and of wider ones that its areas lie in: their visits may be in it."""
    if not scope.can("buildings") or not scope.can("plan_view") or scope.is_row_filtered:
        return false()
    if scope.sees_all_of(city.id):
        return true()
    own = scope.areas or ()
    return Plan.area_id.in_([*areas_within(session, own), *areas_around(session, own)])


def _kept(plan: Plan, rule_set: str, in_force: date, sha256: str) -> KeptPlan:
    return KeptPlan(
        id=plan.id,
        area=plan.area_id,
        first_day=plan.first_day,
        days=plan.days,
        rule_set=rule_set,
        in_force=in_force,
        sha256=sha256,
        seed=plan.seed,
        iterations=plan.iterations,
        solver=plan.solver,
        inputs=CityVersion(plan.inputs_number, plan.inputs_token),
        settings=plan.settings["settings"],
        walking=plan.settings["walking"],
        roles=tuple(plan.roles),
        problems=tuple(plan.problems),
        made_at=plan.made_at,
        made_by=plan.made_by,
        replaces=plan.replaces_id,
    )


def _by_problem(
    session: Session, model: type[PlanOfficer | PlanStop | PlanLeftOut], plan: KeptPlan, names: Sequence[str]
) -> dict[str, Columns]:
    """The columns of a table by the problem they belong to, in the order in which they were written."""
    parts: dict[str, Columns] = {code: {name: [] for name in names} for code in plan.problems}
    table = table_of(model)
    columns = [table.c[name] for name in names]
    of_areas = (table.c.plan_id == plan.id, table.c.problem.in_(plan.problems))
    question = select(table.c.problem, *columns).where(*of_areas)
    # By the connection, as rows of columns need nothing of what a session does for objects.
    for code, *row in session.connection().execute(question.order_by(table.c.id)):
        for name, value in zip(names, row, strict=True):
            parts[code][name].append(value)
    return parts
