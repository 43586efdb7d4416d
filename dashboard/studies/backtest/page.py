"""The backtest: had the grades ordered the visits, how much earlier would the later trouble have been found?"""

import streamlit as st

from dashboard.studies.backtest.job import replay
from dashboard.studies.backtest.results import by_grade, charts, orders_table
from dashboard.studies.backtest.wording import definition, denominators, verdict
from dashboard.studies.study_context import rule_set_chosen, study

OUTCOMES = ("hazards", "failed", "cases")


def show() -> None:
    about = study("backtest", "analysis")
    if about is None:
        return
    t = about.t
    with st.container(horizontal=True, gap="medium"):
        rule_set = rule_set_chosen(about, "backtest_rule_set")
        outcome = st.segmented_control(
            t("backtest.outcome"),
            OUTCOMES,
            format_func=lambda one: t(f"backtest.outcome_{one}"),
            key="backtest_outcome",
            default=OUTCOMES[0],
            required=True,
        )
    answer = replay(about, rule_set, outcome)
    if answer is None:
        return
    denominators(answer, outcome, t)
    with st.container(border=True, key="backtest-verdict"):
        st.markdown("\n".join(f"- {sentence}" for sentence in verdict(answer.found, t)))
    st.caption(definition(answer, outcome, t))
    charts(answer.found, t)
    by_grade(about, rule_set, outcome, answer.found)
    orders_table(answer.found, t)


show()
