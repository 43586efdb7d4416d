"""The audit trail as a table with its filters, page by page, and the check that nobody changed it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import select_by_id
from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table
from dashboard.look.timestamps import local_time, shared_zone, zone_name
from data.access.roles import SYSTEM
from data.audit.search import AuditFilter, accounts_named, actions_named, entries, entry_count, verdict
from data.city import queries
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from scoring.turning_signs import in_one_direction

ON_A_PAGE = 50
ROW_PX, MOST_PX = 35, 640


def trail_filters(user: CurrentUser, t: Translator) -> AuditFilter:
    with reading(database(), SYSTEM) as session:
        accounts = accounts_named(session, user.scope)
        actions = actions_named(session, user.scope)
        zone = shared_zone(queries.cities(session, SYSTEM))
    who, what, when = st.columns((1, 1, 1.4))
    with who:
        account = _select_any(t("audit.account"), accounts, lambda name: name or t("audit.machine"), "audit-account", t)
    with what:
        action = _select_any(t("audit.action"), actions, lambda name: action_name(name, t), "audit-action", t)
    with when:
        days = st.date_input(t("audit.days"), value=[], help=t("audit.days_help"), key="audit-days")
    return AuditFilter(account, action, *_from_to(days, zone))


def _select_any(
    label: str, options: Sequence[str], label_of: Callable[[str], str], key: str, t: Translator
) -> str | None:
    return select_by_id(label, options, label_of, index=None, placeholder=t("control.any"), key=key)


def _from_to(days: Sequence[date], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day here to the end of the last (or of the only one), in UTC."""
    if not days:
        return None, None
    return _utc(days[0], zone), _utc(days[-1] + timedelta(days=1), zone)


def _utc(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC).replace(tzinfo=None)


def trail_table(user: CurrentUser, audit_filter: AuditFilter, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        count = entry_count(session, user.scope, audit_filter)
        pages = max(1, -(-count // ON_A_PAGE))
        st.session_state["audit-page"] = min(st.session_state.get("audit-page", 1), pages)  # a filter may leave fewer
        page = st.session_state["audit-page"]
        page_entries = entries(session, user.scope, audit_filter, (page - 1) * ON_A_PAGE, ON_A_PAGE)
        city_names = {city.code: t.of(city.names) for city in queries.cities(session, user.scope)}
        zone = shared_zone(queries.cities(session, SYSTEM))
    if not page_entries:
        st.info(t("audit.nothing"))
        return
    table = pd.DataFrame([_row(entry, city_names, zone, t) for entry in page_entries])
    height = min((len(table) + 1) * ROW_PX + 3, MOST_PX)
    draw_table(table, height=height, column_config=_widths(t))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(
            t("audit.page", pages=as_text(pages)), min_value=1, max_value=pages, key="audit-page", width=160
        )
        st.caption(t("audit.count", n=f"{count:,}", zone=as_text(zone_name(zone, t))))


def _row(entry: AuditEntry, city_names: Mapping[str, str], zone: ZoneInfo, t: Translator) -> dict[str, object]:
    role = t(f"role.{entry.role}") if f"role.{entry.role}" in t else ""
    return {
        t("audit.number"): entry.id,
        t("audit.at"): local_time(entry.at, zone, to="seconds"),
        t("audit.account"): in_one_direction(entry.account) or (t("audit.machine") if not entry.address else ""),
        t("auth.role"): role,
        t("audit.address"): entry.address,
        t("audit.action"): action_name(entry.action, t),
        t("audit.details"): _details(entry.details, city_names, t),
    }


def _widths(t: Translator) -> dict[str, Any]:
    widths = {"audit.number": 70, "audit.at": 160, "audit.account": 150, "auth.role": 110, "audit.address": 130}
    return {t(key): st.column_config.Column(width=width) for key, width in widths.items()}


def action_name(action: str, t: Translator) -> str:
    return t(f"action.{action}") if f"action.{action}" in t else action


def _details(details: dict[str, object], city_names: Mapping[str, str], t: Translator) -> str:
    return in_one_direction(
        " · ".join(t.pair(detail_name(name, t), _value(name, value, city_names, t)) for name, value in details.items())
    )


def detail_name(name: str, t: Translator) -> str:
    return t(f"detail.{name}") if f"detail.{name}" in t else name


def _value(name: str, value: object, city_names: Mapping[str, str], t: Translator) -> str:
    table = name.removesuffix("_before")
    if table in ("role", "way", "format") and f"{table}.{value}" in t:
        return t(f"{table}.{value}")
    if name == "target" and f"imports.{value}" in t:
        return t(f"imports.{value}")
    if isinstance(value, str):
        return city_names.get(value, value) if name == "city" else value
    return json.dumps(value, ensure_ascii=False) if value or value == 0 else "–"


def chain_check(user: CurrentUser, t: Translator) -> None:
    """A button; it reads every entry, so it waits to be asked."""
    if not st.button(t("audit.check"), icon=":material/verified_user:", help=t("audit.check_help")):
        return
    with st.spinner(t("audit.checking")), reading(database(), SYSTEM) as session:
        chain = verdict(session, user.scope)
    if chain is None:
        return
    if chain.fault:
        st.error(t(f"audit.fault_{chain.fault.kind}", entry=as_text(chain.fault.entry)))
    else:
        st.success(t("audit.whole", n=f"{chain.entries:,}"))
        st.code(chain.sha256, language=None)
        st.caption(t("audit.write_down"))
