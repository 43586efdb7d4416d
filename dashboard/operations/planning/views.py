"""What the page is turned to: the plan of a week, the quarter ahead, or what came of the plans so far."""

import streamlit as st

from dashboard.look.choices import offered
from dashboard.studies.study_context import Study

VIEWS = ("week", "forecast", "outcomes")


def view_chosen(study: Study) -> str:
    chosen = st.segmented_control(
        study.t("forecast.view"),
        VIEWS,
        format_func=lambda one: study.t(f"forecast.view_{one}"),
        key="planning_view",
        default=VIEWS[0],
        required=True,
        label_visibility="collapsed",
    )
    return offered(chosen, VIEWS, VIEWS[0])
