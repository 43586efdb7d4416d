"""Accounts: who may come in and see what, and who is here now."""

import streamlit as st

from dashboard.admin.accounts.table import ADD, account_table, add_form, change_form, done_notice, session_table
from dashboard.auth.request_user import user_with
from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language
from dashboard.look.forms import is_field
from dashboard.look.kept_page import kept_page


def show() -> None:
    user = user_with("accounts")
    t = translator(page_language())
    st.markdown(f"### {t('nav.accounts')}")
    done_notice(t)
    account_table(user, t)
    left, right = st.columns(2, gap="large")
    with left, kept_page(user, "accounts", lambda key: is_field(key, ADD)):
        st.markdown(f"##### {t('accounts.add')}")
        add_form(user, t)
    with right:
        st.markdown(f"##### {t('accounts.change')}")
        change_form(user, t)
    st.markdown(f"##### {t('auth.open_sessions')}")
    session_table(user, t)


show()
