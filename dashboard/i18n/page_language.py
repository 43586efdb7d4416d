"""The language of the running page."""

import streamlit as st

from dashboard.i18n import supported_language


def page_language() -> str:
    """The language of the address, else the one chosen last: pages beside the map keep no query."""
    language = supported_language(st.query_params.get("lang") or st.session_state.get("language"))
    st.session_state["language"] = language
    return language
