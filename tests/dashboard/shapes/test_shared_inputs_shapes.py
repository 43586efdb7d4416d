"""Small files of strangers whose city once could not be opened: without areas, older than the rules, of equal names."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.i18n import LANGUAGES
from dashboard.server import ROUTES
from dashboard.view.view_state import list_of
from data.city import rebuild
from data.importing.mapping.parser import mapping_of
from tests.dashboard.conftest import SITE, new_database
from tests.dashboard.page_runs import page_run
from tests.dashboard.shapes.test_every_shape import WORLD, as_shown, ground_of, said
from tests.data.importing.shared_inputs import FAILING, ON, beside, take, their
from tests.data.riverton import Desk, write_csv
from tests.sessions import COOKIE, token_of

pytestmark = beside
OPENED = ("anytown", "late", "one", "rv")
HOUSES = [
    {"code": code, "name": code, "address": code, "lon": lon, "lat": lat}
    for code, lon, lat in (("B1", "113.86", "22.505"), ("B2", "113.94", "22.505"), ("B3", "113.87", "22.52"))
]
BUILDINGS = """
title = "{city}: buildings"
files = "*"
format = "csv"
{city_of}
[building]
code = {{ column = "{code}" }}
place = {{ lon = {{ column = "{lon}" }}, lat = {{ column = "{lat}" }}, datum = "WGS84" }}
{areas}
"""
LOWER = {"code": "code", "lon": "lon", "lat": "lat"}
BY_PLACE = '[building.areas]\nstreet = "by place"\n'
ARCHIVE = """
title = "late: archive"
city = "late"
files = "*"
format = "csv"
[building]
existing = true
code = { column = "building" }
[inspection]
key = { column = "id" }
day = { column = "day" }
[inspection.answers]
checklist = "late"
items = { doors = "doors" }
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Iterator[rebuild.Prepared]:
    """The cities of these files in one database, with this process pointed at it."""
    folder = tmp_path_factory.mktemp("shared_shapes")
    with new_database(folder) as engine:
        town = Desk(engine, folder)
        for text, file in _files(folder):
            assert take(town, mapping_of("theirs", text), file).faults == [], file
        yield rebuild.prepare(town.engine, ON, "WGS84", lambda *_: None)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each of their files with the text of a mapping, in their order."""
    houses = write_csv(folder / "houses.csv", HOUSES)
    anytown = "[city]" + their("anytown_a_areas").split("[city]")[1].split("[area]")[0]
    upper = {name: name.upper() for name in LOWER}
    yield (
        BUILDINGS.format(city="anytown", city_of=anytown, areas="", **upper),
        FAILING / "05_city_without_areas.csv",
    )
    yield _text("b12-city.toml"), houses
    yield ARCHIVE, FAILING / "b14-archive-before-the-rules.csv"
    yield _text("b18-city-without-areas.toml"), FAILING / "b18-buildings-of-a-city-without-areas.csv"
    yield _text("b09-streets.toml"), FAILING / "b15-equal-names.geojson"
    yield BUILDINGS.format(city="rv", city_of='city = "rv"', areas=BY_PLACE, **LOWER), houses


def _text(name: str) -> str:
    return (FAILING / name).read_text(encoding="utf-8")


@pytest.fixture
def shown(prepared, monkeypatch) -> Callable[..., AppTest]:
    token = token_of(city_cache.database(), "administrator")

    def run(name: str, **query: str) -> AppTest:
        page = page_run(monkeypatch, name, token, query)
        assert [error.value for error in (*page.exception, *page.error)] == []
        return page

    return run


@pytest.fixture
def browser(prepared) -> TestClient:
    site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
    headers = {"Origin": SITE, "Cookie": f"{COOKIE}={token_of(city_cache.database(), 'administrator')}"}
    return TestClient(site, base_url=SITE, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("city", OPENED)
def test_every_one_of_them_is_made_ready_and_opens(prepared, shown, city):
    assert prepared.failed == {}
    shown("city", city=city, lang="en")


@pytest.mark.parametrize("city", ["anytown", "one"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_05_and_b18_without_areas_the_map_has_the_bounds_for_ground_and_says_so(shown, city, language):
    assert as_shown(language, "map.no_areas") in said(shown("city", city=city, lang=language))
    assert '"bounds":[[22.45,113.8,],[22.65,114.0,],],' in ground_of(city)


@pytest.mark.parametrize("language", LANGUAGES)
def test_b14_a_city_older_than_the_rules_says_so_and_the_others_are_graded(prepared, shown, language):
    assert prepared.ungraded == ("late",)
    sentence = as_shown(language, "shell.no_rule_in_force", day="2016-12-31", first="2018-01-01")
    assert sentence in said(shown("city", city="late", lang=language))
    assert sentence not in said(shown("city", city="rv", lang=language))


def test_b15_streets_of_one_name_are_told_apart_and_each_gives_its_own_building(shown, browser):
    page = shown("city", city="rv", lang="zh")
    (box,) = (one for one in page.multiselect if one.key == "rv.area")
    assert sorted(box.options) == ["幸福社区（001）", "幸福社区（002）", "逗号"]
    for code, building in (("001", "B1"), ("002", "B2"), ("C,1", "B3")):
        area = list_of([f"street:{code}"])
        assert dict(shown("city", city="rv", area=area).query_params)["area"] == area
        counted = browser.get("/map/counts", params={"city": "rv", "area": area, "box": WORLD}).json()
        assert counted["total"] == 1
        exported = csv_of(browser.get("/export/rv.csv", params={"area": area}).content)
        assert [one for one in ("B1", "B2", "B3") if f"{one}," in exported] == [building]


def csv_of(export: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".csv"))
        return archive.read(name).decode("utf-8-sig")
