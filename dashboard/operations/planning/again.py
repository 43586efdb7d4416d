"""A plan is made again when somebody is away or something has come up: what is announced stays where it can."""

from datetime import date, timedelta

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.look.choices import distinct_labels, offered
from dashboard.operations.planning import job
from dashboard.operations.planning.away import AWAY_FROM
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.studies.study_context import Study
from data.planning.making import PlanAsked


def again_form(study: Study, shown: ShownPlan) -> None:
    """For who may plan all of the plan's area, as long as a day of it is still to come."""
    t, plan = study.t, shown.plan
    days = [day for day in sorted(shown.days["day"].unique()) if day > study.context.options.last_day]
    if not days or plan.rule_set not in study.context.editions:
        return
    with st.expander(t("planning_move.again")):
        st.caption(t("planning_move.again_help"))
        away = st.session_state.get(AWAY_FROM)
        begins = next((day for day in days if away is not None and day >= away), days[0])
        chosen = st.selectbox(
            t("planning_move.again_from"),
            days,
            index=days.index(begins),
            format_func=distinct_labels(days, lambda day: f"{day:%m-%d}"),
            key=f"planning-again-{plan.id}-{begins}",
        )
        if st.button(t("planning_move.again_make"), key=f"plan-again-{plan.id}"):
            asked = again_from(shown, offered(chosen, days, begins))
            job.begin(user_with("plan"), study.code, plan.rule_set, study.context.options.last_day, asked)
            st.rerun()


def again_from(shown: ShownPlan, first: date) -> PlanAsked:
    """The plan as it was asked for, from a day on."""
    plan = shown.plan
    return PlanAsked(
        area=plan.area,
        first_day=first,
        days=(plan.last_day - first + timedelta(1)).days,
        staff=plan.settings["staff"],
        minutes_a_day=plan.settings["minutes_a_day"],
        instead=plan.settings["instead"],
        seed=plan.seed,
        replaces=plan.id,
        keeps=True,
    )
