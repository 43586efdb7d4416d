"""Who is signed in, with the way to one's own account: on the map at the head of its sidebar, elsewhere of the page."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.i18n import LANGUAGES, Translator
from dashboard.look.carried_view import arriving_with
from dashboard.look.plain_text import as_html
from dashboard.look.tab import tab_query


def user_menu(user: CurrentUser, t: Translator, switch: bool) -> None:
    """switch: whether to offer the other language here; the map has a switch of its own that keeps the view."""
    role = t(f"role.{user.scope.role}")
    links = [(f"/account?{urlencode({'lang': t.language} | tab_query())}", t("auth.account"))]
    if switch:
        query = arriving_with() | st.query_params.to_dict()
        links += [
            (f"?{urlencode(query | {'lang': one})}", LANGUAGES[one].name) for one in LANGUAGES if one != t.language
        ]
    links_html = "".join(f"<a href='{as_html(address)}' target='_self'>{as_html(name)}</a>" for address, name in links)
    name = as_html(user.auth_session.name)
    with st.container(key="visitor") if switch else st.sidebar:  # a sidebar for this alone would be empty
        st.html(f"<div class='visitor'><b>{name}</b> <span>{as_html(role)}</span>{links_html}</div>")
