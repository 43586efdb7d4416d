"""The frame of every page: its look and the navigation."""

from pathlib import Path

import streamlit as st

from dashboard.text import words

HERE = Path(__file__).parent

st.set_page_config(page_title=words("zh")("app.title"), page_icon="🏘️", layout="wide")
st.html(HERE / "assets" / "page.css")
st.navigation([st.Page(HERE / "pages" / "city.py", title=words("zh")("app.title"), default=True)]).run()
