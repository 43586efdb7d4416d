"""Accounts and open sessions as tables, and the forms that change them."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.timestamps import local_time
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
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.db.models.accounts import Account
from data.db.models.city import HAZARD_GROUPS
from data.errors import DataError


def account_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        rows = [_row(account, areas_of(session, account), t) for account in accounts(session, user.scope)]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _row(account: Account, areas: tuple[str, ...], t: Translator) -> dict[str, str]:
    groups = [t(f"hazard.{group}") for group in account.hazard_groups or ()]
    area_names = [t("auth.everywhere") if area == EVERYWHERE else area for area in areas]
    return {
        t("auth.name"): account.name,
        t("auth.role"): t(f"role.{account.role}"),
        t("auth.areas"): " · ".join((*area_names, *groups)),
        t("accounts.way"): t("accounts.by_password" if account.password_hash else "accounts.by_sign_on"),
        t("accounts.state"): t("accounts.disabled" if account.disabled else "accounts.open"),
    }


def session_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        sessions = open_sessions(session, user.scope, None)
        choices: dict[int, str] = {
            each.id: f"{name} · {local_time(each.seen_at)} · {each.address}" for each, name in sessions
        }
        rows = [
            {
                t("auth.name"): name,
                t("auth.begun"): local_time(each.begun_at),
                t("auth.seen"): local_time(each.seen_at),
                t("auth.from"): each.address,
                t("auth.browser"): each.browser,
            }
            for each, name in sessions
        ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    with st.form("end-session", border=False):
        session_id = st.selectbox(
            t("accounts.session"), list(choices), format_func=lambda session_id: choices[session_id]
        )
        if st.form_submit_button(t("accounts.end_session")) and session_id is not None:
            close_session(user, session_id)
            st.rerun()


def close_session(user: CurrentUser, session_id: int) -> None:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        end_session(session, user.scope, user.actor, session_id)


def add_form(user: CurrentUser, t: Translator) -> None:
    with st.form("add-account", border=False, clear_on_submit=False):
        name = st.text_input(t("auth.name"), max_chars=80)
        role = st.selectbox(t("auth.role"), ROLES, format_func=lambda one: t(f"role.{one}"))
        areas = st.text_input(t("auth.areas"), help=t("accounts.areas_help"), placeholder="demo/street:990001001")
        groups = st.multiselect(
            t("auth.hazard_groups"),
            HAZARD_GROUPS,
            format_func=lambda one: t(f"hazard.{one}"),
            help=t("accounts.groups_help"),
            placeholder=t("control.everything"),
        )
        sign_on = st.text_input(t("accounts.sign_on"), help=t("accounts.sign_on_help"), max_chars=200)
        submitted = st.form_submit_button(t("accounts.add"), type="primary")
    if submitted:
        grant = Grant(tuple(areas.split()), tuple(groups) if role == "department" else None)
        _attempt(lambda: _add(user, name, role, grant, sign_on.strip() or None), t)


def _add(user: CurrentUser, name: str, role: str, grant: Grant, sign_on: str | None) -> tuple[str, str | None]:
    password = None if sign_on else generated_password(name)
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
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
            _attempt(lambda: _reset_password(user, name), t)
        if st.button(t("accounts.enable" if names[name] else "accounts.disable")):
            _attempt(lambda: _set_disabled(user, name, not names[name]), t)


def _reset_password(user: CurrentUser, name: str) -> tuple[str, str | None]:
    password = generated_password(name)
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        set_password(session, user.scope, user.actor, account_named(session, name), password)
    return name, password


def _set_disabled(user: CurrentUser, name: str, disabled: bool) -> tuple[str, None]:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        set_disabled(session, user.scope, user.actor, account_named(session, name), disabled)
    return name, None


def _attempt(action: Callable[[], tuple[str, str | None]], t: Translator) -> None:
    """Does it and keeps the notice for the page's next run; a mistake is shown at once."""
    try:
        st.session_state["account_done"] = action()
    except DataError as mistake:
        st.error(t.sentence(mistake))
        return
    st.rerun()


def done_notice(t: Translator) -> None:
    """What was done last, and the password generated for it: shown this once."""
    done = st.session_state.pop("account_done", None)
    if done is None:
        return
    name, password = done
    st.success(t("accounts.done", name=name))
    if password:
        st.warning(t("accounts.password_once"))
        st.code(password, language=None)
