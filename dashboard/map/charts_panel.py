"""Distribution and trend of the chosen buildings, beside the map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from plotly.graph_objects import Figure

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.charts.bar_chart import BarChart
from dashboard.charts.distribution import composition, grade_counts
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.charts.trend import grade_lines, grade_trend
from dashboard.i18n import Translator
from dashboard.look.bars import bars
from dashboard.look.palette import Symbol, symbols
from dashboard.look.plain_text import as_text
from dashboard.map.selection import on_bar
from dashboard.view.labels import grade_names, level_name, theme_name
from dashboard.view.view_state import ViewState, list_of
from data.access.roles import AccessScope
from data.city import summaries
from data.city.filters import UNRATED
from data.city.snapshots import Snapshot
from scoring.studies.counts import counts_by_month
from scoring.studies.counts import grade_counts as count_grades

MOST_AREAS = 24  # more bars than this cannot be read side by side; the worst are kept
AGE_NAMES = ("age_30", "age_90", "age_180", "age_365", "age_more", "age_never")


@dataclass(frozen=True, eq=False)
class Groups:
    """A way of grouping buildings. of: the group of each, -1 none, int64 (n,); names: what the groups are called.

    filters: the value of the filter that leaves each alone; none where there is no such filter.
    """

    of: np.ndarray
    names: Sequence[str]
    filters: Sequence[str] = ()

    def outside(self, rows: np.ndarray) -> int:
        """Chosen buildings that are in none of the groups."""
        return int((rows & (self.of < 0)).sum())


def areas_of(context: CityContext, day: Snapshot, level: str, t: Translator) -> Groups:
    areas = city_cache.level_areas(context, level, day.on)
    names = [context.area_name[area][t.language != "zh"] for area in areas["id"]]
    filters = [list_of([f"{level}:{code}"]) for code in areas["code"]]
    return Groups(summaries.area_places(day, level, areas["id"].to_numpy()), names, filters)


def uses_of(day: Snapshot, t: Translator) -> Groups:
    uses = day.city_facts.buildings["uses"].tolist()
    names = [t(f"use.{use}") if f"use.{use}" in t else use for use in uses]
    return Groups(day.city_facts.buildings["use"].astype(np.int64), names)


def ages_of(day: Snapshot, t: Translator) -> Groups:
    return Groups(summaries.age_places(day), [t(f"chart.{name}") for name in AGE_NAMES])


def distribution(
    context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str, view: ViewState, t: Translator
) -> None:
    names, grade_symbols = _classes(context, rule_set, t)
    counts = count_grades(day.grades[rule_set], len(names) - 1, rows).tolist()
    by_grade = grade_counts(counts, names, grade_symbols, theme_name(context, rule_set, t))
    show_bars(by_grade, "by-grade", [(rule_set, code) for code in (*context.options.grades[rule_set], UNRATED)])
    level, areas = compared_level(context, view), None
    if level is not None:
        areas = areas_of(context, day, level, t)
        _by_area(context, day, rows, rule_set, areas, level_name(context, level, t), t)
    for name, groups in (("use", uses_of(day, t)), ("age", ages_of(day, t))):
        by_group = summaries.grades_by(day, rule_set, rows, groups.of, len(groups.names))
        titles = (t(f"chart.by_{name}"), t(f"chart.buildings_by_{name}"))
        if by_group.any():
            show_bars(composition(by_group, groups.names, names, grade_symbols, titles), f"by-{name}")
    caption = t("chart.caption", day=view.on, n=f"{int(rows.sum()):,}")
    st.caption(as_text(" ".join([caption, *outside_of(context, areas, level, rows, t)])))


def _by_area(
    context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str, areas: Groups, level: str, t: Translator
) -> None:
    """level: its name."""
    names, grade_symbols = _classes(context, rule_set, t)
    by_area = summaries.grades_by(day, rule_set, rows, areas.of, len(areas.names))
    is_one_grade = np.count_nonzero(by_area.sum(axis=0)) < 2
    weight = by_area.sum(axis=1) if is_one_grade else np.nan_to_num(summaries.low_share(by_area), nan=-1)
    worst = np.argsort(-weight, kind="stable")[:MOST_AREAS]
    worst = worst[by_area[worst].sum(axis=1) > 0]
    titles = (t("chart.by_area", level=level), t("chart.buildings_by_area", level=level))
    chart = composition(by_area[worst], [areas.names[n] for n in worst], names, grade_symbols, titles)
    show_bars(chart, "by-area", [("area", areas.filters[n]) for n in worst], alone=True)


def outside_of(
    context: CityContext, areas: Groups | None, level: str | None, rows: np.ndarray, t: Translator
) -> list[str]:
    """What the chart by area leaves out, so that its bars add up to the one number that is said."""
    if areas is None or level is None:
        return []
    name, outside = level_name(context, level, t), areas.outside(rows)
    with_buildings = len(np.unique(areas.of[rows & (areas.of >= 0)]))
    told = [t("chart.outside", n=f"{outside:,}", level=name)] if outside else []
    return [*told, t("chart.first_areas", n=MOST_AREAS, level=name)] if with_buildings > MOST_AREAS else told


def trend(
    scope: AccessScope, context: CityContext, rows: np.ndarray, rule_set: str, view: ViewState, t: Translator
) -> None:
    history = city_cache.history(scope, view.city, context.version, rule_set)
    if history is None:
        st.info(t("chart.no_trend"))
        return
    names, grade_symbols = _classes(context, rule_set, t)
    shown = history.days <= np.datetime64(view.on, "D")
    counts = counts_by_month(history.grades[shown], len(names) - 1, rows)
    title = theme_name(context, rule_set, t)
    _show_figure(grade_trend(history.days[shown], counts, names, grade_symbols, title), "trend")
    low = summaries.low_grades(len(names) - 1)
    if low:
        _show_figure(grade_lines(history.days[shown], counts, names[:low], grade_symbols, t("figure.low")), "trend-low")
    st.caption(t("chart.trend_caption", day=as_text(view.on), n=f"{int(rows.sum()):,}"))


def _classes(context: CityContext, rule_set: str, t: Translator) -> tuple[list[str], tuple[Symbol, ...]]:
    names = grade_names(context, rule_set, t)
    return list(names.values()), symbols(context.options.grades[rule_set])


def compared_level(context: CityContext, view: ViewState) -> str | None:
    """One level below the single area chosen; else the widest level that has several areas. None without areas."""
    levels = context.options.levels
    if not levels:
        return None
    if len(view.areas) == 1:
        below = levels.index(view.areas[0].split(":")[0]) + 1
        return levels[min(below, len(levels) - 1)]
    return next((level for level in levels if len(city_cache.level_areas(context, level, view.on)) > 1), levels[0])


def show_bars(chart: BarChart, name: str, values: Sequence[tuple[str, str]] = (), alone: bool = False) -> None:
    """values: the filter and the value that a click on each bar chooses, in their order; none of a chart without."""
    bars(chart, name, on_bar(name, values, alone) if values else None)


def _show_figure(figure: Figure, name: str) -> None:
    st.plotly_chart(without_markup(figure), width="stretch", config=PLOTLY_CONFIG, key=name)
