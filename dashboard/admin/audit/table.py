"""The audit trail as a table with its filters, page by page, and the check that nobody changed it."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import Visitor
from dashboard.cache.city_cache import database
from dashboard.i18n import Words
from data.access.roles import EVERYTHING
from data.audit.search import Sought, accounts_named, actions_named, entries, entry_count, verdict
from data.db.engine import reading
from data.db.models.accounts import AuditEntry

ON_A_PAGE = 50
ROW_PX, MOST_PX = 35, 640


def trail_filters(visitor: Visitor, say: Words) -> Sought:
    with reading(database(), EVERYTHING) as session:
        accounts = accounts_named(session, visitor.viewer)
        actions = actions_named(session, visitor.viewer)
    who, what, when = st.columns((1, 1, 1.4))
    with who:
        account = _one(say("audit.account"), accounts, lambda name: name or say("audit.machine"), "audit-account", say)
    with what:
        action = _one(say("audit.action"), actions, lambda name: action_name(name, say), "audit-action", say)
    with when:
        days = st.date_input(say("audit.days"), value=(), help=say("audit.days_help"), key="audit-days")
    return Sought(account, action, *_from_to(days))


def _one(label: str, options: Sequence[str], named: Callable[[str], str], key: str, say: Words) -> str | None:
    return st.selectbox(label, options, index=None, format_func=named, placeholder=say("control.any"), key=key)


def _from_to(days: Sequence[date]) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day here to the end of the last (or of the only one), in UTC."""
    if not days:
        return None, None
    return _utc(days[0]), _utc(days[-1] + timedelta(days=1))


def _utc(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone(UTC).replace(tzinfo=None)


def trail_table(visitor: Visitor, sought: Sought, say: Words) -> None:
    with reading(database(), EVERYTHING) as session:
        count = entry_count(session, visitor.viewer, sought)
        pages = max(1, -(-count // ON_A_PAGE))
        st.session_state["audit-page"] = min(st.session_state.get("audit-page", 1), pages)  # a filter may leave fewer
        page = st.session_state["audit-page"]
        found = entries(session, visitor.viewer, sought, (page - 1) * ON_A_PAGE, ON_A_PAGE)
    if not found:
        st.info(say("audit.nothing"))
        return
    table = pd.DataFrame([_row(entry, say) for entry in found])
    height = min((len(table) + 1) * ROW_PX + 3, MOST_PX)
    st.dataframe(table, hide_index=True, width="stretch", height=height, column_config=_widths(say))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(say("audit.page", pages=pages), min_value=1, max_value=pages, key="audit-page", width=160)
        st.caption(say("audit.count", n=f"{count:,}", zone=f"{datetime.now().astimezone():%Z}"))


def _row(entry: AuditEntry, say: Words) -> dict[str, object]:
    role = say(f"role.{entry.role}") if f"role.{entry.role}" in say else ""
    return {
        say("audit.number"): entry.id,
        say("audit.at"): f"{entry.at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M:%S}",
        say("audit.account"): entry.account or (say("audit.machine") if not entry.address else ""),
        say("entrance.role"): role,
        say("audit.address"): entry.address,
        say("audit.action"): action_name(entry.action, say),
        say("audit.details"): _details(entry.details, say),
    }


def _widths(say: Words) -> dict[str, object]:
    widths = {"audit.number": 70, "audit.at": 160, "audit.account": 150, "entrance.role": 110, "audit.address": 130}
    return {say(key): st.column_config.Column(width=width) for key, width in widths.items()}


def action_name(action: str, say: Words) -> str:
    return say(f"action.{action}") if f"action.{action}" in say else action


def _details(details: dict[str, object], say: Words) -> str:
    return " · ".join(f"{detail_name(name, say)}: {_value(name, value, say)}" for name, value in details.items())


def detail_name(name: str, say: Words) -> str:
    return say(f"detail.{name}") if f"detail.{name}" in say else name


def _value(name: str, value: object, say: Words) -> str:
    if name == "role" and f"role.{value}" in say:
        return say(f"role.{value}")
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value or value == 0 else "–"


def chain_check(visitor: Visitor, say: Words) -> None:
    """A button; it reads every entry, so it waits to be asked."""
    if not st.button(say("audit.check"), icon=":material/verified_user:", help=say("audit.check_help")):
        return
    with st.spinner(say("audit.checking")), reading(database(), EVERYTHING) as session:
        found = verdict(session, visitor.viewer)
    if found is None:
        return
    if found.fault:
        st.error(say(f"audit.fault_{found.fault.kind}", entry=found.fault.entry))
    else:
        st.success(say("audit.whole", n=f"{found.entries:,}"))
        st.code(found.sha256, language=None)
        st.caption(say("audit.write_down"))
