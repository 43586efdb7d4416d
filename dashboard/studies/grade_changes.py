"""Who moved between two ratings: in figures, as a flow, on the map, by area and house by house."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from dashboard.cache import shared_results
from dashboard.cache.city_cache import database, level_areas
from dashboard.charts.flow import grade_flow
from dashboard.look.legend import LegendRow
from dashboard.look.palette import MOVED, symbols
from dashboard.map.charts_panel import PLAIN
from dashboard.map.folium_map import CLICKED, HEIGHT, ground
from dashboard.map.layers.credit import credit_group
from dashboard.map.layers.layer_settings import layer_settings
from dashboard.map.sidebar import level_name
from dashboard.studies.study_context import Study
from dashboard.view.view_state import ViewState
from data.city import queries
from data.city.summaries import places_in
from data.db.engine import reading
from data.db.models.city import LEVELS
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, WORSE, directions, directions_by, flow

MOST_LISTED = 500  # more nobody reads; the rest is said to be there


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two gradings of the same buildings. before, after: int8 (n,), places in the grades of `edition`.

    sides: what each is called on the screen.
    """

    study: Study
    edition: Edition
    before: np.ndarray
    after: np.ndarray
    sides: tuple[str, str]

    @property
    def names(self) -> list[str]:
        """What the grades are called, worst first, and last the unrated."""
        t = self.study.t
        return [*(t.of(grade.name) for grade in self.edition.grades), t("grade.unrated")]

    @cached_property
    def way(self) -> np.ndarray:
        """WORSE, SAME or BETTER of the buildings looked at; -1 for the others."""
        return np.where(self.study.rows, directions(self.before, self.after), np.int8(-1))


def flow_chart(of: Comparison, title: str, key: str) -> None:
    names, rows = of.names, of.study.rows
    counts = flow(of.before[rows], of.after[rows], len(names) - 1)
    drawn = symbols(tuple(grade.code for grade in of.edition.grades))
    st.plotly_chart(grade_flow(counts, names, drawn, of.sides, title), width="stretch", config=PLAIN, key=key)


def moves_map(of: Comparison, key: str) -> None:
    """Those who got worse or better; a click names the building and links to its card."""
    study, t = of.study, of.study.t
    way = of.way
    kept = shared_results.store_changes(way)
    context = study.context
    view = ViewState(study.code, context.options.last_day, context.options.themes[0], t.language)
    rows = [LegendRow(f"c{n}", t(f"moves.{name}"), MOVED[n]) for n, name in enumerate(("worse", "better"))]
    settings = layer_settings(
        query={"city": study.code, "moves": kept, "v": f"{context.version.cache_key}.{study.scope.cache_key[:8]}"},
        symbols=(*MOVED, MOVED[0]),
        badges={},
        rows=rows,
        title=t("moves.on_the_map"),
        coloured=None,
        place=None,
        t=t,
    )
    answer = st_folium(
        ground(context, view, t),
        key=f"{key}-{study.code}-{t.language}",
        feature_group_to_add=credit_group(settings),
        returned_objects=CLICKED,
        height=HEIGHT - 110,
        use_container_width=True,
    )
    clicked = (answer or {}).get("last_object_clicked_tooltip")
    if clicked:
        _named(of, int(clicked))


def _named(of: Comparison, building_id: int) -> None:
    study = of.study
    with reading(database(), study.scope) as session:
        building = queries.building_by_id(session, study.scope, study.context.city, building_id)
        told = building and (building.name or building.address or building.code, building.code)
    if told:
        name, code = told
        st.link_button(study.t("moves.open", name=name), card_address(study, code), icon=":material/home:")


def card_address(study: Study, code: str) -> str:
    return f"/?{urlencode({'city': study.code, 'building': code, 'lang': study.t.language})}"


def by_area(of: Comparison, visits: tuple[np.ndarray, np.ndarray] | None = None) -> None:
    """A table of areas: who got worse and better there. visits: a week per building of each grade, before and after."""
    study, t = of.study, of.study.t
    level = level_compared(study)
    areas = level_areas(study.context, level)
    place = places_in(study.context.city_facts.buildings[level], areas["id"].to_numpy())
    counted = directions_by(of.way, place, len(areas))
    english = t.language != "zh"
    columns = {
        level_name(study.context, level, t): [study.context.area_name[area][english] for area in areas["id"]],
        t("moves.rated_twice"): counted.sum(axis=1),
        t("moves.worse"): counted[:, WORSE],
        t("moves.better"): counted[:, BETTER],
    }
    if visits is not None:
        for side, per_building, grade in zip(("before", "after"), visits, (of.before, of.after), strict=True):
            asked = np.where(study.rows, per_building[grade], 0)
            weekly = np.bincount(place[place >= 0], asked[place >= 0], minlength=len(areas))
            columns[t(f"moves.visits_{side}")] = weekly.round(1)
    table = pd.DataFrame(columns)[counted.sum(axis=1) > 0]
    table = table.sort_values(t("moves.worse"), ascending=False)
    st.dataframe(table, hide_index=True, width="stretch", height=min(38 + 35 * len(table), 420))


def level_compared(study: Study) -> str:
    """The widest level of which several areas hold buildings looked at; else the narrowest there is."""
    buildings = study.context.city_facts.buildings
    for level in LEVELS:
        if level in study.context.options.levels and len(np.unique(buildings[level][study.rows])) > 1:
            return level
    return study.context.options.levels[-1]


def houses(of: Comparison, rows: np.ndarray, key: str) -> None:
    """A table of the buildings in `rows` (row numbers), each with a link to its card."""
    study, t = of.study, of.study.t
    shown = rows[:MOST_LISTED]
    ids = study.context.city_facts.buildings["id"][shown].tolist()
    with reading(database(), study.scope) as session:
        found = {one.id: one for one in queries.building_rows(session, study.scope, study.context.city, ids)}
    there = [(row, found[one]) for row, one in zip(shown.tolist(), ids, strict=True) if one in found]
    table = pd.DataFrame(
        {
            t("moves.house"): [one.name or one.address or one.code for _, one in there],
            of.sides[0]: [of.names[of.before[row]] for row, _ in there],
            of.sides[1]: [of.names[of.after[row]] for row, _ in there],
            t("moves.card"): [card_address(study, one.code) for _, one in there],
        }
    )
    link = st.column_config.LinkColumn(display_text=t("moves.to_card"), width="small")
    st.dataframe(
        table, hide_index=True, width="stretch", height=min(38 + 35 * len(table), 420), key=key,
        column_config={t("moves.card"): link},
    )  # fmt: skip
    if len(rows) > MOST_LISTED:
        st.caption(t("moves.more", shown=f"{MOST_LISTED:,}", n=f"{len(rows):,}"))


def moved_rows(of: Comparison) -> np.ndarray:
    """Row numbers of those who moved, the longest falls first, then the longest rises."""
    way = of.way
    rows = np.flatnonzero((way == WORSE) | (way == BETTER))
    by_how_far = of.after[rows].astype(int) - of.before[rows]
    return rows[np.argsort(by_how_far, kind="stable")]
