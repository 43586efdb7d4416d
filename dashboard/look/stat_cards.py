"""The few figures above the map, each with its denominator."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from data.city.city_facts import stand_on
from data.city.filters import Filters
from data.city.snapshots import NEVER, Snapshot
from data.city.summaries import hazard_counts, low_grades


def figure_strip(
    context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str | None, filters: Filters, t: Translator
) -> None:
    """rows: the buildings chosen, bool (n,). rule_set: whose low grades are counted; None where nothing is graded."""
    chosen = int(rows.sum())
    hazards = (hazard_counts(day, state, filters.hazard_group) for state in ("open", "overdue"))
    open_, overdue = (int((counts[rows] > 0).sum()) for counts in hazards)
    vacant = day.vacant[rows]
    never = int((day.days_since_visit[rows] == NEVER).sum())
    figures = [
        (
            t("figure.buildings"),
            chosen,
            t(
                "figure.buildings_of" if context.sees_all else "figure.buildings_of_yours",
                n=f"{int((context.seen & stand_on(day.city_facts.buildings, day.on)).sum()):,}",
            ),
        ),
        *([] if rule_set is None else _of_grades(day, rows, rule_set, t)),
        (t("figure.open"), open_, t("figure.overdue", n=f"{overdue:,}")),
        (t("figure.unvisited"), never, t("figure.of_all", share=share(never, chosen))),
    ]
    if context.options.public_homes:
        in_buildings = t("figure.vacant_in", n=f"{int((vacant > 0).sum()):,}")
        figures.insert(-1, (t("figure.vacant"), int(vacant.sum()), in_buildings))
    figure_cards([(name, f"{number:,}", beside) for name, number, beside in figures])


def _of_grades(day: Snapshot, rows: np.ndarray, rule_set: str, t: Translator) -> list[tuple[str, int, str]]:
    """How many have a low grade, where one of the grades is called low, and how many none."""
    grades, its_grades = day.grades[rule_set][rows], day.editions[rule_set].grades
    rated, lowest = int((grades >= 0).sum()), its_grades[: low_grades(len(its_grades))]
    unrated = len(grades) - rated
    figures = [(t("figure.unrated"), unrated, t("figure.of_all", share=share(unrated, len(grades))))]
    if lowest:
        low = int(((grades >= 0) & (grades < len(lowest))).sum())
        names = "/".join(t.of(grade.name) for grade in lowest)
        figures.insert(0, (t("figure.low"), low, t("figure.low_names", names=names, share=share(low, rated))))
    return figures


def figure_cards(figures: Sequence[tuple[str, str, str]]) -> None:
    """A card for each name, figure and what is to be said beside it."""
    cards = "".join(
        f"<div title='{as_html(beside)}'><span>{as_html(name)}</span>"
        f"<b>{as_html(figure)}</b><i>{as_html(beside)}</i></div>"
        for name, figure, beside in figures
    )
    st.html(f"<div class='figures'>{cards}</div>")


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
