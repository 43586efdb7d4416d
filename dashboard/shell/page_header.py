"""What every page says of itself: its name, that an invented district is invented, what was passed over."""

import numpy as np
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator, translator
from dashboard.map.folium_map import outlines_caption
from dashboard.view.view_state import ViewState
from data.access.roles import AccessScope
from data.city import queries
from data.db.engine import reading


def no_city() -> None:
    for language in ("zh", "en"):
        st.info(translator(language)("app.no_city"))


def header(context: CityContext, view: ViewState, unknown: tuple[str, ...], t: Translator) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown(f"### {t('app.title')} · {t.of(context.city.names)}")
        st.badge(t("app.as_of", day=view.on), icon=":material/calendar_today:", color="blue")
        if context.city.invented:
            st.badge(t("app.invented"), icon=":material/info:", color="orange")
    if unknown:
        st.warning(t("app.unknown", names=t.listed(unknown)[:200]))


def below_the_map(scope: AccessScope, context: CityContext, view: ViewState, rows: np.ndarray, t: Translator) -> None:
    if not rows.any():
        st.warning(t("map.nothing_selected"))
    lines = [outlines_caption(context, view, t), t("map.hint"), *_left_out(scope, context, t)]
    if context.city.licence and not context.city.invented:
        lines.append(t("app.licence", licence=context.city.licence))
    st.caption("  \n".join(line for line in lines if line))


def _left_out(scope: AccessScope, context: CityContext, t: Translator) -> list[str]:
    """What the map does not show: buildings without a place, rows that were not taken in."""
    with reading(city_cache.database(), scope) as session:
        kept = queries.off_map_counts(session, scope, context.city)
        set_aside = queries.rejected_row_count(session, scope, context.city)
    lines = []
    if kept:
        reasons = t.clauses(f"{t.of(reason)} {n:,}" for reason, n in kept.items())
        lines.append(t("map.off_map", n=f"{sum(kept.values()):,}", reasons=reasons))
    if set_aside:
        lines.append(t("map.set_aside", n=f"{set_aside:,}"))
    return lines
