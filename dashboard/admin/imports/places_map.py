"""Where the rows of a file lie, on the ground of their city: the buildings taken in, or the rows set aside."""

from collections.abc import Sequence
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from dashboard.cache import city_cache
from dashboard.i18n import Translator
from dashboard.map.layers.ground_settings import ground_settings
from dashboard.map.layers.points import points_map
from dashboard.view.basemap import basemap
from data.access.roles import AccessScope
from data.errors import DataError
from data.importing.writing.result import Outcome
from geo.coordinates import from_wgs84

MOST_POINTS = 2_000  # more would only cover each other on a map of this size
HEIGHT = 340
TAKEN, REJECTED = "#1f5fa8", "#b3261e"


def buildings_map(scope: AccessScope, city: str, outcome: Outcome, key: str, t: Translator) -> None:
    """The file's buildings; a share of them where they are many."""
    if not len(outcome.places):
        return
    drawn = _map(scope, city, outcome.places, TAKEN, key, t)
    caption = "imports.places" if drawn == len(outcome.places) else "imports.places_some"
    st.caption(t(caption, n=f"{len(outcome.places):,}", drawn=f"{drawn:,}"))


def rejected_map(scope: AccessScope, city: str, outcome: Outcome, key: str, t: Translator) -> None:
    """The rows set aside that say where they lie; nothing where none does."""
    places = outcome.rejected_places[np.isfinite(outcome.rejected_places).all(axis=1)]
    if not len(places):
        return
    drawn = _map(scope, city, places, REJECTED, key, t, beside=_corners(scope, city))
    st.caption(t("imports.rejected_places", n=f"{len(places):,}", of=f"{len(outcome.faults):,}", drawn=f"{drawn:,}"))


def _map(
    scope: AccessScope,
    city: str,
    places: np.ndarray,
    colour: str,
    key: str,
    t: Translator,
    beside: Sequence[Sequence[float]] = (),
) -> int:
    """How many of the places are drawn. places: lon, lat in WGS 84 degrees, shape (places, 2), at least one.

    beside: latitude, longitude of what is to be in sight too.
    """
    sample = places[np.linspace(0, len(places) - 1, min(len(places), MOST_POINTS)).astype(int)]
    service = basemap()
    lon, lat = from_wgs84(sample[:, 0], sample[:, 1], service.datum)
    small = points_map(
        np.column_stack([lat, lon]).round(6).tolist(),
        colour,
        _grounds(scope, city, t, bool(service.url)),
        (service.url, service.credit) if service.url else None,
        beside,
    )
    st_folium(small, key=key, height=HEIGHT, use_container_width=True, returned_objects=[])
    return len(sample)


def _corners(scope: AccessScope, city: str) -> list[list[float]]:
    """South-west and north-east of the city, so that one sees how far from it something lies; none of a new one."""
    try:
        west, south, east, north = city_cache.city_context(scope, city).bounds
    except DataError:
        return []
    return [[south, west], [north, east]]


def _grounds(scope: AccessScope, city: str, t: Translator, tiles: bool) -> list[dict]:
    """The city's own outlines, where it has any that can be drawn already."""
    try:
        levels = city_cache.city_context(scope, city).options.levels
    except DataError:
        return []
    query = urlencode({"city": city, "lang": t.language})
    return [ground_settings(levels[:1], query, ground=None, own=None, over_tiles=tiles)] if levels else []
