"""The server: pages and routes in one process on one port. Started by `streamlit run dashboard/server.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.admin.imports import rejected_rows_route, template_route
from dashboard.auth import account_views, oidc
from dashboard.auth.middleware import AuthMiddleware
from dashboard.exports import download_route
from dashboard.map import tile_routes
from dashboard.observability import health, logs
from dashboard.observability.request_metrics import RequestMetrics
from dashboard.operations.planning import take_along_route
from dashboard.shell import page_words, static_files
from dashboard.shell.error_page import show_error
from dashboard.shell.index_page import IndexPage
from dashboard.shell.packed_files import PackedFiles
from dashboard.shell.sent_values import guard_sent_values
from dashboard.shell.startup import lifespan
from dashboard.studies.sandbox import rule_file_route

logs.to_stderr()
guard_sent_values()

ROUTES = [
    *account_views.ROUTES,
    *oidc.ROUTES,
    *static_files.ROUTES,
    *page_words.ROUTES,
    *tile_routes.ROUTES,
    *download_route.ROUTES,
    *take_along_route.ROUTES,
    *rejected_rows_route.ROUTES,
    *template_route.ROUTES,
    *rule_file_route.ROUTES,
    *health.ROUTES,
]

app = st.App(
    Path(__file__).parent / "shell" / "app.py",
    routes=ROUTES,
    middleware=[Middleware(RequestMetrics), Middleware(AuthMiddleware), Middleware(PackedFiles), Middleware(IndexPage)],
    on_script_error=show_error,
    lifespan=lifespan,
)
