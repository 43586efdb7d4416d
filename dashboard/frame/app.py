"""The frame of every page: its look, who is there, and the navigation by role.

It lies in a folder of its own because Streamlit runs any file of a `pages` folder beside its script without the script.
"""

from pathlib import Path

import streamlit as st

from dashboard.components.visitor_line import language_chosen, visitor_line
from dashboard.door import visitor_of
from dashboard.navigation import PAGES, pages_for
from dashboard.text import words

HERE = Path(__file__).parent.parent

say = words(language_chosen())
st.set_page_config(page_title=words("zh")("app.title"), page_icon="🏘️", layout="wide")
st.html(HERE / "assets" / "page.css")
visitor = visitor_of()
offered = [
    st.Page(page.file, title=say(f"nav.{page.name}"), icon=page.icon, url_path=page.name, default=page is PAGES[0])
    for page in pages_for(visitor.viewer)
]
chosen = st.navigation(offered, position="top" if len(offered) > 1 else "hidden")
visitor_line(visitor, say, switch=chosen is not offered[0])
chosen.run()
