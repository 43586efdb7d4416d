"""The front door: pages and routes in one process on one port. Started by `streamlit run dashboard/server.py`."""

from pathlib import Path

import streamlit as st

from dashboard.faults import tell
from dashboard.routes import assets, map_data
from dashboard.start import started

app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[*assets.ROUTES, *map_data.ROUTES],
    on_script_error=tell,
    lifespan=started,
)
