"""The audit trail: who did or exported what, when, from where."""

import streamlit as st

from dashboard.components.audit_table import chain_check, trail_filters, trail_table
from dashboard.components.visitor_line import language_chosen
from dashboard.door import visitor_with
from dashboard.text import words


def show() -> None:
    visitor = visitor_with("audit")
    say = words(language_chosen())
    st.markdown(f"### {say('audit.title')}")
    sought = trail_filters(visitor, say)
    trail_table(visitor, sought, say)
    chain_check(visitor, say)


show()
