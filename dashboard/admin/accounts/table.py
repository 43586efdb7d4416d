"""Accounts and open sessions as tables."""

import pandas as pd
import streamlit as st

from dashboard.admin.accounts.acts import close_session
from dashboard.admin.accounts.area_picker import AreaNames
from dashboard.admin.accounts.confirmation import ask, asked, confirmed
from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import select_by_id
from dashboard.look.tables import draw_table
from dashboard.look.timestamps import local_time
from data.access.accounts import accounts, areas_of, now
from data.access.roles import SYSTEM
from data.access.sessions import open_sessions
from data.access.throttling import wrong_passwords
from data.db.engine import reading
from data.db.models.accounts import Account

END = "end_session"


def account_table(user: CurrentUser, names: AreaNames, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        held = accounts(session, user.scope)
        wrong = wrong_passwords(session, held, now())
        rows = [_row(account, areas_of(session, account), wrong[account.id], names) for account in held]
    draw_table(pd.DataFrame(rows))


def _row(account: Account, areas: tuple[str, ...], wrong: int, names: AreaNames) -> dict[str, object]:
    t = names.t
    groups = [t(f"hazard.{group}") for group in account.hazard_groups or ()]
    return {
        t("auth.name"): account.name,
        t("auth.role"): t(f"role.{account.role}"),
        t("auth.areas"): t.listed([*map(names.full, areas), *groups]),
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
            ask(END, session_id)
    for session_id, label in choices.items():
        if asked(END, session_id) is None:
            continue
        if confirmed(t("accounts.end_session_sure", session=label), t):
            close_session(user, session_id)
            st.rerun()
