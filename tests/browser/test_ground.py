"""The ground under the marks: land and water, how far the map goes, where it flies, and what is dimmed."""

import base64

import pytest

from dashboard.i18n import translator
from tests.browser.picture import Picture

pytestmark = pytest.mark.browser
t = translator("zh")
LIGHT_WATER, LIGHT_LAND, DARK_LAND = "#cbdbe6", "#f6f5f1", "#22272d"  # as assets/credit-ground.js has them
PANE = "name => map.getPane(name).querySelectorAll('canvas').length"


def seen(city) -> Picture:
    return Picture.of(base64.b64encode(city.map.screenshot()).decode())


def largest_street(district) -> tuple[str, str]:
    return district.rows(
        "SELECT areas.code, areas.name FROM areas JOIN buildings ON buildings.street_id = areas.id"
        " GROUP BY areas.id ORDER BY count(*) DESC LIMIT 1"
    )[0]


def bounds_of(district, street: str) -> tuple[float, float, float, float]:
    return district.rows(
        "SELECT min(lon), min(lat), max(lon), max(lat) FROM buildings JOIN areas ON areas.id = buildings.street_id"
        " WHERE areas.code = ? AND off_map IS NULL",
        street,
    )[0]


def holds(city, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = map(float, city.frame.evaluate("map.getBounds().toBBoxString()").split(","))
    return west < box[0] and south < box[1] and east > box[2] and north > box[3]


def test_land_and_water_lie_under_the_marks_light_and_dark_with_the_page(open_city):
    city = open_city()
    city.wait_until_drawn()
    picture = seen(city)
    assert picture.count(LIGHT_WATER) > 1000 and picture.count(LIGHT_LAND) > 1000
    city.page.evaluate("document.querySelector('[data-testid=stApp]').style.colorScheme = 'dark'")
    city.frame.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    city.page.wait_for_timeout(1000)
    assert seen(city).count(DARK_LAND) > 1000


def test_the_map_ends_with_the_city(open_city):
    city = open_city()
    city.wait_until_drawn()
    least, open_at = city.frame.evaluate("[map.getMinZoom(), map.getZoom()]")
    assert open_at - 3 <= least <= open_at
    assert city.frame.evaluate("map.options.maxBounds.contains(map.getBounds().getCenter())")


def test_an_area_newly_chosen_is_flown_to_once(open_city, district):
    code, name = largest_street(district)
    city = open_city("#12/22.70000/113.87500")
    city.wait_until_drawn()
    before = city.view
    city.choose(t("control.area"), name)
    city.wait_until_drawn("area=")
    city.frame.wait_for_function("before => map.getZoom() > before", arg=before[0])
    city.wait_until_drawn("area=")
    there = city.view
    assert holds(city, bounds_of(district, code)) and there[0] > before[0]
    city.choose_theme(t("theme.hazards"))
    city.wait_until_drawn("show=hazards")
    assert city.view == there


def test_a_link_with_an_area_opens_at_its_place_or_else_at_the_area(open_city, district):
    code, _ = largest_street(district)
    west, south, _, _ = bounds_of(district, code)
    city = open_city(f"?area=street:{code}#16/{south:.5f}/{west:.5f}")
    city.wait_until_drawn("area=")
    assert city.view[0] == 16
    without_place = open_city(f"?area=street:{code}")
    without_place.wait_until_drawn("area=")
    assert holds(without_place, bounds_of(district, code))


def test_outside_the_areas_of_an_officer_the_map_is_dimmed(open_city, district):
    code, _ = largest_street(district)
    everywhere = open_city()
    everywhere.wait_until_drawn()
    assert everywhere.frame.evaluate(PANE, "credit-veil") == 0
    officer = open_city(role="police", areas=(f"demo/street:{code}",))
    officer.wait_until_drawn()
    officer.frame.wait_for_function(f"({PANE})('credit-veil') > 0")
    officer.page.wait_for_timeout(1000)
    picture = seen(officer)
    assert picture.count(LIGHT_LAND) > 1000  # what is their own is as it was
