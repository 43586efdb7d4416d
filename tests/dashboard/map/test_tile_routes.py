"""What the server answers beside the pages."""

import mapbox_vector_tile
import numpy as np
import pytest

from dashboard.cache import city_cache
from dashboard.map.tile_routes import TILE
from dashboard.shell.static_files import ASSETS
from data.access.roles import SYSTEM
from geo.morton import keys_of_unit, parents, unit_xy
from tests.dashboard.buildings import buildings, robbed

FAR, NEAR = 12, 17  # data zooms: of rings, and of single buildings


def tile_over(lon: float, lat: float, zoom: int) -> str:
    x, y = (int(edge * 2**zoom) for edge in unit_xy(lon, lat))
    return f"{zoom}/{x}/{y}.mvt"


def layers(answer) -> dict:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == TILE
    return mapbox_vector_tile.decode(answer.content)


def test_a_tile_far_out_holds_cells_that_add_up_to_every_building(client, district):
    house = robbed(district)
    found = layers(client.get(f"/map/tiles/{tile_over(house.lon, house.lat, 9)}?city=demo"))
    assert set(found) == {"cells"}
    rows = [feature["properties"] for feature in found["cells"]["features"]]
    assert sum(row["n"] for row in rows) == len(buildings(district))
    assert all(row["n"] == sum(row.get(f"c{c}", 0) for c in range(5)) for row in rows)


def test_a_tile_near_holds_every_building_in_it(client, district):
    house = robbed(district)
    found = layers(client.get(f"/map/tiles/{tile_over(house.lon, house.lat, NEAR)}?city=demo"))
    cells = parents(keys_of_unit(*unit_xy(*np.array([(one.lon, one.lat) for one in buildings(district)]).T)), NEAR)
    there = int((cells == parents(keys_of_unit(*unit_xy(house.lon, house.lat)), NEAR)).sum())
    points = [point for feature in found["buildings"]["features"] for point in _points(feature["geometry"])]
    inside = [(x, y) for x, y in points if 0 <= x < 4096 and 0 <= y < 4096]
    assert len(inside) == there > 0
    assert len(points) >= len(inside)


def _points(geometry) -> list:
    return [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]


@pytest.mark.parametrize("theme", ["qishuyan", "baoan", "teda", "hazards", "vacant", "density"])
def test_every_theme_has_tiles_and_counts(client, district, theme):
    west, south, east, north = city_cache.city_context(SYSTEM, "demo").city.bounds
    found = layers(
        client.get(f"/map/tiles/{tile_over((west + east) / 2, (south + north) / 2, 9)}?city=demo&show={theme}")
    )
    assert sum(len(layer["features"]) for layer in found.values()) > 0
    counted = client.get(f"/map/counts?city=demo&show={theme}&box={west},{south},{east},{north}").json()
    assert counted["total"] == sum(n for name, n in counted["counts"].items() if name.startswith("c")) > 0


def test_counts_equal_the_database(client, district):
    houses = buildings(district)
    middle = float(np.median([one.lon for one in houses]))
    grade = district.graded("qishuyan")
    west = [grade[one.id] for one in houses if one.lon <= middle]
    counted = client.get(f"/map/counts?city=demo&box=0,0,{middle},60").json()
    wanted = [west.count(name) for name in ("red", "yellow", "green", "star", "unrated")]
    assert counted == {"counts": {f"c{n}": count for n, count in enumerate(wanted)}, "total": len(west)}


def test_area_tiles_carry_outlines_and_names_in_the_language_asked_for(client, district):
    house = robbed(district)
    at = tile_over(house.lon, house.lat, FAR)
    names = {}
    for language in ("zh", "en"):
        found = layers(client.get(f"/map/areas/street/{at}?city=demo&lang={language}"))
        assert found["areas"]["features"]
        names[language] = {feature["properties"]["name"] for feature in found["names"]["features"]}
    known = {"zh": "name", "en": "name_en"}
    for language, column in known.items():
        assert names[language] <= {
            row[0] for row in district.rows(f"SELECT {column} FROM areas WHERE level = 'street'")
        }
    assert names["zh"] != names["en"]


def test_coloured_areas_carry_the_step_of_their_share(client, district):
    house = robbed(district)
    found = layers(client.get(f"/map/areas/street/{tile_over(house.lon, house.lat, FAR)}?city=demo&colour=1"))
    assert {feature["properties"]["v"] for feature in found["areas"]["features"]} <= set(range(5))


def test_the_building_under_a_click_is_the_nearest_one(client, district):
    house = robbed(district)
    assert client.get(f"/map/at?city=demo&at={house.lon},{house.lat},18").json()["building"] == house.id
    assert client.get(f"/map/at?city=demo&at={house.lon},{house.lat},10").json()["closer"] is True
    assert client.get("/map/at?city=demo&at=0,0,18").json() == {}


@pytest.mark.parametrize("known", ["name", "address", "code"])
def test_search_finds_a_building_by_what_is_known_of_it(client, district, known):
    house = robbed(district)
    found = client.get("/map/search", params={"city": "demo", "q": getattr(house, known)}).json()["found"]
    assert house.id in [one["building"] for one in found]


@pytest.mark.parametrize("words", ["%", "_", "%%%", "'", '"', "' OR 1=1 --", "\\", "", "   ", "[", "*"])
def test_search_takes_signs_of_the_query_language_as_plain_text(client, district, words):
    found = client.get("/map/search", params={"city": "demo", "q": words}).json()["found"]
    held = {
        row[0]
        for row in district.rows("SELECT id, code, name, address FROM buildings")
        if words.strip() and any(words.strip() in text for text in row[1:])
    }
    assert {one["building"] for one in found} <= held
    assert bool(found) == bool(held)


@pytest.mark.parametrize(
    "address",
    [
        "/map/tiles/12/3343/1782.mvt?city=atlantis",
        "/map/tiles/12/3343/1782.mvt",
        "/map/tiles/20/0/0.mvt?city=demo",
        "/map/tiles/3/8/0.mvt?city=demo",
        "/map/areas/street/3/8/0.mvt?city=demo",
        "/map/counts?city=demo&box=1,2,three,4",
        "/map/counts?city=demo&box=1,2",
        "/map/counts?city=demo",
        "/map/at?city=demo&at=nowhere",
        "/map/at?city=demo&at=nan,nan,18",
        "/map/at?city=demo&at=inf,0,18",
        "/map/at?city=demo",
        "/map/search?city=atlantis&q=a",
    ],
)
def test_a_wrong_address_is_refused_with_one_sentence(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    sentence = answer.json()["mistake"]
    assert sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ASSETS)
def test_every_asset_is_served(client, name):
    answer = client.get(f"/map/assets/{name}")
    assert answer.status_code == 200
    assert answer.content


@pytest.mark.parametrize(
    "name",
    [
        "app.py",
        "../app.py",
        "..%2Fapp.py",
        "%2e%2e/app.py",
        "images/../../app.py",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "",
    ],
)
def test_nothing_outside_the_table_of_assets_is_served(client, name):
    assert client.get(f"/map/assets/{name}").status_code == 404
