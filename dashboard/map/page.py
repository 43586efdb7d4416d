"""The map page: figures, map, charts and the building card, all of one view."""

import streamlit as st

from dashboard.auth.request_user import visitor_with
from dashboard.building.card import building_card
from dashboard.cache import city_cache
from dashboard.cache.city_cache import OpenCity
from dashboard.exports.menu import export_menu
from dashboard.i18n import Words, words
from dashboard.look.stat_cards import figure_strip
from dashboard.map import sidebar
from dashboard.map.charts_panel import distribution, trend
from dashboard.map.folium_map import city_map
from dashboard.shell.page_header import below_the_map, header, no_city
from dashboard.view.basemap import tile_service
from dashboard.view.view_state import View
from data.access.roles import Viewer
from data.city import queries
from data.city.building_report import Card, card
from data.db.engine import reading
from geo.coordinates import from_wgs84

PANELS = ("distribution", "trend", "card")


def show() -> None:
    viewer = visitor_with("buildings").viewer
    chosen = sidebar.view_chosen(viewer)
    if chosen is None:
        no_city()
        return
    opened, view, unknown = chosen
    say = words(view.language)
    header(opened, view, unknown, say)
    with st.spinner(say("app.preparing", day=view.on), show_time=True):
        day = city_cache.snapshot(viewer, view.city, opened.version, view.on)
    rows = city_cache.chosen(viewer, view.city, opened.version, view.on, view.filters)
    rule_set = view.theme if view.theme in opened.editions else next(iter(opened.editions))
    figure_strip(opened, day, rows, rule_set, view.filters, say)
    file = _file(viewer, opened, view)
    left, right = st.columns((62, 38), gap="medium")
    with left:
        clicked = city_map(viewer, opened, view, _place(file), say)
        if clicked is not None:  # at once: a run that is broken off further down would forget the click
            _open(viewer, opened, clicked)
        export_menu(viewer, opened, view, rows, say)
        below_the_map(viewer, opened, view, rows, say)
    with right:
        panel = _panel(view, say)
        if panel == "distribution":
            distribution(viewer, opened, day, rows, rule_set, view, say)
        elif panel == "trend":
            trend(viewer, opened, rows, rule_set, view, say)
        else:
            _card(opened, view, file, rule_set, say)


def _panel(view: View, say: Words) -> str:
    """Which panel stands beside the map; a building just opened brings its card forward."""
    if st.session_state.get("card_of") != view.building:
        st.session_state["card_of"] = view.building
        st.session_state["panel"] = "card" if view.building else "distribution"
    st.session_state.setdefault("panel", "distribution")
    return st.segmented_control(
        say("chart.panel"),
        PANELS,
        format_func=lambda panel: say(f"chart.{panel}"),
        key="panel",
        required=True,
        label_visibility="collapsed",
    )


def _file(viewer: Viewer, opened: OpenCity, view: View) -> Card | None:
    if not view.building:
        return None
    with reading(city_cache.database(), viewer) as session:
        return card(session, viewer, opened.city, opened.ledger, view.building, view.on)


def _place(file: Card | None) -> tuple[float, float] | None:
    """Latitude and longitude of the open building as the ground draws it."""
    if file is None or file.building.lon is None or file.building.off_map:
        return None
    lon, lat = from_wgs84(file.building.lon, file.building.lat, tile_service().datum)
    return float(lat), float(lon)


def _card(opened: OpenCity, view: View, file: Card | None, rule_set: str, say: Words) -> None:
    if not view.building:
        st.info(say("card.none"))
        return
    if file is None:
        st.warning(say("card.missing", code=view.building))
    else:
        building_card(opened, file, rule_set, say)
    if st.button(say("card.close"), width="stretch"):
        sidebar.open_building(None)


def _open(viewer: Viewer, opened: OpenCity, building_id: int) -> None:
    with reading(city_cache.database(), viewer) as session:
        building = queries.building_by_id(session, viewer, opened.city, building_id)
        code = building.code if building else None
    if code:
        st.session_state["card_of"] = None  # its card comes forward even when it was open already
        sidebar.open_building(code)


show()
