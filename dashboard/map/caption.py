"""What stands below the map: what coloured areas show, how to use it, and what it does not show."""

import numpy as np
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text
from dashboard.themes.registry import theme_named
from dashboard.view.labels import level_name
from dashboard.view.view_state import ViewState
from data.access.roles import AccessScope


def map_caption(scope: AccessScope, context: CityContext, view: ViewState, rows: np.ndarray, t: Translator) -> None:
    if not context.buildings:
        st.info(t("map.no_buildings"))
    elif not rows.any():
        st.warning(t("map.nothing_selected"))
    ground = None if context.options.levels else t("map.no_areas")
    lines = [_area_colours(scope, context, view, t), ground, t("map.hint"), *_left_out(scope, context, t)]
    if context.city.licence and not context.city.invented:
        lines.append(t("shell.licence", licence=context.city.licence))
    st.caption("  \n".join(as_text(line) for line in lines if line))


def _area_colours(scope: AccessScope, context: CityContext, view: ViewState, t: Translator) -> str | None:
    """What coloured areas show, in words."""
    if not view.outlines:
        return None
    if not city_cache.choropleth(scope, view, view.outlines).classes.labels:
        return t("map.areas_uncoloured", level=level_name(context, view.outlines, t))
    theme = theme_named(view.theme, context.editions)
    key = "map.area_shares" if theme.areas_show_shares else "map.area_numbers"
    return t(key, level=level_name(context, view.outlines, t), what=theme.area_measure(t))


def _left_out(scope: AccessScope, context: CityContext, t: Translator) -> list[str]:
    """What the map does not show: buildings without a place, rows that were not taken in."""
    kept, rejected = city_cache.not_drawn(scope, context.options.city, context.version)
    lines = []
    if kept:
        reasons = t.clauses(f"{t.of(reason)} {n:,}" for reason, n in kept.items())
        lines.append(t("map.off_map", n=f"{sum(kept.values()):,}", reasons=reasons))
    if rejected:
        lines.append(t("map.set_aside", n=f"{rejected:,}"))
    return lines
