"""What is done to accounts on the page: each in a transaction of its own, and what is told of it afterwards."""

from collections.abc import Callable

import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.forms import form_done, form_key
from dashboard.look.plain_text import as_text
from data.access.account_changes import change_rights
from data.access.accounts import Grant, account_by_id, add_account, set_disabled, set_password, unlock
from data.access.passwords import generated_password
from data.access.roles import SYSTEM
from data.access.sessions import end_session
from data.db.engine import PERSONS_PATIENCE_S, writing
from data.errors import DataError

Done = tuple[str, str | None]  # the account's name, and the password that was made for it


def added(user: CurrentUser, name: str, role: str, grant: Grant, **more: str | None) -> Done:
    """more: as add_account takes it."""
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = add_account(session, user.scope, user.actor, name, role, grant, **more)
        return account.name, more["password"]


def changed(user: CurrentUser, account_id: int, role: str, grant: Grant) -> Done:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        change_rights(session, user.scope, user.actor, account, role, grant)
        return account.name, None


def given_a_password(user: CurrentUser, account_id: int) -> Done:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        password = generated_password(account.name)
        set_password(session, user.scope, user.actor, account, password)
        return account.name, password


def disabled(user: CurrentUser, account_id: int, is_disabled: bool) -> Done:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        set_disabled(session, user.scope, user.actor, account, is_disabled)
        return account.name, None


def unlocked(user: CurrentUser, account_id: int) -> Done:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = account_by_id(session, user.scope, account_id)
        unlock(session, user.scope, user.actor, account)
        return account.name, None


def close_session(user: CurrentUser, session_id: int) -> None:
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        end_session(session, user.scope, user.actor, session_id)


def attempt(action: Callable[[], Done], t: Translator, form: str | None = None) -> None:
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
