"""Accounts and open sessions as tables, and the forms that change them."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import Visitor
from dashboard.cache.city_cache import database
from dashboard.i18n import Words
from data.access.accounts import (
    EVERYWHERE,
    Scope,
    account_named,
    accounts,
    add_account,
    areas_of,
    set_disabled,
    set_password,
)
from data.access.passwords import made_up
from data.access.roles import EVERYTHING, ROLES
from data.access.sessions import end_session, open_sessions
from data.db.engine import reading, writing
from data.db.models.accounts import Account
from data.db.models.city import HAZARD_GROUPS
from data.errors import DataError


def account_table(visitor: Visitor, say: Words) -> None:
    with reading(database(), EVERYTHING) as session:
        rows = [_row(account, areas_of(session, account), say) for account in accounts(session, visitor.viewer)]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _row(account: Account, areas: tuple[str, ...], say: Words) -> dict[str, str]:
    groups = [say(f"hazard.{group}") for group in account.hazard_groups or ()]
    seen = [say("entrance.everywhere") if area == EVERYWHERE else area for area in areas]
    return {
        say("entrance.name"): account.name,
        say("entrance.role"): say(f"role.{account.role}"),
        say("entrance.areas"): " · ".join((*seen, *groups)),
        say("accounts.way"): say("accounts.by_password" if account.password_hash else "accounts.by_sign_on"),
        say("accounts.state"): say("accounts.disabled" if account.disabled else "accounts.open"),
    }


def session_table(visitor: Visitor, say: Words) -> None:
    with reading(database(), EVERYTHING) as session:
        found = open_sessions(session, visitor.viewer, None)
        choices = {one.id: f"{name} · {local(one.seen_at)} · {one.address}" for one, name in found}
        rows = [
            {
                say("entrance.name"): name,
                say("entrance.begun"): local(one.begun_at),
                say("entrance.seen"): local(one.seen_at),
                say("entrance.from"): one.address,
                say("entrance.browser"): one.browser,
            }
            for one, name in found
        ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    with st.form("end-session", border=False):
        picked = st.selectbox(say("accounts.session"), list(choices), format_func=choices.get)
        if st.form_submit_button(say("accounts.end_session")) and picked is not None:
            ended(visitor, picked)
            st.rerun()


def ended(visitor: Visitor, session_id: int) -> None:
    with writing(database(), EVERYTHING) as session:
        end_session(session, visitor.viewer, visitor.actor, session_id)


def local(at: datetime) -> str:
    """A time of the tables in the server's own time zone."""
    return f"{at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"


def add_form(visitor: Visitor, say: Words) -> None:
    with st.form("add-account", border=False, clear_on_submit=False):
        name = st.text_input(say("entrance.name"), max_chars=80)
        role = st.selectbox(say("entrance.role"), ROLES, format_func=lambda one: say(f"role.{one}"))
        areas = st.text_input(
            say("entrance.areas"), help=say("accounts.areas_help"), placeholder="demo/street:990001001"
        )
        groups = st.multiselect(
            say("entrance.hazard_groups"),
            HAZARD_GROUPS,
            format_func=lambda one: say(f"hazard.{one}"),
            help=say("accounts.groups_help"),
            placeholder=say("control.everything"),
        )
        sign_on = st.text_input(say("accounts.sign_on"), help=say("accounts.sign_on_help"), max_chars=200)
        asked = st.form_submit_button(say("accounts.add"), type="primary")
    if asked:
        scope = Scope(tuple(areas.split()), tuple(groups) if role == "department" else None)
        _said(say, lambda: _added(visitor, name, role, scope, sign_on.strip() or None))


def _added(visitor: Visitor, name: str, role: str, scope: Scope, sign_on: str | None) -> tuple[str, str | None]:
    password = None if sign_on else made_up()
    with writing(database(), EVERYTHING) as session:
        account = add_account(
            session, visitor.viewer, visitor.actor, name, role, scope, password=password, sign_on=sign_on
        )
        return account.name, password


def change_form(visitor: Visitor, say: Words) -> None:
    with reading(database(), EVERYTHING) as session:
        names = {account.name: account.disabled for account in accounts(session, visitor.viewer)}
    name = st.selectbox(say("accounts.account"), list(names))
    if name is None:
        return
    with st.container(horizontal=True):
        if st.button(say("accounts.new_password")):
            _said(say, lambda: _given_password(visitor, name))
        if st.button(say("accounts.enable" if names[name] else "accounts.disable")):
            _said(say, lambda: _opened_or_closed(visitor, name, not names[name]))


def _given_password(visitor: Visitor, name: str) -> tuple[str, str | None]:
    password = made_up()
    with writing(database(), EVERYTHING) as session:
        set_password(session, visitor.viewer, visitor.actor, account_named(session, name), password)
    return name, password


def _opened_or_closed(visitor: Visitor, name: str, disabled: bool) -> tuple[str, None]:
    with writing(database(), EVERYTHING) as session:
        set_disabled(session, visitor.viewer, visitor.actor, account_named(session, name), disabled)
    return name, None


def _said(say: Words, deed) -> None:
    """Does it and keeps what there is to say over the page's next run; a mistake is said at once."""
    try:
        st.session_state["account_done"] = deed()
    except DataError as mistake:
        st.error(str(mistake))
        return
    st.rerun()


def done_notice(say: Words) -> None:
    """What was done last, and a password made up for it: shown this once."""
    done = st.session_state.pop("account_done", None)
    if done is None:
        return
    name, password = done
    st.success(say("accounts.done", name=name))
    if password:
        st.warning(say("accounts.password_once"))
        st.code(password, language=None)
