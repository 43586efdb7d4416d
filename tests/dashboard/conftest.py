"""The demonstration district inside this process: routes and pages without a server or a browser."""

from collections.abc import Callable

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard import loading
from dashboard.address import Choices
from dashboard.routes import assets, map_data
from data.viewer import EVERYTHING
from tests.dashboard.demonstration import HOUSE, Demonstration, laid


@pytest.fixture
def district(tmp_path_factory, monkeypatch) -> Demonstration:
    """The district, with this process pointed at it and nothing remembered of another."""
    demonstration = laid(tmp_path_factory.getbasetemp())
    for name, value in demonstration.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("data.ledgers.VAR", demonstration.folder)
    st.cache_resource.clear()
    yield demonstration
    st.cache_resource.clear()


@pytest.fixture
def client(district) -> TestClient:
    return TestClient(Starlette(routes=[*assets.ROUTES, *map_data.ROUTES]))


@pytest.fixture
def choices(district) -> Choices:
    return loading.open_city(EVERYTHING, "demo").choices


@pytest.fixture
def page(district) -> Callable[..., AppTest]:
    """The page as it stands after one run: `page(lang="en")`."""

    def run(**query: str) -> AppTest:
        app = AppTest.from_file(HOUSE / "dashboard" / "app.py", default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run
