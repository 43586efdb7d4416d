"""The inspection plan of a week: who visits which building on which day, and what is left out."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.look.conclusion import conclusion
from dashboard.look.plain_text import as_text
from dashboard.operations.planning import job
from dashboard.operations.planning.again import again_form
from dashboard.operations.planning.ask import Week, ask_form, week_chosen
from dashboard.operations.planning.calendar import calendar
from dashboard.operations.planning.figures import concluded, plan_figures
from dashboard.operations.planning.forecast import forecast
from dashboard.operations.planning.left_out import left_out
from dashboard.operations.planning.moved import since_before
from dashboard.operations.planning.outcomes import outcomes
from dashboard.operations.planning.plan_shown import ShownPlan, plan_shown
from dashboard.operations.planning.views import view_chosen
from dashboard.studies.study_context import Study, open_study, rule_set_chosen
from dashboard.view.labels import theme_name
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.planning.stored import KeptPlan, may_see

PARTS = ("calendar", "left_out")


def show() -> None:
    study = open_study("planning", "plan_view")
    if study is None:
        return
    rule_set = rule_set_chosen(study, "planning_rule_set")
    week = week_chosen(study)
    area = _area(study)
    if area is None:
        st.info(study.t("planning.choose_area"))
        return
    view = view_chosen(study)
    if view == "forecast":
        forecast(study, rule_set, area, week)
        return
    if view == "outcomes":
        outcomes(study)
        return
    _week(study, rule_set, area, week)


def _week(study: Study, rule_set: str, area: int, week: Week) -> None:
    """The plan of a week, and the forms of those who may plan."""
    shown = plan_shown(study, area, week.first)
    may_plan = _may_plan(study, area)
    if may_plan and not job.running(study.user, study.t):
        own = shown if shown is not None and shown.plan.area == area else None
        ask_form(study, rule_set, area, week, None if own is None else own.plan.id)
        if own is not None:
            again_form(study, own)
    if shown is None:
        none = "planning.none_yet" if may_plan else "planning.none_to_see"
        st.info(study.t(none, first=as_text(week.first), last=as_text(week.last)))
        return
    with study.top:
        conclusion(concluded(shown), study.t)
    plan_figures(shown, study.t)
    since_before(study, rule_set, shown)
    _part(study, rule_set, shown)


def _part(study: Study, rule_set: str, shown: ShownPlan) -> None:
    part = st.segmented_control(
        study.t("planning.part"),
        PARTS,
        format_func=lambda one: study.t(f"planning.part_{one}"),
        key="planning_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    by = shown.plan.rule_set if shown.plan.rule_set in study.context.editions else rule_set
    (left_out if part == "left_out" else calendar)(study, by, shown)
    st.caption(as_text(study.t("planning.how", rules=theme_name(study.context, by, study.t), **_made(shown.plan))))


def _made(plan: KeptPlan) -> dict[str, object]:
    return {"seed": plan.seed, "solver": plan.solver, "number": plan.id}


def _area(study: Study) -> int | None:
    """The one area that is looked at: the one chosen, else the user's own, else the city's widest; None for several."""
    chosen = [study.context.options.areas[code] for code in study.view.areas]
    return _only(chosen or study.context.own_areas or _widest(study))


def _widest(study: Study) -> Sequence[int]:
    """Those of the city's widest level that have not ended."""
    options = study.context.options
    standing = options.areas_on(options.last_day)
    return [area for code, area in standing.items() if code.split(":")[0] in options.levels[:1]]


def _only(areas: Sequence[int]) -> int | None:
    return int(areas[0]) if len(np.unique(areas)) == 1 else None


def _may_plan(study: Study, area: int) -> bool:
    with reading(database(), SYSTEM) as session:
        return may_see(session, study.scope, study.context.city, area, "plan")


show()
