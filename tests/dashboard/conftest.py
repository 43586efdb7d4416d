"""The demonstration district inside this process: routes and pages without a server or a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache, kept_input
from dashboard.server import ROUTES
from dashboard.shell.startup import OPENED
from dashboard.view.view_state import CityOptions
from data.access.roles import SYSTEM
from data.db.engine import open_database
from tests.dashboard.demonstration import ROOT, Demonstration, laid
from tests.data.town_hall import Town, settle
from tests.sessions import COOKIE, token_of

SITE = "http://map.test"


@pytest.fixture(scope="session", autouse=True)
def packages_searched_once() -> Iterator[None]:
    """Each AppTest asks every installed package whether it brings a component, as the server does once at its start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@contextmanager
def pointed_at(folder: Path) -> Iterator[Demonstration]:
    """The district, with this process pointed at it and nothing remembered of another."""
    demonstration = laid(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in demonstration.environment.items():
            patch.setenv(name, value)
        for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
            patch.delenv(name, raising=False)
        patch.setattr("data.city.fact_store.VAR", demonstration.folder)
        patch.setattr("dashboard.cache.city_state.SECONDS_BEHIND", 0)
        patch.setattr("dashboard.cache.job_process.APART", False)
        OPENED.set()
        st.cache_resource.clear()
        yield demonstration
        st.cache_resource.clear()


@pytest.fixture
def district(tmp_path_factory) -> Iterator[Demonstration]:
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration:
        yield demonstration


@pytest.fixture
def visit(district) -> Callable[..., TestClient]:
    """A browser before the middleware: `visit("police", "demo/street:1")` is signed in, `visit()` is nobody."""

    def come(role: str | None = None, *areas: str, **more) -> TestClient:
        site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
        headers = {"Origin": SITE}
        if role is not None:
            headers["Cookie"] = f"{COOKIE}={token_of(city_cache.database(), role, *areas, **more)}"
        return TestClient(site, base_url=SITE, headers=headers, follow_redirects=False, raise_server_exceptions=False)

    return come


@pytest.fixture
def client(visit) -> TestClient:
    """One who may see everything."""
    return visit("administrator")


@pytest.fixture
def choices(district) -> CityOptions:
    return city_cache.city_context(SYSTEM, "demo").options


@pytest.fixture
def page(district, monkeypatch) -> Callable[..., AppTest]:
    """The page as it stands after one run: `page(lang="en")`."""

    cookies = {COOKIE: token_of(city_cache.database(), "administrator")}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))

    def run(**query: str) -> AppTest:
        app = AppTest.from_file(ROOT / "dashboard" / "shell" / "app.py", default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture(scope="module")
def two_towns(tmp_path_factory) -> Iterator[Town]:
    """Lockside and Otherbank in one database, with this process pointed at it; to be looked at only."""
    with new_database(tmp_path_factory.mktemp("towns")) as engine:
        yield settle(engine)


@contextmanager
def new_database(folder: Path) -> Iterator[Engine]:
    """An empty database in the folder, with this process pointed at it and nothing remembered of another."""
    address = f"sqlite:///{folder / 'city.sqlite'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDIT_MAP_DATABASE", address)
        for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
            patch.delenv(name, raising=False)
        patch.setattr("data.city.fact_store.VAR", folder)
        forget()
        yield open_database(address)
        forget()


def forget() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def come(two_towns) -> Callable[..., TestClient]:
    """As `visit`, in the two towns: `come("leader", "otherbank")`; `come()` is nobody."""

    def come(role: str | None = None, *areas: str, **more) -> TestClient:
        site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
        headers = {"Origin": SITE}
        if role is not None:
            headers["Cookie"] = f"{COOKIE}={token_of(city_cache.database(), role, *areas, **more)}"
        return TestClient(site, base_url=SITE, headers=headers, follow_redirects=False, raise_server_exceptions=False)

    return come


@pytest.fixture(autouse=True)
def nothing_typed_before(tmp_path, monkeypatch) -> None:
    """What a page keeps of one test is nothing to the next."""
    monkeypatch.setattr(kept_input, "FOLDER", tmp_path / "kept")
