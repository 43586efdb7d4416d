"""What a page shows of a plan beside its stops: the officers' days, and the visits that are left out."""

import pandas as pd
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.queries import visible_to
from data.db.models.city import Building, City
from data.db.models.planning import Officer, PlanLeftOut, PlanOfficer
from data.planning.officers import areas_around, officers_visible_to
from data.planning.stored import KeptPlan, latest_plan

WEEK = 7


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
