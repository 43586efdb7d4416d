"""The buildings chosen, a page at a time, in the order in which they need a visit; a click opens the card."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.choices import offered, row_by_id
from dashboard.view.labels import grade_names, theme_name
from data.access.roles import AccessScope
from data.city import queries
from data.city.building_order import ORDERS, in_order
from data.city.snapshots import NEVER, Snapshot
from data.city.summaries import hazard_counts
from data.db.engine import reading

PAGE = 50  # buildings
ROW_PX, ROWS_SEEN = 35, 14
OPENED = "listed_open"


def building_list(
    scope: AccessScope, context: CityContext, day: Snapshot, rows: np.ndarray, rule_set: str | None, t: Translator
) -> int | None:
    """Draws the list; the id of a building chosen in it since the last time, else None. rows: bool (n,)."""
    orders = [order for order in ORDERS if context.options.public_homes or order != "vacant"]
    chosen = st.selectbox(t("list.order"), orders, format_func=lambda order: t(f"list.by_{order}"), key="list_order")
    ordered = in_order(day, rows, offered(chosen, orders, orders[0]), rule_set)
    if not len(ordered):
        st.info(t("map.nothing_selected"))
        return None
    pages = -(-len(ordered) // PAGE)
    before = PAGE * (_page(pages) - 1)
    shown = ordered[before : before + PAGE]
    ids = day.city_facts.buildings["id"][shown].tolist()
    table = _table(scope, context, day, shown, ids, rule_set, t)
    height = ROW_PX * (min(len(ids), ROWS_SEEN) + 1) + 3
    opened = row_by_id(table, ids, "list", height=height, column_config=_widths(t))
    if pages > 1:
        st.pagination(pages, key="list_page", width="stretch")
    first, last = before + 1, before + len(shown)
    st.caption(t("list.caption", first=f"{first:,}", last=f"{last:,}", n=f"{len(ordered):,}"))
    is_new = opened is not None and opened != st.session_state.get(OPENED)
    st.session_state[OPENED] = opened
    return opened if is_new else None


def _page(pages: int) -> int:
    """The page that is open, of those there are: filters may have left fewer."""
    asked = st.session_state.get("list_page", 1)
    page = asked if isinstance(asked, int) and 1 <= asked <= pages else 1
    if asked != page:
        st.session_state["list_page"] = page
    return page


def _table(
    scope: AccessScope,
    context: CityContext,
    day: Snapshot,
    shown: np.ndarray,
    ids: Sequence[int],
    rule_set: str | None,
    t: Translator,
) -> pd.DataFrame:
    with reading(city_cache.database(), scope) as session:
        named = {one.id: one.name or one.address or one.code
                 for one in queries.building_rows(session, scope, context.city, ids)}  # fmt: skip
    columns: dict[str, list] = {t("list.building"): [named.get(id_, "") for id_ in ids]}
    if rule_set is not None:
        names = list(grade_names(context, rule_set, t).values())
        columns[theme_name(context, rule_set, t)] = [names[grade] for grade in day.grades[rule_set][shown].tolist()]
    columns[t("list.since_visit")] = [_days(days, t) for days in day.days_since_visit[shown].tolist()]
    columns[t("list.open")] = hazard_counts(day, "open")[shown].tolist()
    columns[t("list.overdue")] = hazard_counts(day, "overdue")[shown].tolist()
    if context.options.public_homes:
        columns[t("list.vacant")] = day.vacant[shown].tolist()
    return pd.DataFrame(columns)


def _widths(t: Translator) -> dict[str, Any]:
    """So narrow that every column is seen beside the map."""
    narrow = {
        t(f"list.{name}"): st.column_config.Column(width=76) for name in ("since_visit", "open", "overdue", "vacant")
    }
    return {t("list.building"): st.column_config.Column(width=150), **narrow}


def _days(days: int, t: Translator) -> str:
    return t("control.never") if days == NEVER else t("list.days", n=f"{days:,}")
