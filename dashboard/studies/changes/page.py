"""What changed between two days: who got worse or better, and which rule moved them."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import streamlit as st

from dashboard.cache.ratings import grades_in_force, rated
from dashboard.look.conclusion import conclusion
from dashboard.look.stat_cards import figure_cards, share
from dashboard.studies import grade_changes
from dashboard.studies.changes import chosen_flow
from dashboard.studies.changes.causes import CauseCount, cause_table, causes_counted
from dashboard.studies.changes.conclusion import ChangeFigures, concluded
from dashboard.studies.changes.days import days_chosen
from dashboard.studies.grade_changes import GradeComparison
from dashboard.studies.study_context import open_study, rule_set_chosen
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, SAME, WORSE, Causes, causes, causes_of

PARTS = ("causes", "map", "areas", "buildings")


def show() -> None:
    study = open_study("changes", "analysis")
    if study is None:
        return
    rule_set = rule_set_chosen(study, "changes_rule_set")
    days = days_chosen(study)
    if days is None:
        return
    city_facts, rules = study.context.city_facts, study.context.rules
    with st.spinner(study.t("changes.rating")):
        edition = rules.on(rule_set, days[1])
        before, after = (grades_in_force(city_facts, rules, rule_set, day) for day in days)
        comparison = GradeComparison(study, edition, before, after, (f"{days[0]}", f"{days[1]}"))
        all_causes = _causes(comparison, rules.on(rule_set, days[0]), days)
    figures = _change_figures(comparison, causes_counted(comparison, all_causes))
    with study.top:
        conclusion(concluded(figures), study.t)
    _figures(comparison, figures)
    left, right = st.columns((1, 1), gap="medium")
    with left:
        chosen = chosen_flow.chosen_in(comparison, days[0])
        chosen_flow.flow_to_choose_from(comparison, days[0], chosen)
    with right:
        _part(comparison if chosen is None else chosen_flow.narrowed(comparison, chosen), all_causes)


def _part(comparison: GradeComparison, all_causes: Causes) -> None:
    study = comparison.study
    part = st.segmented_control(
        study.t("changes.part"),
        PARTS,
        format_func=lambda one: study.t(f"changes.{one}"),
        key="changes_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    if part == "causes":
        cause_table(comparison, causes_counted(comparison, all_causes))
    elif part == "map":
        grade_changes.changes_map(comparison, "changes-map")
    elif part == "areas":
        grade_changes.area_table(comparison, choose=True)
    else:
        grade_changes.building_table(comparison, chosen_flow.listed(comparison), "changes-houses")


def _causes(comparison: GradeComparison, earlier: Edition, days: tuple[date, date]) -> Causes:
    """By the facts the user may see; a move they do not explain is one of several together or of what is withheld."""
    scope, city_facts = comparison.study.scope, comparison.study.context.city_facts
    before, after = (
        rated(scope, city_facts, edition, day) for edition, day in zip((earlier, comparison.edition), days, strict=True)
    )
    same_rules = earlier.sha256 == comparison.edition.sha256
    old_rules_new_facts = None if same_rules else rated(scope, city_facts, earlier, days[1])
    moved = comparison.before != comparison.after
    likewise = moved & (np.sign(comparison.after - comparison.before) == np.sign(after.grade - before.grade))
    return causes_of(moved, likewise, causes(before, after, old_rules_new_facts))


def _change_figures(comparison: GradeComparison, counted: Sequence[CauseCount]) -> ChangeFigures:
    rows, direction = comparison.study.rows, comparison.direction
    worse, same, better = (int((direction == each).sum()) for each in (WORSE, SAME, BETTER))
    single = next((one for one in counted if one.is_single), None)
    return ChangeFigures(
        *comparison.labels,
        worse=worse,
        same=same,
        better=better,
        newly=int(((comparison.before[rows] < 0) & (comparison.after[rows] >= 0)).sum()),
        gone=int(((comparison.before[rows] >= 0) & (comparison.after[rows] < 0)).sum()),
        cause=None if single is None else (single.name, int(single.rows.sum())),
    )


def _figures(comparison: GradeComparison, figures: ChangeFigures) -> None:
    t, rows, twice = comparison.study.t, comparison.study.rows, figures.twice
    of_twice = t("changes.of_twice", n=f"{twice:,}")
    figure_cards(
        [
            *(
                (t(f"changes.{name}"), f"{count:,}", f"{share(count, twice)} {of_twice}")
                for name, count in (("worse", figures.worse), ("better", figures.better), ("same", figures.same))
            ),
            (t("changes.newly"), f"{figures.newly:,}", t("changes.gone", n=f"{figures.gone:,}")),
            (t("changes.looked_at"), f"{int(np.count_nonzero(rows)):,}", t("changes.looked_at_note")),
        ]
    )


show()
