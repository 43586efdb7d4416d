"""Whatever the importer takes opens on every page: a matrix of shapes of a city by pages, parts of pages and routes."""

import shutil
from collections.abc import Callable, Iterator
from itertools import product

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.i18n import LANGUAGES
from dashboard.server import ROUTES
from dashboard.shell.navigation import PAGES
from data.city import rebuild
from data.db.engine import open_database
from scoring.rulebook import editions
from tests.dashboard.conftest import SITE
from tests.dashboard.page_runs import page_run
from tests.dashboard.shapes.odd_cities import ON, Shape, bring_in, shapes, write_rule_sets
from tests.sessions import COOKIE, token_of

SHAPES = {shape.code: shape for shape in shapes()}
EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
EXPORTS = ("csv", "xlsx", "geojson", "gpkg")
QUALITY_PARTS = ("rates", "score_heaping", "leniency", "duplicate_checklists", "coverage", "visits")
OF_NO_CITY = ("accounts", "audit")  # pages
WORLD = "-180,-85,180,85"


@pytest.fixture(scope="module")
def cities(tmp_path_factory) -> Iterator[None]:
    """Every shape in one database, with this process pointed at it."""
    folder = tmp_path_factory.mktemp("shapes")
    shutil.copytree(editions.RULES, folder / "rules")
    write_rule_sets(folder / "rules")
    address = f"sqlite:///{folder / 'shapes.sqlite'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDIT_MAP_DATABASE", address)
        for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
            patch.delenv(name, raising=False)
        patch.setattr("data.city.fact_store.VAR", folder)
        patch.setattr(editions, "RULES", folder / "rules")
        _forget()
        engine = open_database(address)
        for shape in SHAPES.values():
            (folder / shape.code).mkdir()
            bring_in(engine, folder / shape.code, shape)
        rebuild.prepare(engine, ON, "WGS84", lambda *_: None)
        yield
    _forget()


def _forget() -> None:
    editions.rule_sets.cache_clear()
    editions.editions.cache_clear()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def shown(cities, monkeypatch) -> Callable[..., AppTest]:
    token = token_of(city_cache.database(), "administrator")

    def run(name: str, query: dict[str, str], **chosen: str) -> AppTest:
        page = page_run(monkeypatch, name, token, query, chosen)
        assert [error.value for error in (*page.exception, *page.error)] == []
        return page

    return run


@pytest.fixture
def browser(cities) -> TestClient:
    site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
    headers = {"Origin": SITE, "Cookie": f"{COOKIE}={token_of(city_cache.database(), 'administrator')}"}
    return TestClient(site, base_url=SITE, headers=headers, follow_redirects=False)


@EVERY_SHAPE
@pytest.mark.parametrize("name", [page.name for page in PAGES if page.name not in OF_NO_CITY])
def test_every_page_opens(shown, shape: Shape, name: str):
    for language in LANGUAGES:
        shown(name, {"city": shape.code, "lang": language})


@EVERY_SHAPE
def test_every_theme_opens_with_every_level_coloured(shown, shape: Shape):
    levels = ("", *(shape.levels if shape.has_areas else ()))
    for theme, level in product((*shape.rule_sets, "hazards", "vacant", "density"), levels):
        shown("city", {"city": shape.code, "show": theme, "areas": level, "over": "hazards"})


@EVERY_SHAPE
@pytest.mark.parametrize("panel", ["distribution", "trend", "card"])
def test_every_panel_beside_the_map_opens(shown, shape: Shape, panel: str):
    shown("city", {"city": shape.code}, panel=panel)
    shown("city", {"city": shape.code, "building": "B0"}, panel=panel, card_of="B0")


@EVERY_SHAPE
@pytest.mark.parametrize("part", QUALITY_PARTS)
def test_every_part_of_the_data_quality_opens(shown, shape: Shape, part: str):
    shown("quality", {"city": shape.code}, quality_part=part)


@EVERY_SHAPE
@pytest.mark.parametrize("part", ["map", "areas", "buildings"])
def test_every_part_of_changes_and_sandbox_opens(shown, shape: Shape, part: str):
    shown("changes", {"city": shape.code}, changes_part=part)
    shown("sandbox", {"city": shape.code}, sandbox_part=part)


@EVERY_SHAPE
@pytest.mark.parametrize("outcome", ["hazards", "failed", "cases"])
def test_every_outcome_of_the_backtest_opens(shown, shape: Shape, outcome: str):
    shown("backtest", {"city": shape.code}, backtest_outcome=outcome)


@EVERY_SHAPE
def test_tiles_counts_clicks_and_search_answer(browser, shape: Shape):
    for theme, zoom in product((*shape.rule_sets, "hazards", "density"), (0, 9, 13, 17)):
        x, y = (int(edge * 2**zoom) for edge in (0.81635, 0.43573))
        assert browser.get(f"/map/tiles/{zoom}/{x}/{y}.mvt?city={shape.code}&show={theme}").status_code == 200
        for level in shape.levels if shape.has_areas else ():
            address = f"/map/areas/{level}/{zoom}/{x}/{y}.mvt?city={shape.code}&show={theme}&colour=1"
            assert browser.get(address).status_code == 200
    counted = browser.get(f"/map/counts?city={shape.code}&box={WORLD}").json()
    assert counted["total"] == (0 if shape.off_map else shape.buildings)
    at = browser.get(f"/map/at?city={shape.code}&at=113.812,22.462,19").json()
    assert ("building" in at) == (counted["total"] > 0)
    assert len(browser.get(f"/map/search?city={shape.code}&q=House").json()["found"]) == min(counted["total"], 8)


@EVERY_SHAPE
@pytest.mark.parametrize("form", EXPORTS)
def test_every_export_is_made(browser, shape: Shape, form: str):
    answer = browser.get(f"/export/{shape.code}.{form}")
    assert answer.status_code == 200, answer.text
    assert answer.content
