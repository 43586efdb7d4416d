"""The ground of a city as the map in the browser asks for it."""

import re
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest

from dashboard.cache import city_cache
from dashboard.cache.city_ground import city_ground, own_outlines
from dashboard.i18n import translator
from dashboard.look.city_map import city_base_map
from dashboard.map.folium_map import _settings as map_settings
from dashboard.map.layers.ground_settings import ground_settings
from dashboard.view.view_state import view_of
from data.access.roles import SYSTEM, AccessScope
from geo.morton import unit_xy
from tests.dashboard.demonstration import ON

NEAR = 14


def tile_at(lon: float, lat: float, zoom: int = NEAR) -> str:
    x, y = (int(edge * 2**zoom) for edge in unit_xy(lon, lat))
    return f"{zoom}/{x}/{y}.mvt"


def middle(district) -> tuple[float, float]:
    ((lon, lat),) = district.rows("SELECT avg(lon), avg(lat) FROM buildings")
    return lon, lat


def layers(answer) -> dict:
    assert answer.status_code == 200
    return mapbox_vector_tile.decode(answer.content)


def street_officer(district) -> AccessScope:
    ((street,),) = district.rows("SELECT street_id FROM buildings GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    return AccessScope("police", areas=(street,))


def test_a_tile_of_the_ground_holds_blocks_and_roads_with_names_in_the_language_asked_for(client, district):
    at = tile_at(*middle(district))
    named = {}
    for language, column in (("zh", "name"), ("en", "name_en")):
        found = layers(client.get(f"/map/ground/{at}?city=demo&lang={language}"))
        assert {"blocks", "roads"} <= set(found)
        named[language] = {road["properties"].get("name") for road in found["roads"]["features"]} - {None}
        known = {row[0] for row in district.rows(f"SELECT {column} FROM ground_features WHERE kind = 'road'")}
        assert named[language] and named[language] <= known
    assert named["zh"] != named["en"]


def test_a_tile_of_the_ground_is_kept_and_sent_as_the_other_tiles_are(client, district):
    at = tile_at(*middle(district))
    answer = client.get(f"/map/ground/{at}?city=demo", headers={"Accept-Encoding": "gzip"})
    other = client.get(f"/map/areas/street/{at}?city=demo", headers={"Accept-Encoding": "gzip"})
    for header in ("cache-control", "content-type", "content-encoding", "vary"):
        assert answer.headers[header] == other.headers[header]


@pytest.mark.parametrize("route", ["ground", "own"])
def test_the_ground_is_for_whoever_sees_the_city(visit, district, route):
    at = tile_at(*middle(district))
    assert visit().get(f"/map/{route}/{at}?city=demo").status_code != 200
    assert visit("police").get(f"/map/{route}/{at}?city=atlantis").status_code == 404
    code = district.rows("SELECT code FROM areas WHERE level = 'street' LIMIT 1")[0][0]
    assert visit("police", f"demo/street:{code}").get(f"/map/{route}/{at}?city=demo").status_code == 200


def test_an_officer_of_a_street_has_it_drawn_as_their_own_and_others_have_nothing(district):
    scope = street_officer(district)
    assert own_outlines(city_cache.city_context(scope, "demo")).numbers == list(scope.areas or ())
    assert not own_outlines(city_cache.city_context(SYSTEM, "demo")).numbers


def test_outside_an_officers_street_the_map_is_dimmed_and_for_others_nowhere(district):
    limited, free = (city_cache.city_context(scope, "demo") for scope in (street_officer(district), SYSTEM))
    assert _settings(limited)["own"]["path"].startswith("/map/own/")
    assert _settings(free)["own"] is None


def test_the_base_map_is_the_same_for_everybody_but_for_what_is_dimmed(district):
    context = city_cache.city_context(SYSTEM, "demo")
    assert _settings(context)["ground"]["query"].endswith(f"v={city_ground(context).version}")
    assert _settings(context) == _settings(city_cache.city_context(street_officer(district), "demo")) | {"own": None}


def _settings(context) -> dict:
    base = city_base_map(context, translator("zh"), ON)
    (settings,) = (child.settings for child in base._children.values() if hasattr(child, "settings"))
    return settings


def test_the_map_is_bounded_by_the_city_whatever_is_seen_of_it(district):
    scopes = (SYSTEM, street_officer(district))
    pages = [city_base_map(city_cache.city_context(scope, "demo"), translator("zh"), ON) for scope in scopes]
    ends = [re.sub(r"\s", "", page.get_root().render()).partition("creditMap.start(")[2][:600] for page in pages]
    seen, bounded = zip(*(re.findall(r"\[\[.*?\],\]", end)[:2] for end in ends), strict=True)
    assert bounded[0] == bounded[1] and seen[0] != seen[1]


def test_the_map_is_told_which_areas_are_chosen_and_where_they_lie(district):
    context = city_cache.city_context(SYSTEM, "demo")
    ((street, code),) = district.rows("SELECT id, code FROM areas WHERE level = 'street' LIMIT 1")
    flights = {}
    for asked in ({}, {"area": f"street:{code}"}):
        view, _ = view_of({"city": "demo"} | asked, context.options)
        flights[bool(asked)] = map_settings(SYSTEM, context, view, None, translator("zh"))["flight"]
    assert flights[False] == {"city": "demo", "areas": [], "box": None}
    outline = context.areas.loc[context.areas["id"] == street, "outline"].iloc[0]
    west, south, east, north = outline.bounds
    assert flights[True]["areas"] == [street]
    assert np.array(flights[True]["box"]) == pytest.approx(np.array([[south, west], [north, east]]), abs=1e-5)


def test_names_pass_from_level_to_level_without_a_gap():
    levels = ground_settings(["district", "community", "grid"], "", ground=None, own=None, over_tiles=False)["levels"]
    for wider, narrower in pairwise(levels):
        assert narrower["namesFrom"] == wider["namesUntil"]
    assert levels[0]["namesFrom"] == 0 and levels[-1]["namesUntil"] >= 19


def test_every_feature_has_a_name_or_none_in_each_language(district):
    ground = city_ground(city_cache.city_context(SYSTEM, "demo"))
    assert len(ground.index) == district.rows("SELECT count(*) FROM ground_features")[0][0] > 100
    named = {language: np.array(names) != "" for language, names in ground.names.items()}
    assert (named["zh"] == named["en"]).all() and named["zh"].any()
