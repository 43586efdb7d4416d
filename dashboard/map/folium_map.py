"""The map itself: the base map that stays, and the layer that is exchanged when the view changes."""

import shapely
import streamlit as st
from streamlit_folium import st_folium

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.city_map import CLICKED, MAP_HEIGHT_PX, city_base_map
from dashboard.look.legend import area_rows
from dashboard.map.layers.credit import credit_group
from dashboard.map.layers.layer_settings import flight_to, layer_settings
from dashboard.themes.registry import OVERLAYS, theme_named
from dashboard.view.basemap import basemap
from dashboard.view.labels import theme_name
from dashboard.view.view_state import ViewState, layer_query
from data.access.roles import AccessScope
from data.db.tables import id_in

Choice = tuple[str, str]  # a filter and its value
NARROW = "narrow"  # so begins what the legend sends


def city_map(
    scope: AccessScope, context: CityContext, view: ViewState, open_building: tuple[float, float] | None, t: Translator
) -> int | Choice | None:
    """Draws the map; what was clicked since the last time: a building's id, or a line of the legend as a filter and its
    value. A newer version of the city that the map has noticed comes the same way and has done its work with this very
    run.

    open_building: its latitude and longitude, in the datum of the base map.
    """
    answer = st_folium(
        city_base_map(context, t, view.on),
        key=f"map-{view.city}-{view.language}",
        feature_group_to_add=credit_group(_settings(scope, context, view, open_building, t)),
        returned_objects=CLICKED,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
    )
    return _newly_clicked(answer if isinstance(answer, dict) else {}, view)


def _newly_clicked(answer: dict, view: ViewState) -> int | Choice | None:
    count, clicks_key = answer.get("last_object_clicked_count") or 0, f"clicks-{view.city}-{view.language}"
    count_before = st.session_state.get(clicks_key, 0)
    st.session_state[clicks_key] = count if isinstance(count, int) else count_before
    clicked = answer.get("last_object_clicked_tooltip")
    if not isinstance(count, int) or not isinstance(clicked, str) or count <= count_before:  # whatever a browser sends
        return None
    kind, _, said = clicked.partition(" ")
    name, _, value = said.partition("=")
    return (name, value) if kind == NARROW and value else id_in(clicked)


def _settings(
    scope: AccessScope, context: CityContext, view: ViewState, open_building: tuple[float, float] | None, t: Translator
) -> dict:
    theme = theme_named(view.theme, context.editions)
    rows = theme.legend(t, view.filters) + [OVERLAYS[name].legend_row(t) for name in view.overlays]
    if view.outlines:
        rows += area_rows(city_cache.choropleth(scope, view, view.outlines).classes)
    return layer_settings(
        query=layer_query(view, context.options) | {"v": f"{context.version.cache_key}.{scope.cache_key[:8]}"},
        version=context.version.cache_key,
        symbols=theme.symbols(),
        badges={name: overlay.symbols for name, overlay in OVERLAYS.items()},
        rows=rows,
        title=theme_name(context, view.theme, t),
        coloured=(view.outlines, view.language) if view.outlines else None,
        place=open_building,
        flight=_flight(context, view),
        t=t,
    )


def _flight(context: CityContext, view: ViewState) -> dict:
    """To the areas that the filter leaves."""
    outlines = context.areas.loc[context.areas["id"].isin(view.filters.areas), "outline"].to_numpy()
    if not len(outlines):
        return flight_to(view.city, (), None)
    west, south, east, north = shapely.total_bounds(outlines).round(6).tolist()
    return flight_to(view.city, view.filters.areas, basemap().shifted_bounds((west, south, east, north)))
