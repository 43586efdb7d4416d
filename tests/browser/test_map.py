"""The map itself: what it paints, and that it stays while the view changes."""

import base64

import numpy as np
import pytest

from dashboard.i18n import translator
from dashboard.look.palette import BY_GRADE, OVERDUE
from tests.browser.picture import Picture
from tests.dashboard.buildings import robbed

pytestmark = pytest.mark.browser
t = translator("zh")


def test_the_map_shows_marks_in_the_colours_of_their_grades(open_city):
    city = open_city()
    city.wait_until_drawn()
    painted = city.painted()
    seen = Picture.of(base64.b64encode(city.map.screenshot()).decode())
    for grade in ("red", "yellow", "green"):
        assert painted.count(BY_GRADE[grade].colour) > 100, grade
        assert seen.count(BY_GRADE[grade].colour) > 100, grade


def test_another_theme_changes_marks_and_legend_and_leaves_the_map_where_it_is(open_city):
    city = open_city("#15/22.7000/113.8790")
    city.wait_until_drawn()
    city.frame.evaluate("map.seenBefore = true")
    before, asked = city.view, len(city.requests)
    city.choose_theme(t("theme.hazards"))
    city.wait_until_drawn("show=hazards")
    assert city.frame.evaluate("map.seenBefore") is True
    assert city.view == before
    assert city.frame.evaluate("map.getPane('credit-marks').childElementCount") == 1
    assert any("/map/tiles/" in url and "show=hazards" in url for url in city.requests[asked:])
    assert list(city.legend) == [t(f"map.hazard_{state}") for state in ("overdue", "open")]
    assert city.painted().count(OVERDUE.colour) > 50
    assert city.painted().count(BY_GRADE["green"].colour) == 0


def test_panning_and_zooming_never_run_the_script_and_keep_the_place_in_the_address(open_city):
    city = open_city("#15/22.7000/113.8790")
    city.wait_until_drawn()

    def wander():
        city.drag(-180, 120)
        city.wait_until_at("#15/", beside="#15/22.70000/113.87900")
        city.map.get_by_role("button", name=t("map.zoom_in")).click()
        city.wait_until_at("#16/")
        city.wheel(60)
        city.wait_until_at("#15/")

    assert city.reruns_of(wander) == 0
    zoom, lat, lon = city.view
    assert city.place == f"#{zoom}/{lat:.5f}/{lon:.5f}"
    assert city.reruns_of(lambda: city.choose_theme(t("theme.hazards"))) > 0  # reruns are seen where there are any


def test_a_click_on_a_ring_zooms_in_on_it(open_city):
    city = open_city()
    city.wait_until_drawn()
    zoom, *_ = city.view
    y, x = _nearest_to_the_middle(city.painted().of_colour(BY_GRADE["green"].colour))
    lat, lon = city.frame.evaluate("([x, y]) => Object.values(map.containerPointToLatLng([x, y]))", [x, y])
    city.click_map(x, y)
    city.wait_until_at(f"#{zoom + 2}/")
    _, there_lat, there_lon = city.view
    assert np.hypot(*np.subtract(city.pixel_of(lon, lat), city.pixel_of(there_lon, there_lat))) < 8


def _nearest_to_the_middle(found: np.ndarray) -> tuple[int, int]:
    """Row and column; far from the controls in the corners."""
    places = np.argwhere(found)
    y, x = places[np.hypot(*(places - np.array(found.shape) / 2).T).argmin()]
    return int(y), int(x)


def test_the_legend_counts_what_the_database_has_in_view(open_city, district):
    house = robbed(district)
    city = open_city()
    city.wait_until_drawn()
    _expect_counts_of_the_database(city, district)
    city.move_to(16, house.lat, house.lon)
    _expect_counts_of_the_database(city, district)


def _expect_counts_of_the_database(city, district):
    west, south, east, north = map(float, city.frame.evaluate("map.getBounds().toBBoxString()").split(","))
    inside = "SELECT id FROM buildings WHERE off_map IS NULL AND lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?"
    seen = {row[0] for row in district.rows(inside, west, east, south, north)}
    grades = [grade for building, grade in district.graded("qishuyan").items() if building in seen]
    assert len(grades) > 10
    city.expect_counts([grades.count(grade) for grade in ("red", "yellow", "green", "star", "unrated")])
    assert f"{len(grades):,}" in city.map.locator(".credit-legend-note").inner_text()
