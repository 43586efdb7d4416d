"""From a finding to its buildings: the honest-data page as a leader walks it."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("zh")


def test_a_leader_goes_from_a_copying_officer_to_a_building_and_from_a_thin_street_to_the_map(open_city):
    city = open_city("quality", role="leader")
    page = city.page
    expect(page.get_by_text(t("data_quality.misleads"))).to_be_visible()
    expect(page.locator(".st-key-quality-funnel .js-plotly-plot")).to_be_visible()

    page.get_by_role("radio", name=t("data_quality.duplicate_checklists"), exact=True).click()
    findings = page.locator("[class*=st-key-quality-duplicate_checklists-officers]").get_by_test_id("stDataFrame")
    findings.click(position={"x": 15, "y": 52})  # the box before the first row
    expect(page.get_by_role("heading", name=re.compile(r"W\d{4}"))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)

    page.get_by_role("radio", name=t("data_quality.coverage"), exact=True).click()
    expect(page.locator(".st-key-q-recorded .js-plotly-plot")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_street_office_is_told_of_its_own_street_only(open_city, district):
    streets = dict(district.rows("SELECT code, name FROM areas WHERE level = 'street'"))
    code, name = next(iter(streets.items()))
    city = open_city("quality", role="street_office", areas=(f"demo/street:{code}",))
    expect(city.page.locator(".st-key-quality-funnel .scatterlayer .point")).to_have_count(1)
    for other in streets.values():
        if other != name:
            expect(city.page.get_by_text(other, exact=True)).to_have_count(0)
