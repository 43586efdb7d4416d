"""The map itself: the ground that stays, and the layer that is exchanged when the view changes."""

from urllib.parse import urlencode

import streamlit as st
from streamlit_folium import st_folium

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import LAND, LINE
from dashboard.map.layers.base_map import base_map
from dashboard.map.layers.credit import credit_group
from dashboard.map.layers.layer_settings import area_settings, layer_settings, legend_rows, share_rows, theme_symbols
from dashboard.map.sidebar import level_name, theme_name
from dashboard.view.basemap import basemap
from dashboard.view.map_themes import HAZARD_THEME, VACANT_THEME
from dashboard.view.view_state import ViewState, drawing_query
from data.access.roles import AccessScope
from data.city.summaries import low_grades

HEIGHT = 610
CLICKED = ["last_object_clicked_tooltip", "last_object_clicked_count"]


def city_map(
    scope: AccessScope, context: CityContext, view: ViewState, place: tuple[float, float] | None, t: Translator
) -> int | None:
    """Draws the map; the id of a building clicked since the last time, else None.

    place: latitude and longitude of the open building, in the datum of the ground.
    """
    answer = st_folium(
        ground(context, view, t),
        key=f"map-{view.city}-{view.language}",
        feature_group_to_add=credit_group(settings(scope, context, view, place, t)),
        returned_objects=CLICKED,
        height=HEIGHT,
        use_container_width=True,
    )
    return _newly_clicked(answer or {}, view)


def _newly_clicked(answer: dict, view: ViewState) -> int | None:
    count, seen = answer.get("last_object_clicked_count") or 0, f"clicks-{view.city}-{view.language}"
    before = st.session_state.get(seen, 0)
    st.session_state[seen] = count
    building = answer.get("last_object_clicked_tooltip")
    return int(building) if count > before and building else None


def ground(context: CityContext, view: ViewState, t: Translator):
    service = basemap()
    levels = context.options.levels
    query = urlencode({"city": view.city, "lang": view.language})
    grounds = (
        [] if service.url else [area_settings(levels[0], query, fill=LAND, line="#8797a6", width=1.4, names=False)]
    )
    if len(levels) > 1:
        grounds.append(area_settings(levels[1], query, line=LINE, width=0.8))
    else:
        grounds = [area_settings(levels[0], query, fill="" if service.url else LAND)] if levels else []
    search = {
        "query": urlencode({"city": view.city}),
        "placeholder": t("map.search"),
        "nothing": t("map.nothing"),
    }
    return base_map(context.bounds, grounds, search, (service.url, service.credit) if service.url else None)


def settings(
    scope: AccessScope, context: CityContext, view: ViewState, place: tuple[float, float] | None, t: Translator
) -> dict:
    edition = context.editions.get(view.theme)
    rows = legend_rows(view.theme, edition, view.overlays, t)
    if view.outlines:
        bounds = city_cache.choropleth(scope, view, view.outlines).bounds
        rows += share_rows(bounds, shares=edition is not None or view.theme == HAZARD_THEME)
    return layer_settings(
        query=drawing_query(view, context.options) | {"v": f"{context.version.cache_key}.{scope.cache_key[:8]}"},
        symbols=theme_symbols(view.theme, edition),
        rows=rows,
        title=theme_name(context, view.theme, t),
        coloured=(view.outlines, view.language) if view.outlines else None,
        place=place,
        t=t,
    )


def outlines_caption(context: CityContext, view: ViewState, t: Translator) -> str | None:
    """What coloured areas show, in words."""
    if not view.outlines:
        return None
    level, edition = level_name(context, view.outlines, t), context.editions.get(view.theme)
    if edition is not None:
        low = edition.grades[: low_grades(len(edition.grades))]
        return t("map.area_shares", level=level, what="/".join(t.of(grade.name) for grade in low))
    if view.theme == HAZARD_THEME:
        return t("map.area_shares", level=level, what=t("map.open_hazards"))
    counted = "map.vacant_number" if view.theme == VACANT_THEME else "map.buildings_number"
    return t("map.area_numbers", level=level, what=t(counted))
