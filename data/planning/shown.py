"""What is shown of a plan beside its stops: officers' days, visits left out, and what may be told in advance."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.queries import visible_to
from data.db.models.city import Building, City
from data.db.models.planning import Officer, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.officers import areas_around, officers_visible_to
from data.planning.stored import KeptPlan, latest_plan

WEEK = 7
UNANNOUNCED = ("random", "evening")  # told to the officer on the morning of their day and nowhere before


def plan_of_week(
    session: Session, scope: AccessScope, city: City, area: int, first_day: pd.Timestamp
) -> KeptPlan | None:
    """The latest plan for the seven days from `first_day`, of an area or of a wider one that it lies in."""
    wider = (area, *areas_around(session, (area,)))
    plans = [latest_plan(session, scope, city, one, first_day, WEEK) for one in wider]
    return max((plan for plan in plans if plan is not None), key=lambda plan: plan.id, default=None)


def officer_days(session: Session, scope: AccessScope, city: City, plan: KeptPlan) -> pd.DataFrame:
    """A row for each visible officer and day of a plan: officer_id, officer, area_id, day, starts, minutes, walked_s,
    lon, lat."""
    columns = (PlanOfficer.day, PlanOfficer.starts, PlanOfficer.minutes, PlanOfficer.walked_s)
    question = select(PlanOfficer.officer_id, Officer.code.label("officer"), Officer.area_id, *columns)
    question = question.add_columns(PlanOfficer.lon, PlanOfficer.lat)
    question = question.join(Officer).where(PlanOfficer.plan_id == plan.id, officers_visible_to(session, scope))
    rows = session.execute(question.where(Officer.city_id == city.id).order_by(Officer.code, PlanOfficer.day))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def visits_left_out(session: Session, scope: AccessScope, city: City, plan: KeptPlan) -> pd.DataFrame:
    """The visits at visible buildings that a plan leaves out, what is worth most first: building_id, role, kind, due,
    minutes, reason, problem, takes."""
    columns = (PlanLeftOut.role, PlanLeftOut.kind, PlanLeftOut.due, PlanLeftOut.minutes, PlanLeftOut.reason)
    question = select(PlanLeftOut.building_id, *columns, PlanLeftOut.problem, PlanLeftOut.takes)
    question = question.join(Building, and_(Building.id == PlanLeftOut.building_id, Building.city_id == city.id))
    question = question.where(PlanLeftOut.plan_id == plan.id, visible_to(scope, "plan_view"))
    rows = session.execute(question.order_by(PlanLeftOut.worth.desc(), PlanLeftOut.id))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def held_back(visits: pd.DataFrame, last_day: date) -> np.ndarray:
    """Which visits are not to be told of yet, bool (n,). visits: kind and day; last_day: the last that is known."""
    return (visits["kind"].isin(UNANNOUNCED) & (visits["day"] > last_day)).to_numpy(bool)


def announced_visits(
    session: Session,
    scope: AccessScope,
    city: City,
    plan: KeptPlan,
    last_day: date,
    officer: int | None = None,
    day: date | None = None,
) -> pd.DataFrame:
    """The planned visits at visible buildings that may be told of, by officer, day and turn: id, officer_id, officer,
    day, turn, arrives, minutes, kind, due, lon, lat, building_id, code, name, address.

    turn: from 1, of what is told, so that no gap gives a held-back visit away. officer: the code where the officer is
    visible, else None. last_day: the last that is known. Limited to one officer or day where these are given.
    """
    names = ("day", "arrives", "minutes", "kind", "due", "lon", "lat", "building_id")
    columns = [getattr(PlanStop, name) for name in names]
    seen = and_(Officer.id == PlanStop.officer_id, officers_visible_to(session, scope))
    of_building = (Building.code, Building.name, Building.address)
    question = select(PlanStop.id, PlanStop.officer_id, Officer.code.label("officer"), *columns, *of_building)
    question = question.join(Building, and_(Building.id == PlanStop.building_id, Building.city_id == city.id))
    told = [PlanStop.plan_id == plan.id, or_(PlanStop.kind.not_in(UNANNOUNCED), PlanStop.day <= last_day)]
    if officer is not None:
        told.append(PlanStop.officer_id == officer)
    if day is not None:
        told.append(PlanStop.day == day)
    question = question.outerjoin(Officer, seen).where(*told, visible_to(scope, "plan_view"))
    rows = session.execute(question.order_by(PlanStop.officer_id, PlanStop.day, PlanStop.place))
    found = pd.DataFrame(rows.all(), columns=list(rows.keys()))
    return found.assign(turn=found.groupby(["officer_id", "day"]).cumcount() + 1)
