"""The backtest: had the grades ordered the visits, how much earlier would the later trouble have been found?"""

import streamlit as st

from dashboard.look.conclusion import conclusion
from dashboard.look.plain_text import as_text
from dashboard.studies.backtest.conclusion import concluded
from dashboard.studies.backtest.job import replay
from dashboard.studies.backtest.model import model_chosen
from dashboard.studies.backtest.results import by_grade, calibration, charts, orders_table
from dashboard.studies.backtest.wording import definition, denominators, verdict
from dashboard.studies.study_context import open_study, rule_set_chosen
from data.studies.backtest_frames import outcomes_seen_by


def show() -> None:
    study = open_study("backtest", "analysis")
    if study is None:
        return
    t = study.t
    with st.container(horizontal=True, gap="medium"):
        rule_set = rule_set_chosen(study, "backtest_rule_set")
        outcomes = outcomes_seen_by(study.scope)
        outcome = st.segmented_control(
            t("backtest.outcome"),
            outcomes,
            format_func=lambda one: t(f"backtest.outcome_{one}"),
            key="backtest_outcome",
            default=outcomes[0],
            required=True,
        )
    result = replay(study, rule_set, outcome, model_chosen(study))
    if result is None:
        return
    with study.top:
        conclusion(concluded(result.backtest, outcome, result.first, result.last), t)
    denominators(result, outcome, t)
    with st.container(border=True, key="backtest-verdict"):
        st.markdown("\n".join(f"- {sentence}" for sentence in verdict(result.backtest, t)))
    st.caption(as_text(definition(result, outcome, t)))
    charts(result.backtest, t)
    by_grade(study, rule_set, outcome, result.backtest)
    if result.backtest.calibration is not None:
        calibration(result.backtest.calibration, outcome, t)
    orders_table(result.backtest, t)


show()
