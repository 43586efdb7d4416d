"""A plan as its page shows it, limited to what is looked at: kept as it was read until something is said."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.studies.study_context import Study
from data.access.roles import SYSTEM, AccessScope
from data.city.queries import city_by_code
from data.db.engine import reading
from data.planning.overrides import last_word
from data.planning.shown import held_back, officer_days, plan_of_week, visits_left_out
from data.planning.standing_shown import OF_MOVED, PlanTables, as_it_stands
from data.planning.stored import KeptPlan, plan_by_id, stops

KEPT_PLANS = 12


@dataclass(frozen=True)
class ShownPlan:
    """The plan as it now stands: what was said against it is in it, and the days before it by the plan that it keeps.

    stops, days, left_out, moved: as data.planning has them, of the buildings and officers that are looked at.
    unannounced: how many stops of days to come are held back.
    """

    plan: KeptPlan
    stops: pd.DataFrame
    days: pd.DataFrame
    left_out: pd.DataFrame
    unannounced: int
    moved: pd.DataFrame

    @property
    def first_day(self) -> date:
        return min([self.plan.first_day, *self.stops["day"]])

    @property
    def made(self) -> int:
        return len(self.stops) + self.unannounced

    @property
    def wanted(self) -> int:
        return self.made + len(self.left_out)


def plan_shown(study: Study, area: int, first_day: date) -> ShownPlan | None:
    """The latest plan of the week; None where there is none."""
    scope, city = study.scope, study.code
    with reading(database(), scope) as session:
        plan = plan_of_week(session, scope, city_by_code(session, scope, city), area, first_day)
    if plan is None:
        return None
    return limited(study, plan_as_it_stands(scope, city, plan.id))


def limited(study: Study, whole: ShownPlan) -> ShownPlan:
    """What of it is looked at and may be told already."""
    visits, left = (_looked_at(study, part) for part in (whole.stops, whole.left_out))
    kept_quiet = held_back(visits, study.context.options.last_day)
    officers = whole.days[whole.days["officer_id"].isin(visits["officer_id"]) | _own(study, whole.days)]
    moved = whole.moved[whole.moved["building_id"].isin(visits.loc[~kept_quiet, "building_id"])]
    return ShownPlan(whole.plan, visits[~kept_quiet], officers, left, int(kept_quiet.sum()), moved)


def plan_as_it_stands(scope: AccessScope, city_code: str, plan_id: int) -> ShownPlan:
    """All of a plan that the scope may see, with what was said against it so far."""
    with reading(database(), SYSTEM) as session:
        word = last_word(session)
    return _as_it_stands(scope, city_code, plan_id, word)


@st.cache_resource(max_entries=KEPT_PLANS, show_spinner=False, hash_funcs={AccessScope: lambda scope: scope.cache_key})
def _as_it_stands(scope: AccessScope, city_code: str, plan_id: int, word: int) -> ShownPlan:
    """word: the last that was said, until which this holds."""
    made = _parts(scope, city_code, plan_id)
    with reading(database(), scope) as session:
        city = city_by_code(session, scope, city_code)
        now = as_it_stands(
            session, scope, city, made.plan, PlanTables(made.stops, made.days, made.left_out, made.moved)
        )
    stands = replace(made, stops=now.stops, days=now.days, left_out=now.left_out, moved=now.moved)
    kept = made.plan.replaces if made.plan.settings.get("keeps") else None
    return stands if kept is None else _after(_as_it_stands(scope, city_code, kept, word), stands)


def _after(before: ShownPlan, now: ShownPlan) -> ShownPlan:
    """With the days of the plan before that come before its own."""
    first = now.plan.first_day
    parts = {
        name: pd.concat([part[part["day"] < first], getattr(now, name)], ignore_index=True)
        for name in ("stops", "days", "moved")
        for part in (getattr(before, name),)
    }
    return replace(now, **parts)


@st.cache_resource(max_entries=KEPT_PLANS, show_spinner=False, hash_funcs={AccessScope: lambda scope: scope.cache_key})
def _parts(scope: AccessScope, city_code: str, plan_id: int) -> ShownPlan:
    """All of a plan that the scope may see, nothing held back."""
    with reading(database(), scope) as session:
        city = city_by_code(session, scope, city_code)
        plan = plan_by_id(session, scope, city, plan_id)
        visits, days, left = (part(session, scope, city, plan) for part in (stops, officer_days, visits_left_out))
        return ShownPlan(plan, visits.assign(moved=False), days, left, 0, pd.DataFrame(columns=list(OF_MOVED)))


def _looked_at(study: Study, visits: pd.DataFrame) -> pd.DataFrame:
    rows = study.context.city_facts.rows_of(visits["building_id"].to_numpy(np.int64))
    return visits[(rows >= 0) & study.rows[rows]]


def _own(study: Study, days: pd.DataFrame) -> np.ndarray:
    """Officers whose own area is looked at, whether they visit anything or nothing."""
    facts, levels = study.context.city_facts, study.context.options.levels
    areas = np.unique(np.concatenate([facts.buildings[level][study.rows] for level in levels] or [np.empty(0)]))
    return days["area_id"].isin(areas).to_numpy()
