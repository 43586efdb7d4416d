"""Accounts: who may come in and see what, and who is here now."""

import streamlit as st

from dashboard.admin.accounts.table import account_table, add_form, change_form, done_notice, session_table
from dashboard.auth.request_user import visitor_with
from dashboard.i18n import words
from dashboard.shell.user_menu import language_chosen


def show() -> None:
    visitor = visitor_with("accounts")
    say = words(language_chosen())
    st.markdown(f"### {say('nav.accounts')}")
    done_notice(say)
    account_table(visitor, say)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"##### {say('accounts.add')}")
        add_form(visitor, say)
    with right:
        st.markdown(f"##### {say('accounts.change')}")
        change_form(visitor, say)
    st.markdown(f"##### {say('entrance.open_sessions')}")
    session_table(visitor, say)


show()
