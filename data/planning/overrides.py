"""Somebody's word against a plan: who visits a building on which day after all, and why. Added to, never changed."""

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.city.queries import visible_to
from data.db import form_keys
from data.db.engine import writing
from data.db.models.city import Building, City
from data.db.models.planning import Officer, PlanOverride, PlanStop
from data.planning.errors import PlanRefused
from data.planning.officers import officers_visible_to
from data.planning.stored import KeptPlan, plan_by_id
from data.records.subjects import city_of

LONGEST_REASON = 400  # characters
OF_OVERRIDES = ("id", "stop_id", "building_id", "officer_id", "day", "reason", "made_by", "made_at")


@dataclass(frozen=True)
class Override:
    """This officer visits this building on this day, whatever the plan says. plan, building, officer: ids."""

    plan: int
    building: int
    officer: int
    day: date
    reason: str


def override_plan(
    engine: Engine, scope: AccessScope, actor: Actor, city_code: str, said: Override, *, at: datetime, key: str
) -> int:
    """Writes it in one transaction with its entry in the audit trail, once a form, and returns its id.

    at: now, UTC. key: of the form. Raises NotAllowed or PlanRefused.
    """
    if not scope.can("plan"):
        raise NotAllowed("Your account may not do this; ask an administrator.")
    form = form_keys.key_of(key, actor.account, "override", city_code, vars(said))
    with writing(engine, SYSTEM) as session:
        before = form_keys.made_before(session, form)
        if before is not None:
            return before
        city = city_of(session, city_code)
        building, officer = _checked(session, scope, city, said)
        row = PlanOverride(
            plan_id=said.plan,
            stop_id=_stop_of(session, said),
            building_id=building.id,
            officer_id=officer.id,
            day=said.day,
            reason=said.reason.strip(),
            made_by=actor.account,
            made_at=at,
        )
        session.add(row)
        session.flush()
        form_keys.keep_key(session, form, row.id)
        details = {"plan": said.plan, "building": building.code, "officer": officer.code, "record": row.id}
        trail.record(session, actor, "override_plan", {"city": city_code, **details, "reason": row.reason})
        return row.id


def overrides(session: Session, scope: AccessScope, city: City, plan: KeptPlan) -> pd.DataFrame:
    """What counts against a plan at visible buildings, of each building the latest word: OF_OVERRIDES, by id."""
    question = select(*(getattr(PlanOverride, name) for name in OF_OVERRIDES)).join(Building)
    question = question.where(PlanOverride.plan_id == plan.id, Building.city_id == city.id)
    rows = session.execute(question.where(visible_to(scope, "plan_view")).order_by(PlanOverride.id)).all()
    frame = pd.DataFrame(rows, columns=OF_OVERRIDES)
    return frame.drop_duplicates("building_id", keep="last", ignore_index=True)


def last_word(session: Session) -> int:
    """A number that rises with every word against any plan: what was read of plans as they stand holds until then."""
    return session.scalar(select(func.max(PlanOverride.id))) or 0


def _checked(session: Session, scope: AccessScope, city: City, said: Override) -> tuple[Building, Officer]:
    plan = plan_by_id(session, scope, city, said.plan)
    if not plan.first_day <= said.day <= plan.last_day:
        raise PlanRefused(
            "{day} lies outside the plan, {first} to {last}; choose one of its days.",
            day=said.day,
            first=plan.first_day,
            last=plan.last_day,
        )
    reason = said.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise PlanRefused("Say why, in 1 to {longest} characters: the reason stays.", longest=LONGEST_REASON)
    of_city = select(Building).where(Building.id == said.building, Building.city_id == city.id)
    building = session.scalar(of_city.where(visible_to(scope, "plan")))
    visible = (Officer.id == said.officer, Officer.city_id == city.id, officers_visible_to(session, scope))
    officer = session.scalar(select(Officer).where(*visible))
    if building is None or officer is None:
        raise PlanRefused("This building or officer is not there, or not yours to plan for; choose others.")
    return building, officer


def _stop_of(session: Session, said: Override) -> int | None:
    """The planned visit that is moved, the first where there are several."""
    of_building = select(PlanStop.id).where(PlanStop.plan_id == said.plan, PlanStop.building_id == said.building)
    return session.scalar(of_building.order_by(PlanStop.day, PlanStop.id).limit(1))
