"""What every page says of itself: its name, that an invented district is invented, what was passed over."""

import numpy as np
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import Words, words
from dashboard.map.folium_map import outlines_caption
from dashboard.view.view_state import View
from data.access.roles import Viewer
from data.city import queries
from data.db.engine import reading


def no_city() -> None:
    for language in ("zh", "en"):
        st.info(words(language)("app.no_city"))


def header(opened: OpenCity, view: View, unknown: tuple[str, ...], say: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown(f"### {say('app.title')} · {say.either(opened.city.names)}")
        st.badge(say("app.as_of", day=view.on), icon=":material/calendar_today:", color="blue")
        if opened.city.invented:
            st.badge(say("app.invented"), icon=":material/info:", color="orange")
    if unknown:
        st.warning(say("app.unknown", names=", ".join(unknown)[:200]))


def below_the_map(viewer: Viewer, opened: OpenCity, view: View, rows: np.ndarray, say: Words) -> None:
    if not rows.any():
        st.warning(say("map.nothing_selected"))
    lines = [outlines_caption(opened, view, say), say("map.hint"), *_left_out(viewer, opened, say)]
    if opened.city.licence and not opened.city.invented:
        lines.append(say("app.licence", licence=opened.city.licence))
    st.caption("  \n".join(line for line in lines if line))


def _left_out(viewer: Viewer, opened: OpenCity, say: Words) -> list[str]:
    """What the map does not show: buildings without a place, rows that were not taken in."""
    with reading(city_cache.database(), viewer) as session:
        kept = queries.rows_kept_off_the_map(session, viewer, opened.city)
        set_aside = queries.rows_set_aside(session, viewer, opened.city)
    lines = []
    if kept:
        reasons = "; ".join(f"{say.side(reason)} {n:,}" for reason, n in kept.items())
        lines.append(say("map.off_map", n=f"{sum(kept.values()):,}", reasons=reasons))
    if set_aside:
        lines.append(say("map.set_aside", n=f"{set_aside:,}"))
    return lines
