"""Which rule moved whom, as a table; a row chosen lists its buildings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.look.choices import row_by_id
from dashboard.look.plain_text import as_text
from dashboard.look.tables import height_of
from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import GradeComparison
from dashboard.studies.study_context import Study
from data.access.fact_rights import can_see_some, withheld_facts
from scoring.rulebook.model import Edition, facts_label
from scoring.studies.grade_changes import BETTER, WORSE, Causes, Step


@dataclass(frozen=True, eq=False)
class CauseCount:
    """A cause and the buildings looked at that it moved, bool (n,)."""

    id: str
    name: str
    rows: np.ndarray

    @property
    def is_single(self) -> bool:
        """Whether it is one criterion or cap, and not what is lumped together."""
        return ":" in self.id


def causes_counted(comparison: GradeComparison, causes: Causes) -> list[CauseCount]:
    """Those that moved somebody, the weightiest first."""
    study, t = comparison.study, comparison.study.t
    every = [
        (f"{step.kind}:{step.index}", step_name(study, step, comparison.edition), causes.decisive[:, n])
        for n, step in enumerate(causes.steps)
    ]
    together = "withheld" if withheld_facts(study.scope, comparison.edition) else "together"
    others = {together: causes.together, "rules": causes.rules, "known": causes.known}
    every += [(name, t(f"causes.{name}"), applies) for name, applies in others.items()]
    counted = [CauseCount(cause_id, name, applies & study.rows) for cause_id, name, applies in every]
    return sorted((one for one in counted if one.rows.any()), key=lambda one: -int(one.rows.sum()))


def cause_table(comparison: GradeComparison, counted: Sequence[CauseCount]) -> None:
    t, direction = comparison.study.t, comparison.direction
    if not counted:
        st.info(t("causes.nobody"))
        return
    table = pd.DataFrame(
        {
            t("causes.cause"): [one.name for one in counted],
            t("changes.worse"): [int((one.rows & (direction == WORSE)).sum()) for one in counted],
            t("changes.better"): [int((one.rows & (direction == BETTER)).sum()) for one in counted],
            t("causes.all"): [int(one.rows.sum()) for one in counted],
        }
    )
    by_id = {one.id: one for one in counted}
    chosen = row_by_id(
        table, list(by_id), "causes", height=height_of(len(table)), column_config=count_columns(table, 270)
    )
    st.caption(t("causes.note"))
    if chosen is not None:
        st.markdown(f"**{as_text(by_id[chosen].name)}**")
        grade_changes.building_table(comparison, np.flatnonzero(by_id[chosen].rows), "causes-houses")


def count_columns(table: pd.DataFrame, first_px: int) -> dict:
    """Widths by which all columns of counts are seen beside a first column of so many pixels."""
    first, *counts = table.columns
    number = st.column_config.NumberColumn(width=76)
    return {first: st.column_config.TextColumn(width=first_px)} | dict.fromkeys(counts, number)


def step_name(study: Study, step: Step, edition: Edition) -> str:
    """A cap over several facts is named by those the user may see."""
    t = study.t
    if step.kind == "criterion":
        return t("causes.criterion", what=t.of(step.label))
    cap = edition.caps[step.index]
    seen = [need.fact for need in cap.needs if can_see_some(study.scope, edition.facts[need.fact])]
    grade = t.of(edition.grades[edition.position(cap.grade)].name)
    what = step.label if len(seen) == len(cap.needs) else facts_label(edition, seen)
    return t("causes.cap", what=t.of(what), grade=grade)
