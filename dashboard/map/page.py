"""The map page: figures, map, charts and the building card, all of one view."""

from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.building.card import building_card
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.exports.menu import export_menu
from dashboard.i18n import Translator, translator
from dashboard.look.plain_text import as_html, as_text
from dashboard.look.stat_cards import figure_strip
from dashboard.map import sidebar
from dashboard.map.building_list import building_list
from dashboard.map.caption import map_caption
from dashboard.map.charts_panel import distribution, trend
from dashboard.map.folium_map import city_map
from dashboard.map.selection import chips, choose
from dashboard.map.theme_charts import theme_distribution
from dashboard.shell.page_header import header, no_city
from dashboard.themes.registry import THEMES
from dashboard.view.basemap import basemap
from dashboard.view.view_state import ViewState
from data.access.roles import AccessScope
from data.city import queries
from data.city.building_report import BuildingReport, building_report
from data.city.snapshots import Snapshot
from data.db.engine import reading
from geo.coordinates import from_wgs84

STYLE = Path(__file__).with_name("map.css")
PANELS = ("distribution", "list", "trend", "card")


def show() -> None:
    scope = user_with("buildings").scope
    opened = sidebar.view_chosen(scope)
    if opened is None:
        no_city()
        return
    context, view, unknown = opened
    t = translator(view.language)
    with st.container(key="map-bar"):
        st.html(STYLE)
        header(context, view, unknown, t)
        with st.spinner(t("shell.preparing", day=as_text(view.on))):
            day = city_cache.snapshot(scope, view.city, context.version, view.on)
        rows = city_cache.selected_buildings(scope, view.city, context.version, view.on, view.filters)
        rule_set = view.theme if view.theme in context.editions else next(iter(context.editions), None)
        figure_strip(context, day, rows, rule_set, view.filters, t)
    report = _report(scope, context, view)
    with st.container(key="city-map"):
        chips(context, view, t)
        clicked = city_map(scope, context, view, _position(report), t)
        if clicked is not None:  # at once: a run that is broken off further down would forget the click
            _follow_click(scope, context, clicked)
        with st.container(key="drawer"):
            _sheet_handle(t)
            panel = _panel(view, t)
            if panel == "card":
                _card(context, view, report, rule_set, t)
            elif panel == "list":
                listed = building_list(scope, context, day, rows, rule_set, t)
                if listed is not None:
                    _open(scope, context, listed)
            elif panel is not None:
                _charts(scope, context, day, rows, rule_set, view, t, is_trend=panel == "trend")
            if panel is not None:
                export_menu(scope, context, view, rows, t)
                map_caption(scope, context, view, rows, t)


def _sheet_handle(t: Translator) -> None:
    """What a phone's sheet is drawn up by, see assets/bottom-sheet.js; a wider window does not show it."""
    label = as_html(t("map.sheet"))
    st.html(f"<div class='sheet-handle' role='button' tabindex='0' aria-label='{label}'></div>")


def _charts(
    scope: AccessScope,
    context: CityContext,
    day: Snapshot,
    rows: np.ndarray,
    rule_set: str | None,
    view: ViewState,
    t: Translator,
    *,
    is_trend: bool,
) -> None:
    if view.theme in THEMES and not is_trend:
        theme_distribution(context, day, rows, view, t)
    elif rule_set is None:
        st.info(t("chart.no_grades"))
    elif is_trend:
        trend(scope, context, rows, rule_set, view, t)
    else:
        distribution(context, day, rows, rule_set, view, t)


def _panel(view: ViewState, t: Translator) -> str | None:
    """Which panel the drawer shows, None for a closed one; a building just opened brings its card forward."""
    if st.session_state.get("card_of") != view.building:
        st.session_state["card_of"] = view.building
        st.session_state["panel"] = "card" if view.building else "distribution"
    st.session_state.setdefault("panel", "distribution")
    return st.segmented_control(
        t("chart.panel"),
        PANELS,
        format_func=lambda panel: t(f"chart.{panel}"),
        key="panel",
        label_visibility="collapsed",
    )


def _report(scope: AccessScope, context: CityContext, view: ViewState) -> BuildingReport | None:
    if not view.building:
        return None
    with reading(city_cache.database(), scope) as session:
        return building_report(session, scope, context.city, context.city_facts, view.building, view.on)


def _position(report: BuildingReport | None) -> tuple[float, float] | None:
    """Latitude and longitude of the open building as the base map draws it."""
    if report is None or report.building.lon is None or report.building.lat is None or report.building.off_map:
        return None
    lon, lat = from_wgs84(report.building.lon, report.building.lat, basemap().datum)
    return float(lat), float(lon)


def _card(
    context: CityContext, view: ViewState, report: BuildingReport | None, rule_set: str | None, t: Translator
) -> None:
    if not view.building:
        st.info(t("card.none"))
        return
    if report is None:
        st.warning(t("card.missing", code=as_text(view.building)))
        is_closed = st.button(t("card.close"), width="stretch")
    else:
        is_closed = building_card(context, report, rule_set, t)
    if is_closed:
        sidebar.open_building(None)


def _follow_click(scope: AccessScope, context: CityContext, clicked: int | tuple[str, str]) -> None:
    if isinstance(clicked, int):
        _open(scope, context, clicked)
    else:
        choose(*clicked)
        st.rerun()


def _open(scope: AccessScope, context: CityContext, building_id: int) -> None:
    with reading(city_cache.database(), scope) as session:
        building = queries.building_by_id(session, scope, context.city, building_id)
        code = building.code if building else None
    if code:
        st.session_state["card_of"] = None  # its card comes forward even when it was open already
        sidebar.open_building(code)


show()
