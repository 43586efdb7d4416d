"""The map fills the window: what stands over it can be put away, and nothing of the city lies under it at first."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("zh")
PHONE = {"width": 390, "height": 844}


def drawer(city):
    return city.page.locator("[data-testid=stLayoutWrapper]:has(> .st-key-drawer)")


def button(city, name: str):
    return city.map.get_by_role("button", name=t(f"map.{name}"), exact=True)


def tab(city, name: str):
    return drawer(city).get_by_test_id("stButtonGroup").get_by_text(t(f"chart.{name}"), exact=True)


def test_a_drawer_is_closed_by_a_second_click_on_its_tab_and_opened_by_any(open_city):
    city = open_city()
    city.wait_until_drawn()
    expect(city.bar("by-grade")).to_be_visible()
    tab(city, "distribution").click()
    expect(city.page.locator(".st-key-by-grade")).to_have_count(0)
    assert drawer(city).bounding_box()["height"] < 80
    tab(city, "list").click()
    expect(city.page.get_by_test_id("stDataFrame")).to_be_visible()


def test_the_map_reaches_from_the_figures_to_the_foot_of_the_window(open_city):
    city = open_city()
    city.wait_until_drawn()
    frame = city.page.locator("iframe[title*=folium]").bounding_box()
    figures = city.page.locator(".figures").bounding_box()
    assert frame["y"] + frame["height"] == pytest.approx(900, abs=1)
    assert 0 <= frame["y"] - (figures["y"] + figures["height"]) < 20
    assert city.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_the_whole_city_stands_beside_the_drawer_and_home_brings_it_back(open_city, district):
    city = open_city()
    city.wait_until_drawn()
    (west, east), (south, north) = district.rows("SELECT min(lon), max(lon) FROM buildings")[0], district.rows(
        "SELECT min(lat), max(lat) FROM buildings"
    )[0]  # fmt: skip

    def is_seen_whole() -> bool:
        frame, over = city.page.locator("iframe[title*=folium]").bounding_box(), drawer(city).bounding_box()
        left, top = city.pixel_of(west, north)
        right, bottom = city.pixel_of(east, south)
        return left > 0 and top > 0 and bottom < frame["height"] and frame["x"] + right < over["x"]

    assert is_seen_whole()
    city.move_to(17, (south + north) / 2, (west + east) / 2)
    assert not is_seen_whole()
    button(city, "home").click()
    city.wait_until_drawn()
    assert is_seen_whole()


def test_marks_are_hidden_and_shown_by_a_button(open_city):
    city = open_city()
    city.wait_until_drawn()
    pane = city.map.locator(".leaflet-credit-marks-pane")
    expect(button(city, "marks")).to_have_attribute("aria-pressed", "true")
    button(city, "marks").click()
    expect(button(city, "marks")).to_have_attribute("aria-pressed", "false")
    expect(pane).to_have_css("display", "none")
    button(city, "marks").click()
    expect(pane).to_have_css("display", "block")


def test_on_a_phone_the_drawer_is_a_sheet_that_stops_at_three_heights(open_city):
    city = open_city(viewport=PHONE)
    city.wait_until_drawn()
    handle = city.page.locator(".sheet-handle")

    def stops_at(height: float) -> None:
        city.page.wait_for_function(
            "([handle, height]) => Math.abs(handle.closest('[data-testid=stLayoutWrapper]').offsetHeight - height) < 2",
            arg=[handle.element_handle(), height],
        )

    whole = city.page.locator("iframe[title*=folium]").bounding_box()["height"]
    stops_at(120)
    for height in (0.5 * whole, 0.92 * whole, 120):
        handle.click()
        stops_at(height)
    box = handle.bounding_box()
    city.page.mouse.move(box["x"] + 20, box["y"] + 8)
    city.page.mouse.down()
    city.page.mouse.move(box["x"] + 20, box["y"] + 8 - 0.35 * whole, steps=6)
    city.page.mouse.up()
    stops_at(0.5 * whole)
    handle.focus()
    city.page.keyboard.press("Enter")
    stops_at(0.92 * whole)
