"""Role by area by page and route: nobody gets by without a right, and nothing of another street comes along."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO

import mapbox_vector_tile
import pytest
import streamlit as st
from starlette.routing import Route
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard import server
from dashboard.cache import city_cache
from dashboard.i18n import translator
from dashboard.server import ROUTES
from dashboard.shell.navigation import DASHBOARD, PAGES, pages_for
from data.access.roles import ROLES, AccessScope
from geo.morton import unit_xy
from tests.dashboard.buildings import dishonest
from tests.dashboard.conftest import pointed_at
from tests.dashboard.demonstration import Demonstration
from tests.dashboard.planned import MONDAY, Stop, plan_of
from tests.sessions import COOKIE, token_of

TO_ANYBODY = {
    "/sign-in": "the way in",
    "/sign-on": "the way in by the organisation's own sign-on",
    "/sign-on/back": "the way in by the organisation's own sign-on",
    "/entrance/style.css": "the look of the way in",
    "/entrance/sign-in.js": "what the way in does in the browser",
    "/entrance/stay.js": "what keeps the language in the address",
    "/entrance/validity.js": "what says in the page's language what a field lacks",
    "/entrance/page-words.js": "the words of Streamlit in the language of the page",
    "/robots.txt": "that robots are not asked for",
    "/entrance/again.js": "what leads from a page back to the way in",
    "/health": "ready or not, and no more",
}
TO_ANYONE_SIGNED_IN = {
    "/sign-out": "the way out",
    "/account": "one's own account",
    "/account/password": "one's own account",
    "/account/end": "one's own sessions",
    "/map/assets/{name:path}": "scripts and styles that hold no data",
}
BY_TOKEN_TOO = {"/metrics": "machines that watch bring a token of their own"}
GUARDED = [route for route in ROUTES if isinstance(route, Route) and hasattr(route.endpoint, "permission")]
ZOOM = 17


class Street:
    """A street of the district: its buildings, and the sample requests that would give one of them away."""

    def __init__(self, district: Demonstration, number: int) -> None:
        rows = district.rows(
            "SELECT areas.id, areas.code, areas.name FROM areas JOIN buildings ON buildings.street_id = areas.id"
            " GROUP BY areas.id ORDER BY count(*) DESC"
        )
        self.id, self.code, self.name = rows[number]
        self.buildings = district.rows(
            "SELECT id, code, name, lon, lat FROM buildings WHERE street_id = ? AND off_map IS NULL ORDER BY id",
            self.id,
        )
        self.plan, self.officer = self.planned(district)
        self.all = district.rows("SELECT count(*) FROM buildings WHERE street_id = ?", self.id)[0][0]

    @property
    def scope(self) -> str:
        return f"demo/street:{self.code}"

    def tile(self, kind: str = "tiles") -> str:
        _, _, _, lon, lat = self.buildings[0]
        x, y = (int(edge * 2**ZOOM) for edge in unit_xy(lon, lat))
        return f"/map/{kind}/{ZOOM}/{x}/{y}.mvt?city=demo"

    def planned(self, district: Demonstration) -> tuple[int, int]:
        """A plan with a visit in the street, and who makes it."""
        question = "SELECT plan_id, officer_id FROM plan_stops JOIN buildings ON buildings.id = building_id"
        return district.rows(f"{question} WHERE street_id = ?", self.id)[0]

    def box(self) -> str:
        lons, lats = zip(*((row[3], row[4]) for row in self.buildings), strict=True)
        return f"{min(lons) - 1e-6},{min(lats) - 1e-6},{max(lons) + 1e-6},{max(lats) + 1e-6}"


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[Demonstration]:
    """Opened once for all of these tests: there are a hundred, and none of them changes it."""
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration, plan_of(_a_visit_a_street(demonstration)):
        yield demonstration


def _a_visit_a_street(district: Demonstration) -> list[Stop]:
    """By an officer of the building's own grid."""
    visits = district.rows(
        "SELECT min(buildings.id), officers.id FROM buildings JOIN officers ON officers.area_id = buildings.grid_id"
        " GROUP BY buildings.street_id"
    )
    return [Stop(building, officer) for building, officer in visits]


@pytest.fixture
def streets(district) -> tuple[Street, Street]:
    return Street(district, 0), Street(district, 1)


