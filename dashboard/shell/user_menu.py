"""Who is signed in, at the head of the sidebar, with the way to one's own account."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.i18n import LANGUAGES, Translator
from dashboard.look.plain_text import as_html
from dashboard.look.tab import tab_query


def user_menu(user: CurrentUser, t: Translator, switch: bool) -> None:
    """switch: whether to offer the other language here; the map has a switch of its own that keeps the view."""
    role = t(f"role.{user.scope.role}")
    links = [(f"/account?{urlencode({'lang': t.language} | tab_query())}", t("auth.account"))]
    if switch:
        query = st.query_params.to_dict()
        links += [
            (f"?{urlencode(query | {'lang': one})}", LANGUAGES[one].name) for one in LANGUAGES if one != t.language
        ]
    links_html = "".join(f"<a href='{as_html(address)}' target='_self'>{as_html(name)}</a>" for address, name in links)
    name = as_html(user.auth_session.name)
    with st.sidebar:
        st.html(f"<div class='visitor'><b>{name}</b> <span>{as_html(role)}</span>{links_html}</div>")
