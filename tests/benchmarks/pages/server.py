"""The same page four times: our layer, two peers, and nothing. Served with the dashboard's own routes."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.auth.middleware import AuthMiddleware
from dashboard.map import tile_routes
from dashboard.shell import static_files
from tests.benchmarks.peer_assets import PEER_ASSETS


def peer_asset(request: Request) -> Response:
    path = PEER_ASSETS.get(request.path_params["name"])
    return FileResponse(path) if path else PlainTextResponse("There is no such file.", status_code=404)


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[*static_files.ROUTES, *tile_routes.ROUTES, Route("/bench/assets/{name:path}", peer_asset)],
    middleware=[Middleware(AuthMiddleware)],
)
