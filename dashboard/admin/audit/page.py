"""The audit trail: who did or exported what, when, from where."""

import streamlit as st

from dashboard.admin.audit.table import chain_check, trail_filters, trail_table
from dashboard.auth.request_user import user_with
from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language


def show() -> None:
    user = user_with("audit")
    t = translator(page_language())
    st.markdown(f"### {t('audit.title')}")
    audit_filter = trail_filters(user, t)
    trail_table(user, audit_filter, t)
    chain_check(user, t)


show()
