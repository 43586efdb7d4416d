"""Honest data: whether what was recorded can be trusted, part by part, each finding with its buildings."""

import streamlit as st

from dashboard.studies.data_quality import areas, officers, pass_rates
from dashboard.studies.data_quality.quality_scope import quality_dataset_of, rule_set_of_lists
from dashboard.studies.study_context import study

PARTS = {
    "rates": pass_rates.rates,
    "heaping": officers.score_heaping,
    "leniency": officers.leniency,
    "copies": officers.duplicate_checklists,
    "coverage": areas.coverage,
    "visits": areas.visits,
}


def show() -> None:
    of = study("quality", "analysis")
    if of is None:
        return
    t = of.t
    part = st.segmented_control(
        t("quality.part"),
        PARTS,
        format_func=lambda name: t(f"quality.{name}"),
        default="rates",
        required=True,
        key="quality_part",
        label_visibility="collapsed",
    )
    rule_set = rule_set_of_lists(of)
    if rule_set is None:
        st.info(t("quality.no_checklist"))
        return
    with st.spinner(t("quality.working"), show_time=True):
        PARTS[part](of, quality_dataset_of(of, rule_set))
    st.caption(t("quality.no_proof"))


show()
