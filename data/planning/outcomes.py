"""What came of plans: planned against made, on time or not, and what was found, by area and officer.

A visit is made where anybody's counted on its day, or by the end of its plan. Where another plan replaces one, the
earlier counts until the later begins; an officer's day goes by the latest plan for it, and what somebody said against a
plan counts in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.queries import days as as_days
from data.city.queries import visible_to
from data.db.models.city import Building, City
from data.db.models.planning import Plan, PlanLeftOut, PlanOverride, PlanStop
from data.planning.officers import officers

DAYS_BACK = 28
NOBODY = -1  # the officer of a visit that was left out
OF_WANTED = ("plan_id", "building_id", "officer_id", "day", "due", "first_day", "last_day")
COUNTED = ("planned", "on_day", "in_plan", "fell_due", "on_time", "visits", "found")
EPOCH_DAYS = 2**17  # more than there are days from 1970 to any day of a plan


@dataclass(frozen=True)
class WantedSoFar:
    """What plans of the last weeks wanted of days that are past. on: the last day that is known.

    visits: OF_WANTED, a row a visit that was planned for a day that is past, or left out with a due day that is; those
    left out have officer NOBODY and no day. codes: of the officers that are visible, by id.
    """

    since: date
    on: date
    visits: pd.DataFrame
    codes: Mapping[int, str]


@dataclass(frozen=True)
class Outcomes:
    """Columns of equal length, bool (visits,), a row as in WantedSoFar; and the visits that were made.

    row: of the city's facts, int64; planned: not left out; on_day: made on its day; in_plan: by the end of its plan;
    fell_due: on a day of the plan that is past; on_time: made by then, from the plan's first day on.
    made_row, made_by: row of the building and inspector, an index into the city's, -1 unknown, of every visit from the
    first to the last of the days looked at, (made,); found: whether a hazard was found there on the day.
    """

    row: np.ndarray
    officer: np.ndarray
    planned: np.ndarray
    on_day: np.ndarray
    in_plan: np.ndarray
    fell_due: np.ndarray
    on_time: np.ndarray
    made_row: np.ndarray
    made_by: np.ndarray
    found: np.ndarray


def wanted_so_far(session: Session, scope: AccessScope, city: City, on: date) -> WantedSoFar:
    """The visits at visible buildings that plans with days in the last four weeks, `on` among them, wanted."""
    since = on - timedelta(DAYS_BACK - 1)
    plans = _plans(session, city, since, on)
    ids = plans["plan_id"].tolist()
    stops = _moved(session, scope, ids, _stops(session, scope, ids))
    left = _left_out(session, scope, ids, on)
    visits = pd.concat([_standing(_of_plans(stops, plans), since, on), _of_plans(left, plans)], ignore_index=True)
    known = officers(session, scope, city)
    return WantedSoFar(since, on, visits[list(OF_WANTED)], dict(zip(known["id"], known["code"], strict=True)))


def outcomes_of(wanted: WantedSoFar, facts: CityFacts, looked_at: np.ndarray) -> Outcomes:
    """What became of each. looked_at: bool (n,), the buildings, by row of the facts; of the others nothing is said."""
    visits = wanted.visits
    row = facts.rows_of(visits["building_id"].to_numpy(np.int64))
    inside = (row >= 0) & looked_at[row]
    row, visits = row[inside].astype(np.int64), visits[inside]
    day, due, first, last = (visits[name].to_numpy("datetime64[D]") for name in ("day", "due", "first_day", "last_day"))
    on, since = np.datetime64(wanted.on, "D"), np.datetime64(wanted.since, "D")
    at = _key(facts.visits["building"], facts.visits["day"])
    ordered = np.sort(at)
    fell_due = (due >= first) & (due <= np.minimum(last, on))
    recent = (facts.visits["day"] >= since) & (facts.visits["day"] <= on) & looked_at[facts.visits["building"]]
    periods = facts.fact_log.open_periods
    made = np.flatnonzero(recent)
    return Outcomes(
        row=row,
        officer=visits["officer_id"].to_numpy(np.int64),
        planned=~np.isnat(day),
        on_day=~np.isnat(day) & _visited(ordered, row, day, day),
        in_plan=~np.isnat(day) & _visited(ordered, row, first, np.minimum(last, on)),
        fell_due=fell_due,
        on_time=fell_due & _visited(ordered, row, first, due),
        made_row=facts.visits["building"][made].astype(np.int64),
        made_by=facts.visits["inspector"][made],
        found=np.isin(at[made], _key(periods.building, periods.opened)),
    )


def latest_plan_and_word(session: Session, city: City) -> tuple[int, int]:
    """The ids of a city's latest plan and of the latest word against one, 0 for none: with them outcomes change."""
    plan = session.scalar(select(func.max(Plan.id)).where(Plan.city_id == city.id))
    word = session.scalar(select(func.max(PlanOverride.id)).join(Plan).where(Plan.city_id == city.id))
    return plan or 0, word or 0


