"""Accounts and open sessions as tables, and the forms that change them."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from data.access.accounts import (
    EVERYWHERE,
    Grant,
    account_named,
    accounts,
    add_account,
    areas_of,
    set_disabled,
    set_password,
)
from data.access.passwords import generated_password
from data.access.roles import ROLES, SYSTEM
from data.access.sessions import end_session, open_sessions
from data.db.engine import reading, writing
from data.db.models.accounts import Account
from data.db.models.city import HAZARD_GROUPS
from data.errors import DataError


def account_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        rows = [_row(account, areas_of(session, account), t) for account in accounts(session, user.scope)]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _row(account: Account, areas: tuple[str, ...], t: Translator) -> dict[str, str]:
    groups = [t(f"hazard.{group}") for group in account.hazard_groups or ()]
    seen = [t("entrance.everywhere") if area == EVERYWHERE else area for area in areas]
    return {
        t("entrance.name"): account.name,
        t("entrance.role"): t(f"role.{account.role}"),
        t("entrance.areas"): " · ".join((*seen, *groups)),
        t("accounts.way"): t("accounts.by_password" if account.password_hash else "accounts.by_sign_on"),
        t("accounts.state"): t("accounts.disabled" if account.disabled else "accounts.open"),
    }


def session_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        found = open_sessions(session, user.scope, None)
        choices = {one.id: f"{name} · {local(one.seen_at)} · {one.address}" for one, name in found}
        rows = [
            {
                t("entrance.name"): name,
                t("entrance.begun"): local(one.begun_at),
                t("entrance.seen"): local(one.seen_at),
                t("entrance.from"): one.address,
                t("entrance.browser"): one.browser,
            }
            for one, name in found
        ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    with st.form("end-session", border=False):
        picked = st.selectbox(t("accounts.session"), list(choices), format_func=choices.get)
        if st.form_submit_button(t("accounts.end_session")) and picked is not None:
            ended(user, picked)
            st.rerun()


def ended(user: CurrentUser, session_id: int) -> None:
    with writing(database(), SYSTEM) as session:
        end_session(session, user.scope, user.actor, session_id)


def local(at: datetime) -> str:
    """A time of the tables in the server's own time zone."""
    return f"{at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"


def add_form(user: CurrentUser, t: Translator) -> None:
    with st.form("add-account", border=False, clear_on_submit=False):
        name = st.text_input(t("entrance.name"), max_chars=80)
        role = st.selectbox(t("entrance.role"), ROLES, format_func=lambda one: t(f"role.{one}"))
        areas = st.text_input(t("entrance.areas"), help=t("accounts.areas_help"), placeholder="demo/street:990001001")
        groups = st.multiselect(
            t("entrance.hazard_groups"),
            HAZARD_GROUPS,
            format_func=lambda one: t(f"hazard.{one}"),
            help=t("accounts.groups_help"),
            placeholder=t("control.everything"),
        )
        sign_on = st.text_input(t("accounts.sign_on"), help=t("accounts.sign_on_help"), max_chars=200)
        asked = st.form_submit_button(t("accounts.add"), type="primary")
    if asked:
        grant = Grant(tuple(areas.split()), tuple(groups) if role == "department" else None)
        _said(t, lambda: _added(user, name, role, grant, sign_on.strip() or None))


def _added(user: CurrentUser, name: str, role: str, grant: Grant, sign_on: str | None) -> tuple[str, str | None]:
    password = None if sign_on else generated_password()
    with writing(database(), SYSTEM) as session:
        account = add_account(session, user.scope, user.actor, name, role, grant, password=password, sign_on=sign_on)
        return account.name, password


def change_form(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        names = {account.name: account.disabled for account in accounts(session, user.scope)}
    name = st.selectbox(t("accounts.account"), list(names))
    if name is None:
        return
    with st.container(horizontal=True):
        if st.button(t("accounts.new_password")):
            _said(t, lambda: _given_password(user, name))
        if st.button(t("accounts.enable" if names[name] else "accounts.disable")):
            _said(t, lambda: _opened_or_closed(user, name, not names[name]))


def _given_password(user: CurrentUser, name: str) -> tuple[str, str | None]:
    password = generated_password()
    with writing(database(), SYSTEM) as session:
        set_password(session, user.scope, user.actor, account_named(session, name), password)
    return name, password


def _opened_or_closed(user: CurrentUser, name: str, disabled: bool) -> tuple[str, None]:
    with writing(database(), SYSTEM) as session:
        set_disabled(session, user.scope, user.actor, account_named(session, name), disabled)
    return name, None


def _said(t: Translator, deed) -> None:
    """Does it and keeps what there is to say over the page's next run; a mistake is said at once."""
    try:
        st.session_state["account_done"] = deed()
    except DataError as mistake:
        st.error(t.sentence(mistake))
        return
    st.rerun()


def done_notice(t: Translator) -> None:
    """What was done last, and a password made up for it: shown this once."""
    done = st.session_state.pop("account_done", None)
    if done is None:
        return
    name, password = done
    st.success(t("accounts.done", name=name))
    if password:
        st.warning(t("accounts.password_once"))
        st.code(password, language=None)
