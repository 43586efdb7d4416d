"""What stands below the map: what coloured areas show, how to use it, and what it does not show."""

import numpy as np
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.view.labels import level_name
from dashboard.view.map_themes import HAZARD_THEME, VACANT_THEME
from dashboard.view.view_state import ViewState
from data.access.roles import AccessScope
from data.city import queries
from data.city.summaries import low_grades
from data.db.engine import reading


def map_caption(scope: AccessScope, context: CityContext, view: ViewState, rows: np.ndarray, t: Translator) -> None:
    if not rows.any():
        st.warning(t("map.nothing_selected"))
    lines = [_area_colours(context, view, t), t("map.hint"), *_left_out(scope, context, t)]
    if context.city.licence and not context.city.invented:
        lines.append(t("shell.licence", licence=context.city.licence))
    st.caption("  \n".join(line for line in lines if line))


def _area_colours(context: CityContext, view: ViewState, t: Translator) -> str | None:
    """What coloured areas show, in words."""
    if not view.outlines:
        return None
    level, edition = level_name(context, view.outlines, t), context.editions.get(view.theme)
    if edition is not None:
        low = edition.grades[: low_grades(len(edition.grades))]
        return t("map.area_shares", level=level, what="/".join(getattr(grade.name, t.language) for grade in low))
    if view.theme == HAZARD_THEME:
        return t("map.area_shares", level=level, what=t("map.open_hazards"))
    counted = "map.vacant_number" if view.theme == VACANT_THEME else "map.buildings_number"
    return t("map.area_numbers", level=level, what=t(counted))


def _left_out(scope: AccessScope, context: CityContext, t: Translator) -> list[str]:
    """What the map does not show: buildings without a place, rows that were not taken in."""
    with reading(city_cache.database(), scope) as session:
        kept = queries.off_map_counts(session, scope, context.city)
        set_aside = queries.rejected_row_count(session, scope, context.city)
    lines = []
    if kept:
        reasons = "; ".join(f"{t.side(reason)} {n:,}" for reason, n in kept.items())
        lines.append(t("map.off_map", n=f"{sum(kept.values()):,}", reasons=reasons))
    if set_aside:
        lines.append(t("map.set_aside", n=f"{set_aside:,}"))
    return lines
