"""Data quality: whether what was recorded can be trusted, part by part, each finding with its buildings."""

import streamlit as st

from dashboard.studies.beside_page import finished
from dashboard.studies.data_quality import areas, officers, pass_rates
from dashboard.studies.data_quality.quality_scope import compared, quality_dataset_of, rule_set_of_lists
from dashboard.studies.study_context import open_study

PARTS = {
    "rates": pass_rates.rates,
    "score_heaping": officers.score_heaping,
    "leniency": officers.leniency,
    "duplicate_checklists": officers.duplicate_checklists,
    "coverage": areas.coverage,
    "visits": areas.visits,
}


def show() -> None:
    study = open_study("data_quality", "analysis")
    if study is None:
        return
    t = study.t
    part = st.segmented_control(
        t("data_quality.part"),
        PARTS,
        format_func=lambda name: t(f"data_quality.{name}"),
        default="rates",
        required=True,
        key="quality_part",
        label_visibility="collapsed",
    )
    rule_set = rule_set_of_lists(study)
    if rule_set is None:
        st.info(t("data_quality.no_checklist"))
        return
    question = f"{study.context.version.cache_key}-{rule_set}-{part}"
    if finished(study, "data_quality", question, compared(study, rule_set, part)):
        PARTS[part](study, quality_dataset_of(study, rule_set))
        st.caption(t("data_quality.no_proof"))


show()
