"""Which rule moved whom, as a table; a row chosen lists its buildings."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.look.choices import row_by_id
from dashboard.look.plain_text import as_text
from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import GradeComparison
from dashboard.studies.study_context import Study
from data.access.fact_rights import can_see_some, withheld_facts
from scoring.rulebook.model import Edition, facts_label
from scoring.studies.grade_changes import BETTER, WORSE, Causes, Step


def cause_table(comparison: GradeComparison, causes: Causes) -> None:
    study, t = comparison.study, comparison.study.t
    causes_by_id: list[tuple[str, str, np.ndarray]] = [
        (f"{step.kind}:{step.index}", step_name(study, step, comparison.edition), causes.decisive[:, n])
        for n, step in enumerate(causes.steps)
    ]
    together = "withheld" if withheld_facts(study.scope, comparison.edition) else "together"
    others = {together: causes.together, "rules": causes.rules, "known": causes.known}
    causes_by_id += [(name, t(f"causes.{name}"), applies) for name, applies in others.items()]
    direction, rows = comparison.direction, comparison.study.rows
    lines = [
        (
            name,
            int((applies & (direction == WORSE)).sum()),
            int((applies & (direction == BETTER)).sum()),
            applies & rows,
            cause_id,
        )
        for cause_id, name, applies in causes_by_id
    ]
    lines = [line for line in lines if line[3].any()]
    lines.sort(key=lambda line: -int(line[3].sum()))
    if not lines:
        st.info(t("causes.nobody"))
        return
    table = pd.DataFrame(
        {
            t("causes.cause"): [name for name, *_ in lines],
            t("changes.worse"): [worse for _, worse, *_ in lines],
            t("changes.better"): [better for _, _, better, *_ in lines],
            t("causes.all"): [int(applies.sum()) for *_, applies, _ in lines],
        }
    )
    by_id = {line[4]: line for line in lines}
    chosen = row_by_id(
        table, list(by_id), "causes", height=38 + 35 * len(table), column_config=count_columns(table, 270)
    )
    st.caption(t("causes.note"))
    if chosen is not None:
        st.markdown(f"**{as_text(by_id[chosen][0])}**")
        grade_changes.building_table(comparison, np.flatnonzero(by_id[chosen][3]), "causes-houses")


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
