"""Who is there on which day, and for how long: officers, their hours and their leave as a scope sees them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.city.queries import days as as_days
from data.city.queries import uncorrected
from data.db.engine import as_scope
from data.db.models.city import Area, City
from data.db.models.planning import OFFICER_ROLES, Officer, OfficerLeave
from data.planning.problem import Crew, taken
from scoring.planning.working_days import WorkingDays

# As which of the roles that rule sets speak of somebody comes: in the sources police and grid officers alike inspect,
# and assistants (协管员) look in besides. A decision of ours.
COMES_AS = dict(zip(OFFICER_ROLES, ("officer", "officer", "assistant"), strict=True))
ROLES = tuple(dict.fromkeys(COMES_AS.values()))
FRIDAY = 5  # weekdays as ISO 8601 numbers them
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, the third day after a Monday
OF_LEAVE = ["officer_id", "first_day", "last_day"]
OF_OFFICER = ("id", "code", "role", "area_id", "works_from", "works_until", "weekdays", "minutes_a_day", "ended_on")


@dataclass(frozen=True)
class OfficerDays:
    """The officer-days of a period, their roles numbered by ROLES. area: id of the officer's own, int64 (n,)."""

    crew: Crew
    area: np.ndarray


def crew_on(
    session: Session, scope: AccessScope, city: City, area: int, first_day: date, days: int, working_days: np.ndarray
) -> OfficerDays:
    """Who of an area, and of the areas in it, is at work on which of `days` days, in order of day, then officer.

    area: its id. working_days: datetime64[D], those of the city. A weekday that is none is nobody's; a Saturday or
    Sunday that is one, worked in the place of another day, is everybody's; on others come those whose week it is in.
    """
    there = officers(session, scope, city, area)
    period = np.datetime64(first_day, "D") + np.arange(days)
    at_work = _in_their_week(there["weekdays"].to_numpy(object), period, np.isin(period, working_days))
    ends = there["ended_on"].to_numpy().astype("datetime64[D]")
    at_work &= np.isnat(ends)[None, :] | (period[:, None] < ends[None, :])
    away = leave(session, scope, city, first_day, first_day + timedelta(days - 1))
    for officer, first, last in away[away["officer_id"].isin(there["id"])][OF_LEAVE].itertuples(index=False):
        at_work[(period >= first) & (period <= last), there["id"].searchsorted(officer)] = False
    return _officer_days(there, _middles(session, there["area_id"].unique()), period, at_work)


def staff_on(
    session: Session,
    city: City,
    area: int,
    staff: str,
    first_day: date,
    days: int,
    calendar: WorkingDays,
    minutes_a_day: int | None = None,
) -> OfficerDays:
    """The officer-days of an area's staff, of everybody's who work in the areas in it too.

    area: id; staff: of OFFICER_ROLES; minutes_a_day: None as each officer has. Raises OutsideCalendar.
    """
    worked = calendar.between(first_day, first_day + timedelta(days - 1))
    there = crew_on(session, SYSTEM, city, area, first_day, days, worked)
    known = officers(session, SYSTEM, city, area)
    of_staff = np.flatnonzero(np.isin(there.crew.officer, known.loc[known["role"] == staff, "id"]))
    crew = taken(there.crew, of_staff)
    if minutes_a_day is not None:
        crew = replace(crew, minutes=np.full(len(crew), minutes_a_day, np.int32))
    return OfficerDays(crew, there.area[of_staff])


def officers(session: Session, scope: AccessScope, city: City, area: int | None = None) -> pd.DataFrame:
    """The officers of a city, or of an area and those in it, by id: OF_OFFICER; those who have ended are among them.

    works_from, works_until: minutes after midnight.
    """
    question = select(*(getattr(Officer, name) for name in OF_OFFICER)).where(Officer.city_id == city.id)
    question = question.where(officers_visible_to(session, scope))
    if area is not None:
        question = question.where(Officer.area_id.in_(areas_within(session, (area,))))
    frame = pd.DataFrame(session.execute(question.order_by(Officer.id)).all(), columns=OF_OFFICER)
    return frame.assign(ended_on=as_days(frame["ended_on"].tolist()))


