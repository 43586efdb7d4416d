"""Which rule moved whom, as a table; a row chosen lists its buildings."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import Comparison
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, WORSE, Causes, Step

OTHERS = ("together", "rules", "known")


def cause_table(of: Comparison, found: Causes) -> None:
    t = of.study.t
    named = [(step_name(step, of.edition, t), found.decisive[:, n]) for n, step in enumerate(found.steps)]
    named += [(t(f"causes.{name}"), getattr(found, name)) for name in OTHERS]
    way, rows = of.way, of.study.rows
    lines = [
        (name, int((held & (way == WORSE)).sum()), int((held & (way == BETTER)).sum()), held & rows)
        for name, held in named
    ]
    lines = [line for line in lines if line[3].any()]
    lines.sort(key=lambda line: -int(line[3].sum()))
    if not lines:
        st.info(t("causes.nobody"))
        return
    table = pd.DataFrame(
        {
            t("causes.cause"): [name for name, *_ in lines],
            t("moves.worse"): [worse for _, worse, *_ in lines],
            t("moves.better"): [better for _, _, better, _ in lines],
            t("causes.all"): [int(held.sum()) for *_, held in lines],
        }
    )
    chosen = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(table),
        key="causes",
        on_select="rerun",
        selection_mode="single-row",
        column_config=narrow(table, 270),
    )
    st.caption(t("causes.note"))
    for line in chosen.selection.rows:
        st.markdown(f"**{lines[line][0]}**")
        grade_changes.houses(of, np.flatnonzero(lines[line][3]), "causes-houses")


def narrow(table: pd.DataFrame, first_px: int) -> dict:
    """Widths by which all columns of counts are seen beside a first column of so many pixels."""
    first, *counts = table.columns
    number = st.column_config.NumberColumn(width=76)
    return {first: st.column_config.TextColumn(width=first_px)} | dict.fromkeys(counts, number)


def step_name(step: Step, edition: Edition, t) -> str:
    label = t.of(step.label)
    if step.kind == "criterion":
        return t("causes.criterion", what=label)
    cap = edition.caps[step.index]
    grade = t.of(edition.grades[edition.position(cap.grade)].name)
    return t("causes.cap", what=label, grade=grade)
