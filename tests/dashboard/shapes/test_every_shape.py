"""Whatever the importer takes opens on every page: a matrix of shapes of a city by pages, parts of pages and routes."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from html import escape
from itertools import product

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.i18n import DEFAULT_LANGUAGE, LANGUAGES, translator
from dashboard.look.city_map import city_base_map
from dashboard.look.plain_text import as_text
from dashboard.server import ROUTES
from dashboard.shell import startup
from dashboard.shell.navigation import PAGES
from dashboard.view.view_state import list_of
from data.access.roles import SYSTEM
from data.city import rebuild
from data.city.changes import log_change
from data.db.engine import open_database, writing
from data.db.models.city import City
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
        forget()
        engine = open_database(address)
        for shape in SHAPES.values():
            (folder / shape.code).mkdir()
            bring_in(engine, folder / shape.code, shape)
        rebuild.prepare(engine, ON, "WGS84", lambda *_: None)
        yield
    forget()


def forget() -> None:
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
    for language in LANGUAGES if shape.code == "plain" else (DEFAULT_LANGUAGE,):
        shown(name, {"city": shape.code, "lang": language})


@EVERY_SHAPE
def test_every_theme_and_every_coloured_level_opens(shown, shape: Shape):
    themes = (*shape.rule_sets, "hazards", "vacant", "density")
    levels = shape.levels if shape.has_areas else ("",)
    pairs = {*product(themes, levels[:1]), *product(themes[:1], ("", *levels))}
    for theme, level in sorted(pairs):
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


# what cannot be drawn is said in one sentence


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in ("markdown", "caption", "warning", "info") for element in page.get(kind))


def as_shown(language: str, key: str, **values: object) -> str:
    return as_text(translator(language)(key, **values))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["city", "changes", "sandbox", "fairness", "backtest", "quality"])
def test_a_city_without_rules_in_force_says_so_on_its_pages_and_no_other_does(shown, name, language):
    sentence = as_shown(language, "shell.no_rule_in_force", day="2016-12-31", first="2018-01-01")
    assert sentence in said(shown(name, {"city": "before_the_rules", "lang": language}))
    for other in ("plain", "between_the_rules", "across_the_rules"):
        assert sentence[-20:] not in said(shown(name, {"city": other, "lang": language}))


def test_a_city_that_was_taken_in_without_rule_sets_says_what_to_do(cities, monkeypatch, shown):
    """Its mapping would be refused today; it may be there from an earlier version."""
    monkeypatch.setattr("dashboard.cache.city_state.SECONDS_BEHIND", 0)
    _name_rule_sets("no_visits", [])
    try:
        for name in ("city", "quality"):
            assert as_shown("zh", "shell.no_rule_set") in said(shown(name, {"city": "no_visits"}))
    finally:
        _name_rule_sets("no_visits", ["baoan"])


def _name_rule_sets(code: str, names: list[str]) -> None:
    with writing(city_cache.database(), SYSTEM) as session:
        city = session.query(City).filter(City.code == code).one()
        city.rule_sets = names
        log_change(session, city.id, "import", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_city_without_areas_says_on_what_ground_it_stands(shown, language):
    assert as_shown(language, "map.no_areas") in said(shown("city", {"city": "no_areas", "lang": language}))
    assert as_shown(language, "map.no_areas") not in said(shown("city", {"city": "plain", "lang": language}))
    assert as_shown(language, "study.no_areas") in said(
        shown("quality", {"city": "no_areas", "lang": language}, quality_part="visits")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_city_without_buildings_says_what_to_bring(shown, language):
    assert as_shown(language, "map.no_buildings") in said(shown("city", {"city": "no_building", "lang": language}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_that_cannot_be_coloured_are_said_and_have_no_class(shown, language):
    level = translator(language).of({"zh": "街道", "en": "Street"})
    sentence = as_shown(language, "map.areas_uncoloured", level=level)
    for code, is_said in (("one_grade", True), ("six_grades", False)):
        page = shown("city", {"city": code, "lang": language, "areas": "street"})
        assert (sentence in said(page)) == is_said


def ground_of(code: str) -> str:
    """The script that draws the ground, without blanks."""
    page = city_base_map(city_cache.city_context(SYSTEM, code), translator("en"), ON).get_root().render()
    return re.sub(r"\s", "", page)


def test_the_ground_of_a_city_without_areas_is_its_bounds(cities):
    assert '"bounds":[[22.45,113.8,],[22.65,114.0,],],' in ground_of("no_areas")
    assert '"bounds":' not in ground_of("plain")


@pytest.mark.parametrize("code", ["one_district", "only_grids", "far_levels", "all_levels", "plain"])
def test_the_widest_level_is_drawn_however_far_out(cities, code):
    zooms = [int(zoom) for zoom in re.findall(r'"minZoom":(\d+)', ground_of(code))]
    assert zooms[0] == 0
    assert len(zooms) == len(SHAPES[code].levels)


# areas of one name, and codes that say something in an address

ODD_CODES = SHAPES["equal_names"].codes
WITH_A_HOUSE = {ODD_CODES[0], ODD_CODES[2], ODD_CODES[4]}


@pytest.mark.parametrize("code", ODD_CODES)
def test_a_link_to_an_area_gives_that_area_whatever_its_code_and_name(browser, shown, code):
    area = list_of([f"community:{code}"])
    page = shown("city", {"city": "equal_names", "area": area})
    assert dict(page.query_params)["area"] == area
    counted = browser.get("/map/counts", params={"city": "equal_names", "area": area, "box": WORLD}).json()
    assert counted["total"] == (code in WITH_A_HOUSE)


def test_two_areas_of_one_name_are_two_choices_and_each_gives_its_own_buildings(shown):
    page = shown("city", {"city": "equal_names"})
    (box,) = (one for one in page.multiselect if one.key == "equal_names.area")
    assert len(set(box.options)) == len(box.options) == len(ODD_CODES) + 2
    assert all(label.startswith("幸福社区（") for label in box.options)
    for code in ODD_CODES:
        chosen = page.multiselect("equal_names.area").set_value([f"community:{code}"]).run()
        assert dict(chosen.query_params)["area"] == list_of([f"community:{code}"])


def test_a_card_names_the_area_the_building_lies_in_and_no_other(shown):
    cards = {}
    for building in ("B0", "B1", "B2"):
        page = shown("city", {"city": "equal_names", "building": building}, panel="card", card_of=building)
        cards[building] = "\n".join(str(one.proto) for one in page.get("html"))
    for building, code in zip(cards, ODD_CODES[::2], strict=False):
        label = city_cache.city_context(SYSTEM, "equal_names").area_name
        ids = city_cache.city_context(SYSTEM, "equal_names").options.areas
        assert [escape(label[ids[f"community:{one}"]][0]) in cards[building] for one in ODD_CODES].count(True) == 1
        assert escape(label[ids[f"community:{code}"]][0]) in cards[building]


# one city that cannot be opened


def test_the_server_starts_with_the_next_city_where_the_first_cannot_be_opened(cities, monkeypatch):
    opened = threading.Event()
    monkeypatch.setattr(startup, "OPENED", opened)
    whole = city_cache.city_context
    first = city_cache.cities(SYSTEM)[0].code

    def context(scope, code):
        if code == first:
            raise ValueError("odd")
        return whole(scope, code)

    monkeypatch.setattr(city_cache, "city_context", context)
    startup.open_first_city()
    assert opened.is_set()
    monkeypatch.setattr(city_cache, "city_context", lambda *_: (_ for _ in ()).throw(ValueError("odd")))
    opened.clear()
    startup.open_first_city()
    assert not opened.is_set()
