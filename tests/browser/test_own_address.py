"""The page runs where there is no internet: neither browser nor server asks anyone else for anything."""

from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.browser.service import place_of
from tests.dashboard.buildings import robbed

pytestmark = pytest.mark.browser
t, english = translator("zh"), translator("en")


def test_no_request_leaves_the_servers_own_address_over_a_whole_journey(open_city, outside, address, district):
    house = robbed(district)
    city = open_city()
    city.wait_until_drawn()
    for theme in ("baoan", "teda", "hazards", "vacant", "density", "qishuyan"):
        city.choose_theme(t(f"theme.{theme}"))
        city.wait_until_drawn("" if theme == "qishuyan" else f"show={theme}")
    for panel in ("trend", "card", "distribution"):
        city.page.get_by_test_id("stButtonGroup").get_by_text(t(f"chart.{panel}"), exact=True).click()
    city.choose(t("control.areas"), "社区")
    city.map.get_by_placeholder(t("map.search")).fill(house.code)
    city.map.locator(".leaflet-control-geocoder-alternatives li").click()
    expect(city.card_row(t("card.code"))).to_have_text(house.code)
    city.speak("English")
    expect(city.card_row(english("card.code"))).to_have_text(house.code)
    city.wait_until_drawn()
    city.settled_reruns()
    assert len(city.requests) > 100
    assert any(url.startswith("ws") for url in city.requests)
    assert {place_of(url) for url in city.requests} - {""} == {place_of(address)}
    assert outside.asked == []


def test_a_request_that_leaves_would_be_seen(open_city, outside):
    city = open_city()
    city.map.wait_for()
    seen = len(city.requests)
    with city.page.expect_request("http://elsewhere.invalid/x"):  # the policy of our pages lets no script ask there
        city.page.evaluate("window.open('http://elsewhere.invalid/x', '_self')")
    assert "elsewhere.invalid" in {place_of(url) for url in city.requests[seen:]}
    city.requests[seen:] = [url for url in city.requests[seen:] if "elsewhere" not in url]
    with pytest.raises(HTTPError):
        build_opener(ProxyHandler({"http": outside.address})).open("http://elsewhere.invalid/x", timeout=120)
    assert outside.asked == ["GET http://elsewhere.invalid/x HTTP/1.1"]
    outside.asked.clear()
