"""Distribution and trend of the chosen buildings, beside the map."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from plotly.graph_objects import Figure

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.charts.distribution import grade_counts, grade_shares
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.charts.trend import grade_lines, grade_trend
from dashboard.i18n import Translator
from dashboard.look.palette import Symbol, symbols
from dashboard.look.plain_text import as_text
from dashboard.map.selection import chart_key, on_bar
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


def distribution(
    context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str, view: ViewState, t: Translator
) -> None:
    names, grade_symbols = _classes(context, rule_set, t)
    counts = count_grades(day.grades[rule_set], len(names) - 1, rows).tolist()
    by_grade = grade_counts(counts, names, grade_symbols, theme_name(context, rule_set, t))
    _show(by_grade, "by-grade", [(rule_set, code) for code in (*context.options.grades[rule_set], UNRATED)])
    level = _compared_level(context, view)
    if level is not None:
        _by_area(context, day, rows, rule_set, level, t)
    uses = day.city_facts.buildings["uses"].tolist()
    by_use = summaries.grades_by(day, rule_set, rows, day.city_facts.buildings["use"].astype(np.int64), len(uses))
    used = np.flatnonzero(by_use.sum(axis=1))
    use_names = [t(f"use.{uses[use]}") if f"use.{uses[use]}" in t else uses[use] for use in used]
    if len(used):
        _show(grade_shares(by_use[used], use_names, names, grade_symbols, t("chart.by_use")), "by-use")
    ages = [t(f"chart.{name}") for name in AGE_NAMES]
    by_age = summaries.grades_by(day, rule_set, rows, summaries.age_places(day), len(ages))
    _show(grade_shares(by_age, ages, names, grade_symbols, t("chart.by_age")), "by-age")
    st.caption(t("chart.caption", day=as_text(view.on), n=f"{int(rows.sum()):,}"))


def _by_area(context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str, level: str, t: Translator) -> None:
    names, grade_symbols = _classes(context, rule_set, t)
    areas = city_cache.level_areas(context, level, day.on)
    area_of = summaries.area_places(day, level, areas["id"].to_numpy())
    by_area = summaries.grades_by(day, rule_set, rows, area_of, len(areas))
    area_names = [context.area_name[area][t.language != "zh"] for area in areas["id"]]
    worst = np.argsort(-np.nan_to_num(summaries.low_share(by_area), nan=-1), kind="stable")[:MOST_AREAS]
    worst = worst[by_area[worst].sum(axis=1) > 0]
    title = t("chart.by_area", level=level_name(context, level, t))
    chart = grade_shares(by_area[worst], [area_names[n] for n in worst], names, grade_symbols, title)
    codes = [list_of([f"{level}:{code}"]) for code in areas["code"].iloc[worst]]
    _show(chart, "by-area", [("area", code) for code in codes], alone=True)


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
    _show(grade_trend(history.days[shown], counts, names, grade_symbols, title), "trend")
    low = summaries.low_grades(len(names) - 1)
    if low:
        _show(grade_lines(history.days[shown], counts, names[:low], grade_symbols, t("figure.low")), "trend-low")
    st.caption(t("chart.trend_caption", day=as_text(view.on), n=f"{int(rows.sum()):,}"))


def _classes(context: CityContext, rule_set: str, t: Translator) -> tuple[list[str], tuple[Symbol, ...]]:
    names = grade_names(context, rule_set, t)
    return list(names.values()), symbols(context.options.grades[rule_set])


def _compared_level(context: CityContext, view: ViewState) -> str | None:
    """One level below the single area chosen; else the widest level that has several areas. None without areas."""
    levels = context.options.levels
    if not levels:
        return None
    if len(view.areas) == 1:
        below = levels.index(view.areas[0].split(":")[0]) + 1
        return levels[min(below, len(levels) - 1)]
    return next((level for level in levels if len(city_cache.level_areas(context, level, view.on)) > 1), levels[0])


def _show(figure: Figure, name: str, bars: Sequence[tuple[str, str]] = (), alone: bool = False) -> None:
    """bars: the filter and the value that a click on each bar chooses, in their order; none of a chart without."""
    if not bars:
        st.plotly_chart(without_markup(figure), width="stretch", config=PLOTLY_CONFIG, key=name)
        return
    key = chart_key(name)
    with st.container(key=name):
        st.plotly_chart(
            without_markup(figure),
            width="stretch",
            config=PLOTLY_CONFIG,
            key=key,
            on_select=on_bar(key, bars, alone),
            selection_mode="points",
        )
