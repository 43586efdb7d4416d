"""Who is signed in, at the head of the sidebar, with the way to one's own account."""

from html import escape

import streamlit as st

from dashboard.auth.request_user import Visitor
from dashboard.i18n import LANGUAGES, Words

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def language_chosen() -> str:
    """The language of the address, else the one chosen last: pages beside the map keep no query."""
    asked = st.query_params.get("lang") or st.session_state.get("language")
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    st.session_state["language"] = language
    return language


def visitor_line(visitor: Visitor, say: Words, switch: bool) -> None:
    """switch: whether to offer the other language here; the map has a switch of its own that keeps the view."""
    role = say(f"role.{visitor.viewer.role}")
    links = [(f"/account?lang={say.language}", say("entrance.account"))]
    if switch:
        links += [(f"?lang={one}", LANGUAGE_NAMES[one]) for one in LANGUAGES if one != say.language]
    ways = "".join(f"<a href='{escape(address)}' target='_self'>{escape(name)}</a>" for address, name in links)
    name = escape(visitor.guest.name)
    with st.sidebar:
        st.html(f"<div class='visitor'><b>{name}</b> <span>{escape(role)}</span>{ways}</div>")
