"""A new account, and what is changed of one that is there."""

from collections.abc import Sequence

import streamlit as st

from dashboard.admin.accounts import acts
from dashboard.admin.accounts.area_picker import AreaNames, areas_picked
from dashboard.admin.accounts.confirmation import ask, asked, confirmed
from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import offered, select_by_id
from dashboard.look.forms import field_key, form_key
from data.access.accounts import Grant, accounts, areas_of
from data.access.passwords import generated_password
from data.access.roles import ROLES, SYSTEM
from data.access.sessions import open_sessions
from data.db.engine import reading
from data.db.models.accounts import Account
from data.db.models.city import HAZARD_GROUPS

ADD = "add-account"
NEW_PASSWORD, DISABLE, ENABLE, RIGHTS = "new_password", "disable", "enable", "rights"


def add_form(user: CurrentUser, names: AreaNames, t: Translator) -> None:
    form = form_key(ADD)
    name = st.text_input(t("auth.name"), max_chars=80, key=field_key(ADD, "name"))
    role = _role_box(field_key(ADD, "role"), None, t)
    areas = areas_picked(names, field_key(ADD, "within"), (), user.scope.areas is None)
    groups = _groups_box(role, field_key(ADD, "groups"), (), t)
    sign_on = st.text_input(
        t("accounts.sign_on"), help=t("accounts.sign_on_help"), max_chars=200, key=field_key(ADD, "sign_on")
    )
    if not st.button(t("accounts.add"), type="primary", key=f"{form}-send"):
        return
    if role is None:
        st.error(t("accounts.choose_role"))
        return
    if not areas:
        st.error(t("accounts.choose_area"))
        return
    password = None if sign_on.strip() else _password_of_form(form, name)
    way = {"password": password, "sign_on": sign_on.strip() or None}
    acts.attempt(lambda: acts.added(user, name, role, Grant(areas, groups), form=form, **way), t, form=ADD)


def _role_box(key: str, before: str | None, t: Translator) -> str | None:
    role = st.selectbox(
        t("auth.role"),
        ROLES,
        index=None if before is None else ROLES.index(before),
        format_func=lambda one: t(f"role.{one}"),
        key=key,
        placeholder=t("accounts.choose"),
    )
    return offered(role, ROLES, None)


def _groups_box(role: str | None, key: str, before: Sequence[str], t: Translator) -> tuple[str, ...] | None:
    """None for every role but a department."""
    if role != "department":
        return None
    groups = st.multiselect(
        t("auth.hazard_groups"),
        HAZARD_GROUPS,
        default=None if key in st.session_state else list(before),
        format_func=lambda one: t(f"hazard.{one}"),
        help=t("accounts.groups_help"),
        placeholder=t("accounts.choose"),
        key=key,
        select_all=False,
    )
    return tuple(groups)


def _password_of_form(form: str, name: str) -> str:
    """Drawn once for a form and a name, so that it is still known when the run that made the account was broken off."""
    drawn = st.session_state.setdefault(f"passwords-{form}", {})
    return drawn.setdefault(name, generated_password(name))


def change_form(user: CurrentUser, names: AreaNames, t: Translator) -> None:
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
    account = held[chosen]
    with reading(database(), SYSTEM) as session:
        areas, sessions = areas_of(session, account), len(open_sessions(session, user.scope, chosen))
    _buttons(user, account, t)
    _question(user, account, areas, sessions, names, t)
    if account.name == user.actor.account:
        st.caption(t("accounts.not_ones_own"))
    else:
        _rights_form(user, account, areas, names, t)


def _buttons(user: CurrentUser, account: Account, t: Translator) -> None:
    with st.container(horizontal=True):
        if st.button(t("accounts.new_password")):
            ask(NEW_PASSWORD, account.id)
        if st.button(t("accounts.enable" if account.disabled else "accounts.disable")):
            ask(ENABLE if account.disabled else DISABLE, account.id)
        if st.button(t("accounts.unlock"), help=t("accounts.unlock_help")):
            acts.attempt(lambda: acts.unlocked(user, account.id), t)


def _question(
    user: CurrentUser, account: Account, areas: Sequence[str], sessions: int, names: AreaNames, t: Translator
) -> None:
    """What will happen where something was pressed, which happens when it is confirmed."""
    said = {"name": account.name, "n": sessions}
    now = _said_of_rights(account.role, areas, account.hazard_groups or (), names, t)
    if asked(NEW_PASSWORD, account.id) is not None and confirmed(t("accounts.new_password_sure", **said), t):
        acts.attempt(lambda: acts.given_a_password(user, account.id), t)
    elif asked(DISABLE, account.id) is not None and confirmed(t("accounts.disable_sure", **said), t):
        acts.attempt(lambda: acts.disabled(user, account.id, True), t)
    elif asked(ENABLE, account.id) is not None and confirmed(t("accounts.enable_sure", rights=now, **said), t):
        acts.attempt(lambda: acts.disabled(user, account.id, False), t)
    elif (rights := asked(RIGHTS, account.id)) is not None:
        role, grant = rights
        then = _said_of_rights(role, grant.areas, grant.hazard_groups or (), names, t)
        if confirmed(t("accounts.rights_sure", before=now, after=then, **said), t):
            acts.attempt(lambda: acts.changed(user, account.id, role, grant), t)


def _said_of_rights(role: str, areas: Sequence[str], groups: Sequence[str], names: AreaNames, t: Translator) -> str:
    groups_said = [t(f"hazard.{group}") for group in groups]
    return t.listed([t(f"role.{role}"), names.listed(areas), *groups_said])


def _rights_form(user: CurrentUser, account: Account, areas: Sequence[str], names: AreaNames, t: Translator) -> None:
    groups = tuple(account.hazard_groups or ())
    key = "-".join(("rights", str(account.id), account.role, *areas, *groups))  # anew once another is stored
    role = _role_box(f"{key}-role", account.role, t)
    picked = areas_picked(names, f"{key}-areas", areas, user.scope.areas is None)
    chosen = _groups_box(role, f"{key}-groups", groups, t)
    same = (role, set(picked), set(chosen or ())) == (account.role, set(areas), set(groups))
    if st.button(t("accounts.change_rights"), disabled=same or role is None or not picked):
        ask(RIGHTS, account.id, role, Grant(picked, chosen))