SAMPLES = {  # a request about one street, and whether its answer gives away that there is something
    "/map/tiles/{z:int}/{x:int}/{y:int}.mvt": (lambda one: one.tile(), lambda answer: _features(answer)),
    "/map/areas/{level}/{z:int}/{x:int}/{y:int}.mvt": (
        lambda one: one.tile("areas/street"),
        lambda answer: answer.status_code == 200 and bool(_features(answer)),
    ),
    "/map/counts": (
        lambda one: f"/map/counts?city=demo&box={one.box()}",
        lambda answer: answer.json()["total"],
    ),
    "/map/at": (
        lambda one: f"/map/at?city=demo&at={one.buildings[0][3]},{one.buildings[0][4]},19",
        lambda answer: answer.json(),
    ),
    "/map/search": (
        lambda one: f"/map/search?city=demo&q={one.buildings[0][1]}",
        lambda answer: answer.json()["found"],
    ),
    "/export/{city}.{format}": (
        lambda one: f"/export/demo.geojson?area=street:{one.code}",
        lambda answer: answer.status_code == 200 and json.loads(answer.content)["features"],
    ),
    "/plans/{city}/{plan:int}/visits.{format}": (
        lambda one: f"/plans/demo/{one.plan}/visits.csv?area=street:{one.code}",
        lambda answer: answer.status_code == 200 and len(answer.text.splitlines()) > 1,
    ),
    "/plans/{city}/{plan:int}/{officer:int}/{day}.pdf": (
        lambda one: f"/plans/demo/{one.plan}/{one.officer}/{MONDAY}.pdf",
        lambda answer: answer.status_code == 200 and answer.content.startswith(b"%PDF"),
    ),
}
WITHOUT_A_STREET = {
    "/map/ground/{z:int}/{x:int}/{y:int}.mvt": "water and roads, the same for whoever sees anything of the city",
    "/map/own/{z:int}/{x:int}/{y:int}.mvt": "the outline of one's own areas, whatever the address says; see its tests",
    "/map/version": "that something was written in the city, not what or where",
    "/metrics": "figures of the server, not of buildings",
    "/rules/{key}.toml": "the text of rules, not of buildings",
    "/imports/template/{city}/{target}.{format}": "empty files to fill in, of which the middle of the city is all",
    "/imports/{number}/set-aside.csv": "for administrators, who see the whole city; see tests of the import page",
}


def _features(answer) -> list:
    assert answer.status_code == 200, answer.text
    return [feature for layer in mapbox_vector_tile.decode(answer.content).values() for feature in layer["features"]]


def test_every_route_has_a_rule():
    for route in ROUTES:
        ruled = hasattr(route.endpoint, "permission")
        assert ruled != (route.path in TO_ANYBODY | TO_ANYONE_SIGNED_IN), route.path


def test_every_route_with_a_right_has_a_sample_to_be_tried_with():
    assert {route.path for route in GUARDED} <= SAMPLES.keys() | WITHOUT_A_STREET.keys()


def test_no_page_can_be_opened_past_the_frame():
    """Streamlit runs files of a `pages` folder beside its script by themselves until the script has run once."""
    assert (DASHBOARD / "shell" / "app.py").exists()
    assert not (DASHBOARD / "shell" / "pages").exists()
    assert server.app.script_path.parent.name == "shell"


def test_every_page_of_the_folder_is_registered_with_a_right():
    assert {page.file for page in PAGES} == set(DASHBOARD.rglob("page.py"))


@pytest.mark.parametrize("route", [route.path for route in GUARDED])
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_route_answers_those_who_have_the_right_and_nobody_else(visit, streets, route, role):
    permission = next(one.endpoint.permission for one in GUARDED if one.path == route)
    groups = ("fire",) if role == "department" else None
    user = visit(role, hazard_groups=groups) if role else visit()
    sample = SAMPLES[route][0](streets[0]) if route in SAMPLES else _some(route)
    answer = user.get(sample)
    if role is None:
        assert answer.status_code == 401
    else:
        assert (answer.status_code != 403) == AccessScope(role).can(permission)


def _some(route: str) -> str:
    """An address of a route that knows no street."""
    numbers = {"{number}": "1", "{z:int}": "0", "{x:int}": "0", "{y:int}": "0"}
    for name, number in numbers.items():
        route = route.replace(name, number)
    return f"{route}?city=demo" if route.startswith("/map/") else route


@pytest.mark.parametrize("route", SAMPLES)
def test_a_street_hears_nothing_of_another_street(visit, streets, route):
    mine, other = streets
    sample, gives_away = SAMPLES[route]
    me = visit("police", mine.scope)
    assert gives_away(me.get(sample(mine)))
    assert not gives_away(me.get(sample(other)))
    assert gives_away(visit("police", other.scope).get(sample(other)))


