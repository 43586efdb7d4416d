"""The distribution beside a map that shows no grades: of hazards, vacant homes or buildings, whatever the map shows."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from plotly.graph_objects import Figure

from dashboard.cache.city_cache import CityContext
from dashboard.charts.distribution import class_counts
from dashboard.i18n import Translator
from dashboard.look.palette import DENSITY, VACANT, Symbol
from dashboard.look.plain_text import as_text
from dashboard.map.charts_panel import (
    MOST_AREAS,
    Groups,
    areas_of,
    compared_level,
    outside_of,
    show_chart,
    uses_of,
)
from dashboard.themes.registry import THEMES
from dashboard.view.labels import level_name
from dashboard.view.view_state import ViewState
from data.city import summaries
from data.city.snapshots import Snapshot
from data.db.models.city import HAZARD_GROUPS

Kinds = tuple[Sequence[str], Sequence[Symbol]]  # what is counted: names and symbols
BUILDING = Symbol(DENSITY[3], "circle")


def theme_distribution(context: CityContext, day: Snapshot, rows: np.ndarray, view: ViewState, t: Translator) -> None:
    """rows: the buildings chosen, bool (n,)."""
    kinds: Kinds
    if view.theme == "hazards":
        names = [t(f"map.hazard_{state}") for state in ("overdue", "open", "closed")]
        kinds, amounts = (names, THEMES["hazards"].symbols()), _buildings_with_hazards(day, view)
        _hazards_by_group(day, rows, view, kinds, t)
    elif view.theme == "vacant":
        kinds, amounts = ([t("theme.vacant")], [VACANT]), day.vacant[:, None]
    else:
        kinds, amounts = ([t("figure.buildings")], [BUILDING]), np.ones((day.size, 1), np.int64)
    name = view.theme if view.theme in ("hazards", "vacant") else "buildings"
    level, areas = compared_level(context, view), None
    if level is not None:
        areas = areas_of(context, day, level, t)
        counts = _sums(amounts, areas, rows)
        most = np.argsort(-counts.sum(axis=1), kind="stable")[:MOST_AREAS]
        most = most[counts[most].any(axis=1)]
        title = t(f"chart.{name}_by_area", level=level_name(context, level, t))
        chart = _bars(counts[most], [areas.names[n] for n in most], kinds, title)
        show_chart(chart, "by-area", [("area", areas.filters[n]) for n in most], alone=True)
    uses = uses_of(day, t)
    show_chart(_bars(_sums(amounts, uses, rows), uses.names, kinds, t(f"chart.{name}_by_use")), "by-use")
    caption = _caption(day, rows, view, t)
    st.caption(as_text(" ".join([caption, *outside_of(context, areas, level, rows, t)])))


def _bars(counts: np.ndarray, rows: Sequence[str], kinds: Kinds, title: str) -> Figure:
    names, symbols = kinds
    return class_counts(counts, rows, names, symbols, title)


def _sums(amounts: np.ndarray, groups: Groups, rows: np.ndarray) -> np.ndarray:
    """Amounts of the chosen buildings by group, int64 (groups, kinds). amounts: (n, kinds)."""
    sums = [summaries.total_by(groups.of, len(groups.names), rows, column) for column in amounts.T]
    return np.stack(sums, axis=1).astype(np.int64)


def _buildings_with_hazards(day: Snapshot, view: ViewState) -> np.ndarray:
    """Which buildings count as overdue, as open, as closed, int64 (n, 3); a building counts once."""
    classes = THEMES["hazards"].classes(day, view.filters)
    kind = np.where(classes.shown, np.where(classes.codes < 0, 2, classes.codes), -1)
    return (kind[:, None] == np.arange(3)).astype(np.int64)


def _hazards_by_group(day: Snapshot, rows: np.ndarray, view: ViewState, kinds: Kinds, t: Translator) -> None:
    shown = [g for g, group in enumerate(HAZARD_GROUPS) if view.filters.hazard_group in (None, group)]
    open_, overdue, ever = (
        day.hazards[state][rows].sum(axis=0, dtype=np.int64) for state in ("open", "overdue", "ever")
    )
    closed = ever - open_ if view.filters.hazard_state == "ever" else np.zeros_like(ever)
    counts = np.stack([overdue, open_ - overdue, closed], axis=1)[shown]
    shown = [g for g, count in zip(shown, counts.sum(axis=1).tolist(), strict=True) if count]
    counts = counts[counts.any(axis=1)]
    names = [t(f"hazard.{HAZARD_GROUPS[g]}") for g in shown]
    bars = [("hazard", HAZARD_GROUPS[g]) for g in shown]
    show_chart(_bars(counts, names, kinds, t("chart.hazards_by_group")), "by-group", bars)


def _caption(day: Snapshot, rows: np.ndarray, view: ViewState, t: Translator) -> str:
    """The number of the first card above the map, and how many of these the charts are about."""
    n = f"{int(rows.sum()):,}"
    if view.theme == "hazards":
        state = "ever" if view.filters.hazard_state == "ever" else "open"
        hazards = summaries.hazard_counts(day, state, view.filters.hazard_group)[rows]
        key = "chart.caption_hazards_ever" if state == "ever" else "chart.caption_hazards"
        return t(key, day=view.on, n=n, m=f"{int((hazards > 0).sum()):,}", k=f"{int(hazards.sum()):,}")
    if view.theme == "vacant":
        vacant = day.vacant[rows]
        with_vacant, homes = f"{int((vacant > 0).sum()):,}", f"{int(vacant.sum()):,}"
        return t("chart.caption_vacant", day=view.on, n=n, m=with_vacant, k=homes)
    return t("chart.caption_density", day=view.on, n=n)
