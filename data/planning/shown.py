"""What is shown of a plan beside its stops: officers' days, visits left out, and what may be told in advance."""

from datetime import date

import numpy as np
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
IDS_AT_ONCE = 10_000  # SQLite takes 32,766 values a statement
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
    stops: pd.DataFrame,
    last_day: date,
    officer: int | None = None,
    day: date | None = None,
) -> pd.DataFrame:
    """Of the stops those that may be told of, by officer, day and turn, with lon, lat, code, name and address of their
    buildings; at visible buildings alone.

    stops: of a plan as it stands. turn: from 1, of what is told, so that no gap gives a held-back visit away.
    last_day: the last that is known. Limited to one officer or day where these are given.
    """
    told = stops[~held_back(stops, last_day)]
    if officer is not None:
        told = told[told["officer_id"] == officer]
    if day is not None:
        told = told[told["day"] == day]
    there = _buildings(session, scope, city, told["building_id"].unique().tolist())
    found = told.merge(there, on="building_id").sort_values(["officer_id", "day", "place"], ignore_index=True)
    return found.assign(turn=found.groupby(["officer_id", "day"]).cumcount() + 1)


def _buildings(session: Session, scope: AccessScope, city: City, ids: list[int]) -> pd.DataFrame:
    """Those that are visible: building_id, lon, lat, code, name, address."""
    names = ("lon", "lat", "code", "name", "address")
    columns = [Building.id.label("building_id"), *(getattr(Building, name) for name in names)]
    question = select(*columns).where(Building.city_id == city.id, visible_to(scope, "plan_view"))
    chunks = (ids[first : first + IDS_AT_ONCE] for first in range(0, len(ids), IDS_AT_ONCE))
    rows = [row for chunk in chunks for row in session.execute(question.where(Building.id.in_(chunk)))]
    return pd.DataFrame(rows, columns=["building_id", *names])
