"""What a draft would do: who moves, how many visits it asks for, and how it differs from what is in force."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.ratings import rated
from dashboard.i18n import Translator
from dashboard.look.stat_cards import figure_cards, share
from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import Comparison
from dashboard.studies.study_context import Study
from data.city.summaries import low_grades
from scoring.rulebook.figures import Difference, Value, differences
from scoring.rulebook.model import Edition
from scoring.studies.counts import grade_counts
from scoring.studies.grade_changes import BETTER, SAME, WORSE
from scoring.studies.workload import visits_a_week

PARTS = ("flow", "map", "areas", "houses")


def compared(of: Study, before: Edition, after: Edition) -> Comparison:
    """The whole city under both, as of the last day."""
    city_facts, day = of.context.city_facts, of.context.options.last_day
    grades = [rated(city_facts, edition, day).grade for edition in (before, after)]
    return Comparison(of, after, *grades, (of.t("sandbox.in_force"), of.t("sandbox.draft")))


def effect_figures(of: Comparison, before: Edition) -> None:
    t, rows, way = of.study.t, of.study.rows, of.way
    worse, same, better = (int((way == one).sum()) for one in (WORSE, SAME, BETTER))
    twice = worse + same + better
    weekly = [
        float(grade_counts(grade, len(edition.grades), rows) @ visits_a_week(edition))
        for grade, edition in ((of.before, before), (of.after, of.edition))
    ]
    low = [_low(grade, edition, rows) for grade, edition in ((of.before, before), (of.after, of.edition))]
    told = t("moves.of_twice", n=f"{twice:,}")
    change = weekly[1] - weekly[0]
    figure_cards(
        [
            (t("moves.worse"), f"{worse:,}", f"{share(worse, twice)} {told}"),
            (t("moves.better"), f"{better:,}", f"{share(better, twice)} {told}"),
            (t("sandbox.low"), low[1], t("sandbox.before", figure=low[0])),
            (t("sandbox.visits"), f"{weekly[1]:,.0f}", t("sandbox.visits_before", n=f"{weekly[0]:,.0f}")),
            (t("sandbox.more_visits"), f"{change:+,.0f}", _percent(change, weekly[0], t)),
            (t("figure.unrated"), f"{int((of.after[rows] < 0).sum()):,}", t("sandbox.no_interval")),
        ]
    )


def _low(grade: np.ndarray, edition: Edition, rows: np.ndarray) -> str:
    known = grade[rows & (grade >= 0)]
    return share(int((known < low_grades(len(edition.grades))).sum()), len(known))


def _percent(change: float, before: float, t: Translator) -> str:
    return t("sandbox.of_before", share=f"{change / before:+.1%}") if before else "–"


def effect(of: Comparison, before: Edition) -> None:
    t = of.study.t
    part = st.segmented_control(
        t("moves.part"),
        PARTS,
        format_func=lambda one: t(f"sandbox.part_{one}"),
        key="sandbox_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    if part == "flow":
        grade_changes.flow_chart(of, t("moves.flow"), "sandbox-flow")
    elif part == "map":
        grade_changes.moves_map(of, "sandbox-map")
    elif part == "areas":
        grade_changes.by_area(of, (visits_a_week(before), visits_a_week(of.edition)))
    else:
        grade_changes.houses(of, grade_changes.moved_rows(of), "sandbox-houses")


def difference_table(before: Edition, after: Edition, sides: tuple[str, str], t: Translator) -> None:
    found = differences(before, after)
    if not found:
        same_text = before.text == after.text
        st.caption(t("sandbox.no_difference" if same_text else "sandbox.other_text"))
        return
    rows = [
        {
            t("sandbox.what"): t.of(one.figure.label),
            t("sandbox.figure"): _figure_name(one, t),
            sides[0]: _told(one.before, before, t),
            sides[1]: _told(one.after, after, t),
        }
        for one in found
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _figure_name(one: Difference, t: Translator) -> str:
    key = f"sandbox.column_{one.figure.key}"
    return t(key) if key in t else one.figure.key


def _told(value: Value, edition: Edition, t: Translator) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return t.of(edition.grades[edition.position(value)].name)
    return f"{value:f}"
