"""A filter holds for everything on the page at once."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from dashboard.look.palette import BY_GRADE

pytestmark = pytest.mark.browser
t = translator("zh")
RED = "重点户（红色）"  # as the rule file of Qishuyan names it


def test_a_filter_changes_map_chart_figures_and_address_together(open_city, district):
    city = open_city()
    city.wait_until_drawn()
    asked = len(city.requests)
    city.choose(t("theme.qishuyan"), RED)
    city.wait_until_drawn("qishuyan=red")
    red = list(district.graded("qishuyan").values()).count("red")
    assert red > 50
    city.expect_counts([red, 0, 0, 0, 0])
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{red:,}")
    expect(city.bar("by-grade").locator(".number")).to_have_text(f"{red:,} · 100.0%")
    assert "qishuyan=red" in city.query
    assert any("/map/tiles/" in url and "qishuyan=red" in url for url in city.requests[asked:])
    assert city.painted().count(BY_GRADE["red"].colour) > 100
    assert city.painted().count(BY_GRADE["green"].colour) == 0


def test_filters_that_leave_nothing_say_so_and_can_be_cleared(open_city, district):
    city = open_city("?unvisited=never&qishuyan=green")  # whoever was never visited has no grade
    city.wait_until_drawn("unvisited=never")
    expect(city.page.get_by_test_id("stAlert")).to_have_text(t("map.nothing_selected"))
    expect(city.figure(t("figure.buildings"))).to_have_text("0")
    city.expect_counts([0, 0, 0, 0, 0])
    assert city.painted().area == 0
    city.sidebar.get_by_role("button", name=t("control.reset")).click()
    everything = len(district.graded("qishuyan"))
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{everything:,}")
    expect(city.page.get_by_test_id("stAlert")).to_have_count(0)
    assert city.query == ""


def test_the_trend_is_drawn_from_the_prepared_history(open_city):
    city = open_city()
    city.page.get_by_test_id("stButtonGroup").get_by_text(t("chart.trend"), exact=True).click()
    expect(city.chart("trend").locator(".scatterlayer .trace")).not_to_have_count(0)
