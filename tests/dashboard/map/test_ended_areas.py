"""A street that ended is offered, drawn and counted up to its last day, and on no day after."""

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import mapbox_vector_tile
import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext, city_context
from dashboard.i18n import translator
from dashboard.look.city_map import city_base_map
from dashboard.server import ROUTES
from dashboard.view.view_state import view_of
from data.access.roles import SYSTEM, AccessScope
from data.db.engine import writing
from data.db.models.city import Area, Building, City, Import
from data.db.models.imports import EarlierRow
from geo.morton import unit_xy
from tests.dashboard.conftest import new_database
from tests.dashboard.page_runs import page_run
from tests.data.lockside import CAST, ON, SOUTH
from tests.data.town_hall import CITY, Town, settle
from tests.sessions import COOKIE, token_of

ENDED, LAST = date(2024, 6, 15), date(2024, 6, 14)
ZOOM, IN_THE_MIDDLE = 12, (113.915, 22.56)
STREET = f"street:{SOUTH}"
OF_SOUTH = {house.code for house in CAST if house.street == SOUTH}


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Town]:
    """Lockside, whose south street was merged into the north street in June."""
    with new_database(tmp_path_factory.mktemp("town")) as engine:
        town = settle(engine)
        _merge(town)
        yield town


def _merge(town: Town) -> None:
    """As an import that moves the buildings of the one street and ends it leaves the tables."""
    south, north = town.area("street", "south"), town.area("street", "north")
    with writing(town.engine, SYSTEM) as session:
        run = session.scalars(select(Import.id).join(City).where(City.code == CITY)).one()
        for id_ in session.scalars(select(Building.id).where(Building.street_id == south)).all():
            before = {"street_id": south, "import_id": run}
            session.add(EarlierRow(import_id=run, table_name="buildings", row_id=id_, before=before))
        session.execute(update(Building).where(Building.street_id == south).values(street_id=north))
        session.execute(update(Area).where(Area.id == south).values(ended_on=ENDED, ended_as="merged"))


@pytest.fixture
def context(town) -> CityContext:
    return city_context(SYSTEM, CITY)


@pytest.fixture
def browser(town) -> TestClient:
    """One who may see everything."""
    site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
    headers = {"Cookie": f"{COOKIE}={token_of(city_cache.database(), 'administrator')}"}
    return TestClient(site, base_url="http://map.test", headers=headers)


def chosen(town: Town, scope: AccessScope, on: date) -> set[str]:
    """Codes of the buildings that the street leaves on a day."""
    opened = city_context(scope, CITY)
    view, unknown = view_of({"area": STREET, "day": on.isoformat()}, opened.options)
    assert bool(unknown) == (on >= ENDED) == (not view.filters.areas)
    rows = city_cache.selected_buildings(scope, CITY, opened.version, on, view.filters)
    ids = set(opened.city_facts.buildings["id"][rows].tolist())
    with town.looked_at() as (session, _):
        return set(session.scalars(select(Building.code).where(Building.id.in_(ids))))


def test_an_address_names_it_for_the_days_it_had(town):
    assert chosen(town, SYSTEM, LAST) == OF_SOUTH
    assert chosen(town, SYSTEM, ENDED) > OF_SOUTH  # passed over: everything
    assert chosen(town, town.scope_of("north"), LAST) == OF_SOUTH


@pytest.mark.parametrize(("day", "offered"), [(LAST, True), (ENDED, False), (ON, False)])
def test_the_filter_offers_it_up_to_its_last_day(context, monkeypatch, day, offered):
    token = token_of(city_cache.database(), "administrator")
    page = page_run(monkeypatch, "city", token, {"city": CITY, "lang": "en", "day": day.isoformat()})
    assert [error.value for error in (*page.exception, *page.error)] == []
    (box,) = (one for one in page.sidebar.multiselect if one.label == translator("en")("control.area"))
    assert ("south-street" in [name.partition(" (")[0] for name in box.options]) is offered
    assert "north-street" in box.options


@pytest.mark.parametrize(("day", "drawn"), [(LAST, True), (ENDED, False)])
@pytest.mark.parametrize("colour", ["", "&colour=1"])
def test_a_tile_draws_and_colours_it_up_to_its_last_day(browser, day, drawn, colour):
    x, y = (int(edge * 2**ZOOM) for edge in unit_xy(*IN_THE_MIDDLE))
    answer = browser.get(f"/map/areas/street/{ZOOM}/{x}/{y}.mvt?city={CITY}&day={day.isoformat()}{colour}")
    layers = mapbox_vector_tile.decode(answer.content).values()
    names = {one["properties"].get("name") for layer in layers for one in layer["features"]}
    assert ("south-street" in names) is drawn and "north-street" in names


def test_the_ground_under_past_days_is_of_those_days_and_one_for_all_others(context):
    t = translator("en")
    drawn = {day: str([one.settings for one in _outlines(city_base_map(context, t, day))]) for day in (LAST, ENDED, ON)}
    assert f"day={LAST}" in drawn[LAST] and drawn[ENDED] == drawn[ON] and "day=" not in drawn[ON]


def _outlines(ground) -> list:
    return [child for child in ground._children.values() if hasattr(child, "settings")]


def test_areas_by_level_are_those_of_the_day(context):
    assert [set(city_cache.level_areas(context, "street", day)["code"]) for day in (LAST, ENDED)] == [
        {"north", "south", "east"},
        {"north", "east"},
    ]
    assert set(city_cache.level_areas(context, "street")["code"]) == {"north", "east"}


@pytest.mark.parametrize(("day", "named"), [(LAST, True), (ENDED, False)])
def test_an_export_names_the_street_a_building_lay_in_on_the_day(browser, day, named):
    answer = browser.get(f"/export/{CITY}.csv?day={day.isoformat()}&lang=en")
    assert answer.status_code == 200
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        text = archive.read("Data.csv").decode("utf-8-sig")
    assert ("south-street" in text) is named and "north-street" in text