@pytest.mark.parametrize("route", ["/map/tiles/{z:int}/{x:int}/{y:int}.mvt", "/map/counts", "/map/search"])
def test_what_is_kept_for_one_is_not_shown_to_the_next_in_either_order(visit, streets, route):
    sample, _ = SAMPLES[route]
    mine, other = (visit("police", street.scope) for street in streets)
    for first, second in ((mine, other), (other, mine)):
        st.cache_resource.clear()
        st.cache_data.clear()
        answers = {who: [who.get(sample(street)).content for street in streets] for who in (first, second)}
        assert answers[mine] != answers[other]
        for who, before in answers.items():
            assert [who.get(sample(street)).content for street in streets] == before
            st.cache_resource.clear()
            assert [who.get(sample(street)).content for street in streets] == before


def test_totals_are_of_ones_own_street(visit, streets, page, monkeypatch):
    mine, _ = streets
    world = "-180,-85,180,85"
    total = visit("leader", mine.scope).get(f"/map/counts?city=demo&box={world}").json()["total"]
    assert total == len(mine.buildings)
    opened = city_cache.city_context(AccessScope("leader", areas=(mine.id,)), "demo")
    assert opened.buildings == mine.all
    assert set(opened.areas["name"]) < set(
        city_cache.city_context(AccessScope("leader", areas=None), "demo").areas["name"]
    )


def test_an_export_holds_ones_own_street_and_no_more(visit, streets):
    mine, other = streets
    answer = visit("leader", mine.scope).get("/export/demo.csv?lang=en")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        text = "\n".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert mine.buildings[0][1] in text
    assert not any(code in text for _, code, *_ in other.buildings)


@pytest.mark.parametrize("page_name", [page.name for page in PAGES])
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_page_opens_for_those_who_have_the_right_and_nobody_else(district, monkeypatch, caplog, page_name, role):
    registered = next(page for page in PAGES if page.name == page_name)
    groups = ("fire",) if role == "department" else None
    token = token_of(city_cache.database(), role, hazard_groups=groups) if role else "made up"
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
    shown = AppTest.from_file(registered.file, default_timeout=120).run()
    stopped = [type(record.exc_info[1]).__name__ for record in caplog.records if record.exc_info]
    assert len(shown.exception) == len(stopped)
    if role is None:
        assert stopped == ["SignedOut"]
    elif AccessScope(role).can(registered.permission):
        assert stopped == []
    else:
        assert stopped == ["NotForThisRole"]
        assert not shown.get("dataframe")


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_offers_only_what_the_role_may_open(role):
    assert [page.name for page in pages_for(AccessScope(role))] == [
        page.name for page in PAGES if AccessScope(role).can(page.permission)
    ]
    assert pages_for(AccessScope("public")) == pages_for(AccessScope("king")) == []


def test_the_card_of_a_building_in_another_street_is_not_there(district, streets, monkeypatch):
    mine, other = streets
    cookies = {COOKIE: token_of(city_cache.database(), "police", mine.scope)}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))

    def opened(code: str) -> str:
        app = AppTest.from_file(PAGES[0].file, default_timeout=120)
        app.query_params["building"] = code
        shown = app.run()
        said = [element.value for kind in ("markdown", "warning") for element in shown.get(kind)]
        return "\n".join([*said, *(element.proto.body for element in shown.get("html"))])

    _, code, name, *_ = other.buildings[0]
    assert translator("zh")("card.missing", code=code) in opened(code)
    assert name not in opened(code)
    _, code, name, *_ = mine.buildings[0]
    assert name in opened(code)


@pytest.mark.parametrize("role", ROLES)
def test_credit_records_are_counted_for_those_who_may_see_homes_and_nobody_is_named(district, monkeypatch, role):
    groups = ("fire",) if role == "department" else None
    token = token_of(city_cache.database(), role, hazard_groups=groups)
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
    code, _ = dishonest(district)
    app = AppTest.from_file(PAGES[0].file, default_timeout=120)
    app.query_params["building"] = code
    shown = app.run()
    texts = (element.proto.body for kind in ("html", "markdown") for element in shown.get(kind))
    page = "\n".join([*texts, *(str(table.proto) for table in shown.get("dataframe"))])
    assert code in page
    assert (translator("zh")("credit.title") in page) == AccessScope(role).can("homes")
    assert ("table class='credit'" in page) == AccessScope(role).can("homes")
    subjects = district.rows("SELECT DISTINCT subject FROM credit_records")
    assert not [subject for (subject,) in subjects if subject in page]
