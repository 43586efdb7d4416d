"""Everything filters everything: the legend, a bar and the list lead on, and a chip leads back."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.browser.test_filters import RED

pytestmark = pytest.mark.browser
t = translator("zh")


def chips(city):
    """The chips there are; Streamlit draws the button of each twice, once for wide windows and once for narrow ones."""
    return city.page.locator("[class*=st-key-chip-]")


def test_a_class_of_the_legend_is_a_filter_until_its_chip_is_taken_off(open_city, district):
    city = open_city()
    city.wait_until_drawn()
    row = city.map.locator(".credit-legend-row").first
    expect(row).to_have_attribute("aria-pressed", "false")
    row.click()
    city.wait_until_drawn("qishuyan=red")
    assert "qishuyan=red" in city.query
    red = list(district.graded("qishuyan").values()).count("red")
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{red:,}")
    expect(city.map.locator(".credit-legend-row").first).to_have_attribute("aria-pressed", "true")
    chips(city).filter(has_text=RED).locator("button:visible").click()
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{len(district.graded('qishuyan')):,}")
    expect(chips(city)).to_have_count(0)
    assert "qishuyan" not in city.query


def test_from_red_to_a_street_by_its_bar_to_a_building_of_the_list(open_city):
    city = open_city()
    city.wait_until_drawn()
    city.bar("by-grade").click()
    city.wait_until_drawn("qishuyan=red")
    city.bar("by-area").click()
    expect(chips(city)).to_have_count(2)
    city.wait_until_drawn("area=")
    assert "area=" in city.query
    city.page.get_by_test_id("stButtonGroup").get_by_text(t("chart.list"), exact=True).click()
    table = city.page.get_by_test_id("stDataFrame")
    table.wait_for()
    city.settled_reruns()
    table.click(position={"x": 18, "y": 55})
    expect(city.page.locator("dl.facts dt").first).to_be_visible()
    assert "building=" in city.query
    expect(chips(city)).to_have_count(2)


def test_a_class_is_chosen_with_the_keyboard_alone(open_city):
    city = open_city()
    city.wait_until_drawn()
    city.map.locator(".credit-legend-row").first.focus()
    city.page.keyboard.press("Enter")
    city.wait_until_drawn("qishuyan=red")
    assert "qishuyan=red" in city.query
