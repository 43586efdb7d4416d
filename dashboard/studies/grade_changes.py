"""Which grades changed between two ratings: as a flow, on the map, by area and building by building."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from dashboard.cache import shared_results
from dashboard.cache.city_cache import database, level_areas
from dashboard.charts.flow import End, grade_flow
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.look.carried_view import change_view
from dashboard.look.choices import row_by_id
from dashboard.look.city_map import CLICKED, MAP_HEIGHT_PX, city_base_map
from dashboard.look.legend import LegendRow
from dashboard.look.palette import CHANGED, symbols
from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table
from dashboard.map.layers.credit import credit_group
from dashboard.map.layers.layer_settings import layer_settings
from dashboard.studies.study_context import Study
from dashboard.view.labels import level_name
from dashboard.view.view_state import list_of
from data.city import queries
from data.city.summaries import places_in
from data.db.engine import reading
from data.db.models.city import LEVELS
from data.db.tables import id_in
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, WORSE, directions, directions_by, flow

MOST_PX = 420  # of a table beside a chart
MOST_LISTED = 500  # more nobody reads; the rest is said to be there


@dataclass(frozen=True, eq=False)
class GradeComparison:
    """Two gradings of the same buildings. before, after: int8 (n,), places in the grades of `edition`.

    labels: what each is called on the screen.
    """

    study: Study
    edition: Edition
    before: np.ndarray
    after: np.ndarray
    labels: tuple[str, str]

    @property
    def names(self) -> list[str]:
        """What the grades are called, worst first, and last the unrated."""
        t = self.study.t
        return [*(t.of(grade.name) for grade in self.edition.grades), t("grade.unrated")]

    @cached_property
    def direction(self) -> np.ndarray:
        """WORSE, SAME or BETTER of the buildings looked at; -1 for the others."""
        return np.where(self.study.rows, directions(self.before, self.after), np.int8(-1))


def flow_chart(
    comparison: GradeComparison,
    title: str,
    key: str,
    chosen: End = (None, None),
    on_click: Callable[[], None] | None = None,
) -> None:
    """chosen: what is drawn in full. on_click: after a click on one of its points."""
    names, rows = comparison.names, comparison.study.rows
    transition_matrix = flow(comparison.before[rows], comparison.after[rows], len(names) - 1)
    grade_symbols = symbols(tuple(grade.code for grade in comparison.edition.grades))
    st.plotly_chart(
        without_markup(grade_flow(transition_matrix, names, grade_symbols, comparison.labels, title, chosen)),
        width="stretch",
        config=PLOTLY_CONFIG,
        key=key,
        on_select="ignore" if on_click is None else on_click,
        selection_mode="points",
    )


def changes_map(comparison: GradeComparison, key: str) -> None:
    """Those who got worse or better; a click names the building and links to its card."""
    study, t = comparison.study, comparison.study.t
    direction = comparison.direction
    key_of_changes = shared_results.store_changes(direction)
    context = study.context
    rows = [LegendRow(f"c{n}", t(f"changes.{name}"), CHANGED[n]) for n, name in enumerate(("worse", "better"))]
    settings = layer_settings(
        query={
            "city": study.code,
            "moves": key_of_changes,
            "v": f"{context.version.cache_key}.{study.scope.cache_key[:8]}",
        },
        symbols=(*CHANGED, CHANGED[0]),
        badges={},
        rows=rows,
        title=t("changes.on_the_map"),
        coloured=None,
        place=None,
        t=t,
    )
    answer = st_folium(
        city_base_map(context, t, context.options.last_day),
        key=f"{key}-{study.code}-{t.language}",
        feature_group_to_add=credit_group(settings),
        returned_objects=CLICKED,
        height=MAP_HEIGHT_PX - 110,
        use_container_width=True,
    )
    clicked = answer.get("last_object_clicked_tooltip") if isinstance(answer, dict) else None
    building_id = id_in(clicked) if isinstance(clicked, str) else None  # whatever a browser sends
    if building_id is not None:
        _card_link(comparison, building_id)


def _card_link(comparison: GradeComparison, building_id: int) -> None:
    study = comparison.study
    with reading(database(), study.scope) as session:
        building = queries.building_by_id(session, study.scope, study.context.city, building_id)
        found = building and (building.name or building.address or building.code, building.code)
    if found:
        name, code = found
        st.link_button(study.t("changes.open", name=as_text(name)), card_address(study, code), icon=":material/home:")


def card_address(study: Study, code: str) -> str:
    return f"/?{urlencode({'city': study.code, 'building': code, 'lang': study.t.language})}"


def area_table(
    comparison: GradeComparison, visits: tuple[np.ndarray, np.ndarray] | None = None, choose: bool = False
) -> None:
    """A table of areas: who got worse and better there. visits: a week per building of each grade, before and after.

    choose: whether a row that is clicked becomes a filter.
    """
    study, t = comparison.study, comparison.study.t
    level = compared_level(study)
    if level is None:
        st.info(t("study.no_areas"))
        return
    areas = level_areas(study.context, level)
    area = places_in(study.context.city_facts.buildings[level], areas["id"].to_numpy())
    counts = directions_by(comparison.direction, area, len(areas))
    english = t.language != "zh"
    columns = {
        level_name(study.context, level, t): [study.context.area_name[area][english] for area in areas["id"]],
        t("changes.rated_twice"): counts.sum(axis=1),
        t("changes.worse"): counts[:, WORSE],
        t("changes.better"): counts[:, BETTER],
    }
    if visits is not None:
        for side, per_building, grade in zip(
            ("before", "after"), visits, (comparison.before, comparison.after), strict=True
        ):
            visits_a_week = np.where(study.rows, per_building[grade], 0)
            weekly = np.bincount(area[area >= 0], visits_a_week[area >= 0], minlength=len(areas))
            columns[t(f"changes.visits_{side}")] = weekly.round(1)
    table = pd.DataFrame(columns)[counts.sum(axis=1) > 0]
    table = table.sort_values(t("changes.worse"), ascending=False, kind="stable")
    if not choose:
        draw_table(table, most_px=MOST_PX)
        return
    codes = [f"{level}:{code}" for code in areas["code"].iloc[table.index]]
    chosen = row_by_id(table, codes, "changes-areas", most_px=MOST_PX)
    if chosen is not None and chosen not in study.view.areas:
        change_view(area=list_of([chosen]))
        st.rerun()


def compared_level(study: Study) -> str | None:
    """The widest level of which several areas hold buildings looked at; else the narrowest there is. None: no area."""
    buildings = study.context.city_facts.buildings
    for level in LEVELS:
        if level in study.context.options.levels and len(np.unique(buildings[level][study.rows])) > 1:
            return level
    return next(iter(study.context.options.levels[::-1]), None)


def building_table(comparison: GradeComparison, rows: np.ndarray, key: str) -> None:
    """A table of the buildings in `rows` (row numbers), each with a link to its card."""
    study, t = comparison.study, comparison.study.t
    shown = rows[:MOST_LISTED]
    ids = study.context.city_facts.buildings["id"][shown].tolist()
    with reading(database(), study.scope) as session:
        by_id = {
            building.id: building for building in queries.building_rows(session, study.scope, study.context.city, ids)
        }
    seen = [(row, by_id[number]) for row, number in zip(shown.tolist(), ids, strict=True) if number in by_id]
    table = pd.DataFrame(
        {
            t("changes.building"): [building.name or building.address or building.code for _, building in seen],
            comparison.labels[0]: [comparison.names[comparison.before[row]] for row, _ in seen],
            comparison.labels[1]: [comparison.names[comparison.after[row]] for row, _ in seen],
            t("changes.card"): [card_address(study, building.code) for _, building in seen],
        }
    )
    link = st.column_config.LinkColumn(display_text=t("changes.to_card"), width="small")
    draw_table(table, most_px=MOST_PX, key=key, column_config={t("changes.card"): link})
    if len(rows) > MOST_LISTED:
        st.caption(t("changes.more", shown=f"{MOST_LISTED:,}", n=f"{len(rows):,}"))


def changed_rows(comparison: GradeComparison) -> np.ndarray:
    """Row numbers of those whose grade changed, the longest falls first, then the longest rises."""
    direction = comparison.direction
    rows = np.flatnonzero((direction == WORSE) | (direction == BETTER))
    steps = comparison.after[rows].astype(int) - comparison.before[rows]
    return rows[np.argsort(steps, kind="stable")]
