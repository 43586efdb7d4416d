"""What a draft would do: who moves, how many visits it asks for, and how it differs from what is in force."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.ratings import rated
from dashboard.i18n import Translator
from dashboard.look.conclusion import conclusion
from dashboard.look.stat_cards import figure_cards, share
from dashboard.look.tables import draw_table
from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import GradeComparison
from dashboard.studies.sandbox.conclusion import DraftFigures, concluded
from dashboard.studies.study_context import Study
from data.access.fact_rights import refuse_withheld_facts
from data.city.summaries import low_grades
from scoring.rulebook.figures import Difference, Value, differences
from scoring.rulebook.model import Edition
from scoring.studies.counts import grade_counts
from scoring.studies.grade_changes import BETTER, SAME, WORSE
from scoring.studies.workload import visits_a_week

PARTS = ("flow", "map", "areas", "buildings")


def compared(study: Study, before: Edition, after: Edition) -> GradeComparison:
    """The whole city under both, as of the last day. Raises FactsWithheld, and WrongFacts where they do not fit."""
    for edition in (before, after):
        refuse_withheld_facts(study.scope, edition)
    city_facts, day = study.context.city_facts, study.context.options.last_day
    grades_before, grades_after = (rated(study.scope, city_facts, edition, day).grade for edition in (before, after))
    labels = (study.t("sandbox.in_force"), study.t("sandbox.draft"))
    return GradeComparison(study, after, grades_before, grades_after, labels)


def effect_figures(comparison: GradeComparison, before: Edition) -> None:
    t, rows = comparison.study.t, comparison.study.rows
    figures = draft_figures(comparison, before)
    with comparison.study.top:
        conclusion(concluded(figures), t)
    worse, better, twice = figures.worse, figures.better, figures.twice
    weekly = (figures.visits_before, figures.visits_after)
    low = [
        _low(grade, edition, rows)
        for grade, edition in ((comparison.before, before), (comparison.after, comparison.edition))
    ]
    of_twice = t("changes.of_twice", n=f"{twice:,}")
    change = weekly[1] - weekly[0]
    figure_cards(
        [
            (t("changes.worse"), f"{worse:,}", f"{share(worse, twice)} {of_twice}"),
            (t("changes.better"), f"{better:,}", f"{share(better, twice)} {of_twice}"),
            (t("sandbox.low"), low[1], t("sandbox.before", figure=low[0])),
            (t("sandbox.visits"), f"{weekly[1]:,.0f}", t("sandbox.visits_before", n=f"{weekly[0]:,.0f}")),
            (t("sandbox.more_visits"), f"{change:+,.0f}", _percent(change, weekly[0], t)),
            (t("figure.unrated"), f"{int((comparison.after[rows] < 0).sum()):,}", t("sandbox.no_interval")),
        ]
    )


def draft_figures(comparison: GradeComparison, before: Edition) -> DraftFigures:
    study, direction = comparison.study, comparison.direction
    worse, same, better = (int((direction == each).sum()) for each in (WORSE, SAME, BETTER))
    is_rated = [grade[study.rows] >= 0 for grade in (comparison.before, comparison.after)]
    weekly = (
        float(grade_counts(grade, len(edition.grades), study.rows) @ visits_a_week(edition))
        for grade, edition in ((comparison.before, before), (comparison.after, comparison.edition))
    )
    newly, gone = int((~is_rated[0] & is_rated[1]).sum()), int((is_rated[0] & ~is_rated[1]).sum())
    return DraftFigures(f"{study.context.options.last_day}", worse, same, better, newly, gone, *weekly)


def _low(grade: np.ndarray, edition: Edition, rows: np.ndarray) -> str:
    rated_grades = grade[rows & (grade >= 0)]
    return share(int((rated_grades < low_grades(len(edition.grades))).sum()), len(rated_grades))


def _percent(change: float, before: float, t: Translator) -> str:
    return t("sandbox.of_before", share=f"{change / before:+.1%}") if before else "–"


def effect(comparison: GradeComparison, before: Edition) -> None:
    t = comparison.study.t
    part = st.segmented_control(
        t("changes.part"),
        PARTS,
        format_func=lambda one: t(f"sandbox.part_{one}"),
        key="sandbox_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    if part == "flow":
        grade_changes.flow_chart(comparison, t("changes.flow"), "sandbox-flow")
    elif part == "map":
        grade_changes.changes_map(comparison, "sandbox-map")
    elif part == "areas":
        grade_changes.area_table(comparison, (visits_a_week(before), visits_a_week(comparison.edition)))
    else:
        grade_changes.building_table(comparison, grade_changes.changed_rows(comparison), "sandbox-houses")


def difference_table(before: Edition, after: Edition, labels: tuple[str, str], t: Translator) -> None:
    changed_figures = differences(before, after)
    if not changed_figures:
        same_text = before.text == after.text
        st.caption(t("sandbox.no_difference" if same_text else "sandbox.other_text"))
        return
    rows = [
        {
            t("sandbox.what"): t.of(difference.figure.label),
            t("sandbox.figure"): _figure_name(difference, t),
            labels[0]: _value_text(difference.before, before, t),
            labels[1]: _value_text(difference.after, after, t),
        }
        for difference in changed_figures
    ]
    draw_table(pd.DataFrame(rows))


def _figure_name(difference: Difference, t: Translator) -> str:
    key = f"sandbox.column_{difference.figure.key}"
    return t(key) if key in t else difference.figure.key


def _value_text(value: Value, edition: Edition, t: Translator) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return t.of(edition.grades[edition.position(value)].name)
    return f"{value:f}"
