"""Search with suggestions, by whatever a person has in hand."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.dashboard.buildings import buildings

pytestmark = pytest.mark.browser
t = translator("zh")


def test_search_by_name_address_or_code_suggests_goes_there_and_opens_the_card(open_city, district):
    city = open_city()
    city.wait_until_drawn()
    box = city.map.get_by_placeholder(t("map.search"))
    for known, house in zip(("name", "address", "code"), buildings(district)[::700], strict=False):
        box.fill("")
        box.press_sequentially(getattr(house, known), delay=5)
        suggestion = city.map.locator(".leaflet-control-geocoder-alternatives li").filter(has_text=house.code)
        expect(suggestion).to_contain_text(house.name)
        suggestion.click()
        expect(city.card_row(t("card.code"))).to_have_text(house.code)
        city.wait_until_at("#18/")
        _, lat, lon = city.view
        assert (lat, lon) == pytest.approx((house.lat, house.lon), abs=2e-5)


def test_a_search_for_nothing_known_says_so(open_city):
    city = open_city()
    city.wait_until_drawn()
    box = city.map.get_by_placeholder(t("map.search"))
    box.fill("no such house")
    box.press("Enter")
    expect(city.map.locator(".leaflet-control-geocoder-form-no-error")).to_be_visible()
    expect(city.map.get_by_text(t("map.nothing"))).to_be_visible()
