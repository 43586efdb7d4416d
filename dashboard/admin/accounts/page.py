"""Accounts: who may come in and see what, and who is here now."""

import streamlit as st

from dashboard.admin.accounts.acts import done_notice
from dashboard.admin.accounts.area_picker import AreaNames
from dashboard.admin.accounts.forms import ADD, add_form, change_form
from dashboard.admin.accounts.table import account_table, session_table
from dashboard.auth.request_user import user_with
from dashboard.cache.city_cache import database
from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language
from dashboard.look.forms import is_field
from dashboard.look.kept_page import kept_page
from data.access.area_tree import areas_to_give
from data.access.roles import SYSTEM
from data.db.engine import reading


def show() -> None:
    user = user_with("accounts")
    t = translator(page_language())
    with reading(database(), SYSTEM) as session:
        names = AreaNames(areas_to_give(session, user.scope), t)
    st.markdown(f"### {t('nav.accounts')}")
    done_notice(t)
    account_table(user, names, t)
    left, right = st.columns(2, gap="large")
    with left, kept_page(user, "accounts", lambda key: is_field(key, ADD)):
        st.markdown(f"##### {t('accounts.add')}")
        add_form(user, names, t)
    with right:
        st.markdown(f"##### {t('accounts.change')}")
        change_form(user, names, t)
    st.markdown(f"##### {t('auth.open_sessions')}")
    session_table(user, t)


show()
