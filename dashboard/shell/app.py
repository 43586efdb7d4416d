"""The frame of every page: its look, who is there, and the navigation by role.

No `pages` folder may lie beside it: Streamlit runs any file of such a folder without this script.
"""

from pathlib import Path

import streamlit as st

from dashboard.auth.request_user import current_user
from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language
from dashboard.look.carried_view import arriving_with, note_page
from dashboard.look.kept_page import keep_last_words
from dashboard.look.tab import stay_in_address
from dashboard.shell.navigation import PAGES, pages_for
from dashboard.shell.user_menu import user_menu

STYLE = Path(__file__).parents[1] / "look" / "page.css"

t = translator(page_language())
st.set_page_config(page_title=t("shell.title"), page_icon="🏘️", layout="wide")
st.html(STYLE)
user = current_user()
offered = [
    st.Page(page.file, title=t(f"nav.{page.name}"), icon=page.icon, url_path=page.name, default=page is PAGES[0])
    for page in pages_for(user.scope)
]
chosen = st.navigation(offered, position="top" if len(offered) > 1 else "hidden")
note_page(chosen.url_path)
user_menu(user, t, switch=chosen is not offered[0])
keep_last_words(user, chosen.url_path)
stay_in_address(chosen.url_path, arriving_with())
chosen.run()
