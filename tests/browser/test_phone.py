"""A phone held upright."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from dashboard.look.palette import BY_GRADE

pytestmark = pytest.mark.browser
t = translator("zh")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def test_on_a_phone_the_map_fits_and_the_sidebar_opens(open_city):
    city = open_city("", **PHONE)
    city.wait_until_drawn()
    assert city.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert city.painted().count(BY_GRADE["green"].colour) > 100
    box = city.map.bounding_box()
    assert box["x"] >= 0
    assert box["width"] == pytest.approx(390, abs=40)
    assert box["y"] < 844 / 2  # seen without scrolling
    expect(city.sidebar.get_by_text(t("control.show"))).not_to_be_in_viewport()
    opener = city.page.get_by_test_id("stExpandSidebarButton")
    expect(opener).to_be_in_viewport(ratio=1)
    opener.tap()
    expect(city.sidebar.get_by_text(t("control.show"))).to_be_in_viewport()
    city.choose_theme(t("theme.hazards"))
    city.wait_until_drawn("show=hazards")
