"""What changed between two days: who got worse or better, and which rule moved them."""

from datetime import date

import numpy as np
import streamlit as st

from dashboard.cache.ratings import rated
from dashboard.look.stat_cards import figure_cards, share
from dashboard.studies import grade_changes
from dashboard.studies.changes.causes import cause_table
from dashboard.studies.grade_changes import Comparison
from dashboard.studies.study_context import Study, rule_set_chosen, study
from data.city.snapshots import month_ends
from scoring.studies.grade_changes import BETTER, SAME, WORSE, causes

PARTS = ("causes", "map", "areas", "houses")


def show() -> None:
    about = study("changes", "analysis")
    if about is None:
        return
    rule_set = rule_set_chosen(about, "changes_rule_set")
    days = _days(about)
    if days is None:
        return
    city_facts, rules = about.context.city_facts, about.context.rules
    with st.spinner(about.t("changes.rating")):
        editions = [rules.on(rule_set, day) for day in days]
        before, after = (rated(city_facts, edition, day) for edition, day in zip(editions, days, strict=True))
        same_rules = editions[0].sha256 == editions[1].sha256
        unruled = None if same_rules else rated(city_facts, editions[0], days[1])
        found = causes(before, after, unruled)
    of = Comparison(about, editions[1], before.grade, after.grade, (f"{days[0]}", f"{days[1]}"))
    _figures(of)
    left, right = st.columns((1, 1), gap="medium")
    with left:
        grade_changes.flow_chart(of, about.t("moves.flow"), "changes-flow")
    with right:
        part = st.segmented_control(
            about.t("moves.part"),
            PARTS,
            format_func=lambda one: about.t(f"moves.{one}"),
            key="changes_part",
            default=PARTS[0],
            required=True,
            label_visibility="collapsed",
        )
        if part == "causes":
            cause_table(of, found)
        elif part == "map":
            grade_changes.moves_map(of, "changes-map")
        elif part == "areas":
            grade_changes.by_area(of)
        else:
            grade_changes.houses(of, grade_changes.moved_rows(of), "changes-houses")


def _days(about: Study) -> tuple[date, date] | None:
    """The two days compared; a month apart to begin with."""
    options, t = about.context.options, about.t
    usual = max(month_ends(options.last_day, 2)[0], options.first_day)
    limits = {"min_value": options.first_day, "max_value": options.last_day}
    left, right, _ = st.columns((1, 1, 2))
    first = left.date_input(t("changes.from"), usual, key=f"changes_from_{about.code}", **limits)
    last = right.date_input(t("changes.to"), options.last_day, key=f"changes_to_{about.code}", **limits)
    if not (isinstance(first, date) and isinstance(last, date)):
        return None
    if first >= last:
        st.warning(t("changes.in_order"))
        return None
    return first, last


def _figures(of: Comparison) -> None:
    t, rows, way = of.study.t, of.study.rows, of.way
    worse, same, better = (int((way == one).sum()) for one in (WORSE, SAME, BETTER))
    twice = worse + same + better
    newly = int(((of.before[rows] < 0) & (of.after[rows] >= 0)).sum())
    gone = int(((of.before[rows] >= 0) & (of.after[rows] < 0)).sum())
    told = t("moves.of_twice", n=f"{twice:,}")
    figure_cards(
        [
            (t("moves.worse"), f"{worse:,}", f"{share(worse, twice)} {told}"),
            (t("moves.better"), f"{better:,}", f"{share(better, twice)} {told}"),
            (t("moves.same"), f"{same:,}", f"{share(same, twice)} {told}"),
            (t("moves.newly"), f"{newly:,}", t("moves.gone", n=f"{gone:,}")),
            (t("moves.looked_at"), f"{int(np.count_nonzero(rows)):,}", t("moves.looked_at_note")),
        ]
    )


show()
