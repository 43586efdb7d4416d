"""Data meets a configured ground in the ground's own datum."""

import json
import re

import numpy as np
import pytest
import shapely

from dashboard.view.basemap import basemap
from geo.coordinates import from_wgs84, metres_between
from tests.dashboard.buildings import robbed

GROUND = "http://tiles.example/{z}/{x}/{y}.png"


@pytest.fixture
def gcj02(district, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_TILES", GROUND)
    monkeypatch.setenv("CREDIT_MAP_TILES_DATUM", "GCJ02")
    monkeypatch.setenv("CREDIT_MAP_TILES_CREDIT", "Tiles of Example")
    return district


def test_without_a_service_data_stays_where_it_is(district):
    service = basemap()
    assert (service.url, service.datum) == (None, "WGS84")
    outline = np.array([shapely.box(113.8, 22.6, 113.9, 22.7)])
    assert service.shifted(outline)[0].equals(outline[0])


def test_outlines_are_shifted_to_the_datum_of_the_service(gcj02):
    outline = np.array([shapely.box(113.8, 22.6, 113.9, 22.7)])
    before, after = (shapely.get_coordinates(one) for one in (outline, basemap().shifted(outline)))
    apart = metres_between(*before.T, *after.T)
    assert (apart > 300).all()
    assert (apart < 800).all()


def test_buildings_search_and_clicks_are_answered_in_the_datum_of_the_service(gcj02, client):
    house = robbed(gcj02)
    lon, lat = (float(degrees) for degrees in from_wgs84(house.lon, house.lat, "GCJ02"))
    found = client.get(f"/map/at?city=demo&at={lon},{lat},18").json()
    assert found["building"] == house.id
    assert (found["lon"], found["lat"]) == pytest.approx((lon, lat), abs=1e-6)
    hit = client.get("/map/search", params={"city": "demo", "q": house.code}).json()["found"][0]
    assert (hit["lon"], hit["lat"]) == pytest.approx((lon, lat), abs=1e-9)
    assert client.get(f"/map/at?city=demo&at={house.lon},{house.lat},18").json().get("building") != house.id


def test_the_map_names_the_service_and_its_attribution(gcj02, page):
    shown = page()
    assert not shown.exception
    script = next(text for text in _arguments(shown) if "tiles.example" in text)
    assert re.search(r"Tiles of Example", script)


def _arguments(shown) -> list[str]:
    """The arguments of the page's component, the map."""
    parts = [one.proto for one in shown.get("component_instance")]
    return [str(value) for part in parts for value in json.loads(part.json_args).values()]
