"""The audit trail: who did or exported what, when, from where."""

import streamlit as st

from dashboard.admin.audit.table import chain_check, trail_filters, trail_table
from dashboard.auth.request_user import visitor_with
from dashboard.i18n import words
from dashboard.shell.user_menu import language_chosen


def show() -> None:
    visitor = visitor_with("audit")
    say = words(language_chosen())
    st.markdown(f"### {say('audit.title')}")
    sought = trail_filters(visitor, say)
    trail_table(visitor, sought, say)
    chain_check(visitor, say)


show()
