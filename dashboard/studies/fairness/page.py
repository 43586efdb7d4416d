"""Fairness: what a criterion changes and for whom, and the two editions of Qishuyan side by side."""

import streamlit as st

from dashboard.studies.fairness.comparison import one_step, two_editions
from dashboard.studies.study_context import open_study, rule_set_chosen

PARTS = ("step", "editions")
PLAIN, PUBLISHED = "qishuyan", "qishuyan_as_published"  # the one scores the building, the other its tenants too


def show() -> None:
    study = open_study("fairness", "analysis")
    if study is None:
        return
    parts = PARTS if PLAIN in study.context.editions else PARTS[:1]
    part = parts[0]
    if len(parts) > 1:
        part = st.segmented_control(
            study.t("fairness.part"),
            parts,
            format_func=lambda one: study.t(f"fairness.part_{one}"),
            key="fairness_part",
            default=parts[0],
            required=True,
            label_visibility="collapsed",
        )
    with st.spinner(study.t("fairness.rating")):
        if part == "step":
            one_step(study, rule_set_chosen(study, "fairness_rule_set"))
        else:
            two_editions(study, PLAIN, PUBLISHED)


show()
