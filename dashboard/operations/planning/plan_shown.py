"""A plan as its page shows it, limited to what is looked at: plans are never changed, so what was read is kept."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.studies.study_context import Study
from data.access.roles import AccessScope
from data.city.queries import city_by_code
from data.db.engine import reading
from data.planning.shown import held_back, officer_days, plan_of_week, visits_left_out
from data.planning.stored import KeptPlan, plan_by_id, stops

KEPT_PLANS = 12


@dataclass(frozen=True)
class ShownPlan:
    """stops, days, left_out: as data.planning has them, of the buildings and officers that are looked at.

    unannounced: how many stops of days to come are held back.
    """

    plan: KeptPlan
    stops: pd.DataFrame
    days: pd.DataFrame
    left_out: pd.DataFrame
    unannounced: int

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
    whole = _parts(scope, city, plan.id)
    visits, left = (_looked_at(study, part) for part in (whole.stops, whole.left_out))
    kept_quiet = held_back(visits, study.context.options.last_day)
    officers = whole.days[whole.days["officer_id"].isin(visits["officer_id"]) | _own(study, whole.days)]
    return ShownPlan(plan, visits[~kept_quiet], officers, left, int(kept_quiet.sum()))


@st.cache_resource(max_entries=KEPT_PLANS, show_spinner=False, hash_funcs={AccessScope: lambda scope: scope.cache_key})
def _parts(scope: AccessScope, city_code: str, plan_id: int) -> ShownPlan:
    """All of a plan that the scope may see, nothing held back."""
    with reading(database(), scope) as session:
        city = city_by_code(session, scope, city_code)
        plan = plan_by_id(session, scope, city, plan_id)
        visits, days, left = (part(session, scope, city, plan) for part in (stops, officer_days, visits_left_out))
        return ShownPlan(plan, visits, days, left, 0)


def _looked_at(study: Study, visits: pd.DataFrame) -> pd.DataFrame:
    rows = study.context.city_facts.rows_of(visits["building_id"].to_numpy(np.int64))
    return visits[(rows >= 0) & study.rows[rows]]


def _own(study: Study, days: pd.DataFrame) -> np.ndarray:
    """Officers whose own area is looked at, whether they visit anything or nothing."""
    facts, levels = study.context.city_facts, study.context.options.levels
    areas = np.unique(np.concatenate([facts.buildings[level][study.rows] for level in levels] or [np.empty(0)]))
    return days["area_id"].isin(areas).to_numpy()
