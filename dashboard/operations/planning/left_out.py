"""The visits that are not in the plan: why, by grade, and which buildings."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.look.tables import draw_table
from dashboard.operations.planning.buildings import building_columns, grades_of
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.studies.study_context import Study
from dashboard.view.labels import grade_names
from data.db.models.planning import LEFT_OUT_REASONS

LISTED, TABLE_PX = 200, 560


def left_out(study: Study, rule_set: str, shown: ShownPlan) -> None:
    t, visits = study.t, shown.left_out
    if visits.empty:
        st.info(t("planning.nothing_left"))
        return
    left, right = st.columns((2, 3), gap="medium")
    with left:
        draw_table(_by_reason(study, rule_set, visits))
        for reason in (one for one in LEFT_OUT_REASONS if (visits["reason"] == one).any()):
            st.caption(t(f"planning.reason_{reason}_means"))
    with right:
        nobody_has_the_role = visits["reason"] == "no_role"  # no minutes would help: last
        first = pd.concat([visits[~nobody_has_the_role], visits[nobody_has_the_role]]).head(LISTED)
        draw_table(_listed(study, rule_set, shown, first), most_px=TABLE_PX)
        st.caption(t("planning.left_caption", n=f"{min(len(visits), LISTED):,}", of=f"{len(visits):,}"))


def _by_reason(study: Study, rule_set: str, visits: pd.DataFrame) -> pd.DataFrame:
    """A row a grade, a column a reason, and how many are overdue on the plan's first day."""
    names = grade_names(study.context, rule_set, study.t)
    grades = grades_of(study, rule_set, visits)
    columns: dict[str, list] = {study.t("planning.grade"): list(names.values())}
    for reason in LEFT_OUT_REASONS:
        of_reason = (visits["reason"] == reason).to_numpy()
        if of_reason.any():
            counts = np.bincount(grades[of_reason] % len(names), minlength=len(names))
            columns[study.t(f"planning.reason_{reason}")] = counts.tolist()
    return pd.DataFrame(columns)


def _listed(study: Study, rule_set: str, shown: ShownPlan, visits: pd.DataFrame) -> pd.DataFrame:
    """What is worth most first."""
    t = study.t
    first = np.datetime64(shown.plan.first_day, "D")
    late = (first - visits["due"].to_numpy("datetime64[D]")).astype(np.int64).tolist()
    own = {
        t("planning.role"): [t(f"planning.role_{one}") for one in visits["role"].tolist()],
        t("planning.days_overdue"): late,
        t("planning.minutes_each"): visits["minutes"].tolist(),
        t("planning.reason"): [t(f"planning.reason_{one}") for one in visits["reason"].tolist()],
    }
    return pd.DataFrame(building_columns(study, rule_set, visits) | own)