def leave(session: Session, scope: AccessScope, city: City, first: date, last: date) -> pd.DataFrame:
    """Who is away on some of the days from `first` to `last`, as it stands: id, officer_id, first_day, last_day."""
    columns = (OfficerLeave.id, OfficerLeave.officer_id, OfficerLeave.first_day, OfficerLeave.last_day)
    question = select(*columns).join(Officer).where(Officer.city_id == city.id, officers_visible_to(session, scope))
    within = (uncorrected(OfficerLeave), OfficerLeave.first_day <= last, OfficerLeave.last_day >= first)
    frame = pd.DataFrame(
        session.execute(question.where(*within).order_by(OfficerLeave.id)).all(),
        columns=[column.key for column in columns],
    )
    return frame.assign(**{name: as_days(frame[name].tolist()) for name in ("first_day", "last_day")})


def officers_visible_to(session: Session, scope: AccessScope) -> ColumnElement[bool]:
    """The condition that an officer is visible in the scope: whoever may see plans sees the officers of its areas."""
    if not scope.can("buildings") or not scope.can("plan_view") or scope.is_row_filtered:
        return false()
    if scope.areas is None:
        return true()
    within = [Officer.area_id.in_(areas_within(session, scope.areas))] if scope.areas else []
    return or_(false(), Officer.city_id.in_(scope.cities), *within)


def areas_within(session: Session, ids: tuple[int, ...]) -> list[int]:
    """These areas and every area in them, whether it holds a building or none."""
    with as_scope(session, SYSTEM):
        return list(session.scalars(_within(ids)))


def areas_around(session: Session, ids: tuple[int, ...]) -> list[int]:
    """The wider areas that these lie in, as areas name their parents."""
    with as_scope(session, SYSTEM):
        parents = select(Area.parent_id).where(Area.id.in_(ids), Area.parent_id.is_not(None))
        around = parents.cte("around", recursive=True)
        wider = select(Area.parent_id).join(around, Area.id == around.c.parent_id).where(Area.parent_id.is_not(None))
        return [area for area in session.scalars(select(around.union(wider).c.parent_id)) if area is not None]


def _within(ids: tuple[int, ...]) -> Select[tuple[int]]:
    within = select(Area.id).where(Area.id.in_(ids)).cte("within", recursive=True)
    return select(within.union(select(Area.id).join(within, Area.parent_id == within.c.id)).c.id)


def _in_their_week(weekdays: np.ndarray, period: np.ndarray, worked: np.ndarray) -> np.ndarray:
    """Whether each officer comes on each day, as far as the week and the city's days off say; bool (days, officers)."""
    weekday = (period.astype(np.int64) + EPOCH_WEEKDAY) % 7 + 1
    known = {digits: np.isin(weekday, [int(digit) for digit in digits]) for digits in set(weekdays.tolist())}
    own = np.array([known[digits] for digits in weekdays.tolist()], bool).reshape(len(weekdays), len(period)).T
    weekend = (weekday > FRIDAY)[:, None]
    return np.where(worked[:, None], own | weekend, own & weekend)


def _middles(session: Session, areas: np.ndarray) -> dict[int, tuple[float, float]]:
    """Longitude and latitude of the middle of each area: where a day begins and ends as long as no post is known."""
    with as_scope(session, SYSTEM):  # an officer may be seen whose own area holds no building
        rows = session.execute(select(Area.id, Area.outline).where(Area.id.in_(areas.tolist()))).all()
    middles = shapely.get_coordinates(shapely.centroid(shapely.from_wkb([outline for _, outline in rows])))
    return {id_: (lon, lat) for (id_, _), (lon, lat) in zip(rows, middles.tolist(), strict=True)}


def _officer_days(
    there: pd.DataFrame, middles: dict[int, tuple[float, float]], period: np.ndarray, at_work: np.ndarray
) -> OfficerDays:
    day, row = np.nonzero(at_work)
    of_row = there.iloc[row]
    hours = of_row["works_until"] - of_row["works_from"]
    area = of_row["area_id"].to_numpy(np.int64)
    crew = Crew(
        officer=of_row["id"].to_numpy(np.int64),
        day=period[day],
        minutes=np.minimum(of_row["minutes_a_day"], hours).to_numpy(np.int32),
        starts=of_row["works_from"].to_numpy(np.int32),
        role=np.array([ROLES.index(COMES_AS[role]) for role in of_row["role"]], np.int8),
        post=np.array([middles[one] for one in area.tolist()], np.float64).reshape(len(area), 2),
    )
    return OfficerDays(crew, area)
