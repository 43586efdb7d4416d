"""Honest data: whether what was recorded can be trusted, part by part, each finding with its buildings."""

import streamlit as st

from dashboard.studies.data_quality import areas, officers, pass_rates
from dashboard.studies.data_quality.quality_scope import evidence_of, rule_set_of_lists
from dashboard.studies.study_context import study

PARTS = {
    "rates": pass_rates.rates,
    "heaping": officers.heaping,
    "leniency": officers.leniency,
    "copies": officers.copies,
    "coverage": areas.coverage,
    "visits": areas.visits,
}


def show() -> None:
    of = study("quality", "analysis")
    if of is None:
        return
    say = of.say
    part = st.segmented_control(
        say("quality.part"),
        PARTS,
        format_func=lambda name: say(f"quality.{name}"),
        default="rates",
        required=True,
        key="quality_part",
        label_visibility="collapsed",
    )
    rule_set = rule_set_of_lists(of)
    if rule_set is None:
        st.info(say("quality.no_checklist"))
        return
    with st.spinner(say("quality.working"), show_time=True):
        PARTS[part](of, evidence_of(of, rule_set))
    st.caption(say("quality.no_proof"))


show()
