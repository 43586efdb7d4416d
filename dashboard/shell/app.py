"""The frame of every page: its look, who is there, and the navigation by role.

No `pages` folder may lie beside it: Streamlit runs any file of such a folder without this script.
"""

from pathlib import Path

import streamlit as st

from dashboard.auth.request_user import visitor_of
from dashboard.i18n import words
from dashboard.shell.navigation import PAGES, pages_for
from dashboard.shell.user_menu import language_chosen, visitor_line

STYLE = Path(__file__).parents[1] / "look" / "page.css"

say = words(language_chosen())
st.set_page_config(page_title=words("zh")("app.title"), page_icon="🏘️", layout="wide")
st.html(STYLE)
visitor = visitor_of()
offered = [
    st.Page(page.file, title=say(f"nav.{page.name}"), icon=page.icon, url_path=page.name, default=page is PAGES[0])
    for page in pages_for(visitor.viewer)
]
chosen = st.navigation(offered, position="top" if len(offered) > 1 else "hidden")
visitor_line(visitor, say, switch=chosen is not offered[0])
chosen.run()