def tallied(outcomes: Outcomes, group: np.ndarray, made_group: np.ndarray, groups: int) -> np.ndarray:
    """Counts by group in the order of COUNTED, int64 (groups, 7).

    group: of each visit that was wanted, made_group: of each that was made; -1 for none.
    """
    of_wanted = (
        outcomes.planned,
        outcomes.on_day,
        outcomes.in_plan,
        outcomes.fell_due,
        outcomes.on_time,
    )
    counts = [np.bincount(group[one & (group >= 0)], minlength=groups) for one in of_wanted]
    of_made = (np.ones(len(made_group), bool), outcomes.found)
    counts += [np.bincount(made_group[one & (made_group >= 0)], minlength=groups) for one in of_made]
    return np.column_stack(counts)


def _plans(session: Session, city: City, since: date, on: date) -> pd.DataFrame:
    """Those with a day from `since` to `on`: plan_id, first_day, last_day, until: where another begins in its place."""
    columns = (Plan.id, Plan.first_day, Plan.days, Plan.replaces_id)
    question = select(*columns).where(Plan.city_id == city.id, Plan.first_day <= on).order_by(Plan.id)
    plans = pd.DataFrame(session.execute(question).all(), columns=["plan_id", "first_day", "days", "replaces"])
    plans = plans.assign(first_day=as_days(plans["first_day"].tolist()))
    plans["last_day"] = plans["first_day"] + pd.to_timedelta(plans["days"] - 1, unit="D")
    plans["until"] = plans.groupby("replaces")["first_day"].min().reindex(plans["plan_id"]).to_numpy()
    return plans[plans["last_day"] >= pd.Timestamp(since)]


def _stops(session: Session, scope: AccessScope, plans: list[int]) -> pd.DataFrame:
    columns = (PlanStop.id, PlanStop.plan_id, PlanStop.building_id, PlanStop.officer_id, PlanStop.day, PlanStop.due)
    question = select(*columns).join(Building, Building.id == PlanStop.building_id)
    rows = session.execute(question.where(PlanStop.plan_id.in_(plans), visible_to(scope, "plan_view"))).all()
    frame = pd.DataFrame(rows, columns=[column.key for column in columns])
    return frame.assign(**{name: as_days(frame[name].tolist()) for name in ("day", "due")})


def _left_out(session: Session, scope: AccessScope, plans: list[int], on: date) -> pd.DataFrame:
    """Those that fell due in a plan's days so far."""
    columns = (PlanLeftOut.plan_id, PlanLeftOut.building_id, PlanLeftOut.due)
    question = select(*columns).join(Building, Building.id == PlanLeftOut.building_id)
    question = question.join(Plan, Plan.id == PlanLeftOut.plan_id)
    question = question.where(PlanLeftOut.plan_id.in_(plans), visible_to(scope, "plan_view"))
    rows = session.execute(question.where(PlanLeftOut.due >= Plan.first_day, PlanLeftOut.due <= on)).all()
    frame = pd.DataFrame(rows, columns=[column.key for column in columns])
    nowhen = as_days([None] * len(frame))
    return frame.assign(officer_id=NOBODY, day=nowhen, due=as_days(frame["due"].tolist()))


def _moved(session: Session, scope: AccessScope, plans: list[int], stops: pd.DataFrame) -> pd.DataFrame:
    """Each stop on the day and with the officer that was said last."""
    columns = (PlanOverride.plan_id, PlanOverride.building_id, PlanOverride.stop_id)
    question = select(*columns, PlanOverride.officer_id, PlanOverride.day)
    question = question.join(Building, Building.id == PlanOverride.building_id)
    question = question.where(PlanOverride.plan_id.in_(plans), visible_to(scope, "plan_view"))
    latest = {tuple(row[:2]): row for row in session.execute(question.order_by(PlanOverride.id))}
    said = {row.stop_id: (row.officer_id, row.day) for row in latest.values() if row.stop_id is not None}
    if not said:
        return stops
    own = zip(stops["id"], stops["officer_id"], stops["day"], strict=True)
    now = [said.get(stop, (officer, day)) for stop, officer, day in own]
    return stops.assign(officer_id=[officer for officer, _ in now], day=as_days([day for _, day in now]))


def _of_plans(visits: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    return visits.merge(plans[["plan_id", "first_day", "last_day", "until"]], on="plan_id")


def _standing(stops: pd.DataFrame, since: date, on: date) -> pd.DataFrame:
    """Those of days that are past, by the plan that stood on the day."""
    day, until = (stops[name].to_numpy("datetime64[D]") for name in ("day", "until"))
    past = (day >= np.datetime64(since)) & (day <= np.datetime64(on))
    stops = stops[past & (np.isnat(until) | (day < until))]
    latest = stops.groupby(["officer_id", "day"])["plan_id"].transform("max")
    return stops[stops["plan_id"] == latest]


def _key(row: np.ndarray, day: np.ndarray) -> np.ndarray:
    return row.astype(np.int64) * EPOCH_DAYS + day.astype("datetime64[D]").astype(np.int64)


def _visited(ordered: np.ndarray, row: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether each building was visited from `first` to `last`, bool. ordered: the keys of all visits, rising. What is
    said of a day that is NaT means nothing."""
    return np.searchsorted(ordered, _key(row, last), side="right") > np.searchsorted(ordered, _key(row, first))
