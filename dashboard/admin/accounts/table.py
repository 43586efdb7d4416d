"""Accounts and open sessions as tables, and the forms that change them."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import select_by_id
from dashboard.look.forms import field_key, form_done, form_key
from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table
from dashboard.look.timestamps import local_time
from data.access.accounts import (
    EVERYWHERE,
    Grant,
    account_by_id,
    accounts,
    add_account,
    areas_of,
    now,
    set_disabled,
    set_password,
    unlock,
)
from data.access.passwords import generated_password
from data.access.roles import ROLES, SYSTEM
from data.access.sessions import end_session, open_sessions
from data.access.throttling import wrong_passwords
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.db.models.accounts import Account
from data.db.models.city import HAZARD_GROUPS
from data.errors import DataError

ADD = "add-account"


def account_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        held = accounts(session, user.scope)
        wrong = wrong_passwords(session, held, now())
        rows = [_row(account, areas_of(session, account), wrong[account.id], t) for account in held]
    draw_table(pd.DataFrame(rows))


def _row(account: Account, areas: tuple[str, ...], wrong: int, t: Translator) -> dict[str, object]:
    groups = [t(f"hazard.{group}") for group in account.hazard_groups or ()]
    area_names = [t("auth.everywhere") if area == EVERYWHERE else area for area in areas]
    return {
        t("auth.name"): account.name,
        t("auth.role"): t(f"role.{account.role}"),
        t("auth.areas"): " · ".join((*area_names, *groups)),
        t("accounts.way"): t("accounts.by_password" if account.password_hash else "accounts.by_sign_on"),
        t("accounts.state"): t("accounts.disabled" if account.disabled else "accounts.open"),
        t("accounts.wrong_passwords"): wrong,
    }


def session_table(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        sessions = open_sessions(session, user.scope, None)
        # With the number, for the minute and the address are those of several; what changes meanwhile is no label.
        choices: dict[int, str] = {
            each.id: f"{name} · {local_time(each.begun_at)} · {each.address} · {each.id}" for each, name in sessions
        }
        rows = [
            {
                t("audit.number"): each.id,
                t("auth.name"): name,
                t("auth.begun"): local_time(each.begun_at),
                t("auth.seen"): local_time(each.seen_at),
                t("auth.from"): each.address,
                t("auth.browser"): each.browser,
            }
            for each, name in sessions
        ]
    draw_table(pd.DataFrame(rows))
    with st.form("end-session", border=False):
        session_id = select_by_id(
            t("accounts.session"),
            choices,
            choices.__getitem__,
            index=None,
            key="session",
            placeholder=t("accounts.choose"),
        )
        if st.form_submit_button(t("accounts.end_session")) and session_id is not None:
            close_session(user, session_id)
            st.rerun()


def close_session(user: CurrentUser, session_id: int) -> None:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        end_session(session, user.scope, user.actor, session_id)


def add_form(user: CurrentUser, t: Translator) -> None:
    form = form_key(ADD)
    name = st.text_input(t("auth.name"), max_chars=80, key=field_key(ADD, "name"))
    role = st.selectbox(t("auth.role"), ROLES, format_func=lambda one: t(f"role.{one}"), key=field_key(ADD, "role"))
    areas = st.text_input(
        t("auth.areas"),
        help=t("accounts.areas_help"),
        placeholder="demo/street:990001001",
        key=field_key(ADD, "areas"),
    )
    groups = st.multiselect(
        t("auth.hazard_groups"),
        HAZARD_GROUPS,
        format_func=lambda one: t(f"hazard.{one}"),
        help=t("accounts.groups_help"),
        placeholder=t("control.everything"),
        key=field_key(ADD, "groups"),
    )
    sign_on = st.text_input(
        t("accounts.sign_on"), help=t("accounts.sign_on_help"), max_chars=200, key=field_key(ADD, "sign_on")
    )
    if st.button(t("accounts.add"), type="primary", key=f"{form}-send"):
        grant = Grant(tuple(areas.split()), tuple(groups) if role == "department" else None)
        password = None if sign_on.strip() else _password_of_form(form, name)
        way = {"password": password, "sign_on": sign_on.strip() or None}
        _attempt(lambda: (_add(user, name, role, grant, form=form, **way), password), t, form=ADD)


def _password_of_form(form: str, name: str) -> str:
    """Drawn once for a form and a name, so that it is still known when the run that made the account was broken off."""
    drawn = st.session_state.setdefault(f"passwords-{form}", {})
    return drawn.setdefault(name, generated_password(name))


def _add(user: CurrentUser, name: str, role: str, grant: Grant, **more: str | None) -> str:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        return add_account(session, user.scope, user.actor, name, role, grant, **more).name


def change_form(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        held = {account.id: account for account in accounts(session, user.scope)}
    chosen = select_by_id(
        t("accounts.account"),
        held,
        lambda account_id: held[account_id].name,
        index=None,
        key="account",
        placeholder=t("accounts.choose"),
    )
    if chosen is None:
        return
    disabled = held[chosen].disabled
    with st.container(horizontal=True):
        if st.button(t("accounts.new_password")):
            _attempt(lambda: _reset_password(user, chosen), t)
        if st.button(t("accounts.enable" if disabled else "accounts.disable")):
            _attempt(lambda: _set_disabled(user, chosen, not disabled), t)
        if st.button(t("accounts.unlock"), help=t("accounts.unlock_help")):
            _attempt(lambda: _unlock(user, chosen), t)


def _reset_password(user: CurrentUser, account_id: int) -> tuple[str, str | None]:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        password = generated_password(account.name)
        set_password(session, user.scope, user.actor, account, password)
        return account.name, password


def _set_disabled(user: CurrentUser, account_id: int, disabled: bool) -> tuple[str, None]:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        set_disabled(session, user.scope, user.actor, account, disabled)
        return account.name, None


def _unlock(user: CurrentUser, account_id: int) -> tuple[str, None]:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        unlock(session, user.scope, user.actor, account)
        return account.name, None


def _attempt(action: Callable[[], tuple[str, str | None]], t: Translator, form: str | None = None) -> None:
    """Does it and keeps the notice for the page's next run; a mistake is shown at once."""
    try:
        st.session_state["account_done"] = action()
    except DataError as mistake:
        st.error(as_text(t.sentence(mistake)))
        return
    if form is not None:
        st.session_state.pop(f"passwords-{form_key(form)}", None)
        form_done(form)
    st.rerun()


def done_notice(t: Translator) -> None:
    """What was done last, and the password generated for it: shown this once."""
    done = st.session_state.get("account_done")
    if done is None:
        return
    name, password = done
    st.success(t("accounts.done", name=as_text(name)))
    if password:
        st.warning(t("accounts.password_once"))
        st.code(password, language=None)
    st.session_state.pop("account_done")  # last: a run that is broken off above shows it once more
