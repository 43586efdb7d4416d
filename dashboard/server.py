"""The front door: pages and routes in one process on one port. Started by `streamlit run dashboard/server.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard import logs
from dashboard.entrance import forms, sign_on
from dashboard.entrance.gate import Gate
from dashboard.faults import tell
from dashboard.measuring import Measured
from dashboard.routes import assets, exports, health, imports, map_data, rules
from dashboard.start import started

logs.to_stderr()

ROUTES = [
    *forms.ROUTES,
    *sign_on.ROUTES,
    *assets.ROUTES,
    *map_data.ROUTES,
    *exports.ROUTES,
    *imports.ROUTES,
    *rules.ROUTES,
    *health.ROUTES,
]

app = st.App(
    Path(__file__).parent / "frame" / "app.py",
    routes=ROUTES,
    middleware=[Middleware(Measured), Middleware(Gate)],
    on_script_error=tell,
    lifespan=started,
)
