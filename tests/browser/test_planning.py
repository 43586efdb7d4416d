"""A police planner makes the plan of a week by clicks, follows an officer's day, and reads what is left out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("en")
TABLES = ("plan_stops", "plan_left_out", "plan_officers", "plans")
ROW_PX, HEAD_PX, BOX_PX = 35, 38, 20


@pytest.fixture
def community(district) -> Iterator[str]:
    """The code of a community; the plans made in it are taken away again, as other tests begin without one."""
    ((code,),) = district.rows("SELECT min(code) FROM areas WHERE level = 'community'")
    yield f"community:{code}"
    for table in TABLES:
        district.rows(f"DELETE FROM {table}")


def test_a_plan_is_made_an_officers_day_followed_and_what_is_left_out_read(open_city, community, district):
    city = open_city(f"planning?lang=en&area={community}", role="police")
    page = city.page
    page.get_by_role("button", name=t("planning.make"), exact=True).click()
    expect(page.locator(".conclusion .first")).to_have_text(re.compile("visits are due or drawn"))
    city.wait_until_script_ended()
    ((made,),) = district.rows("SELECT count(*) FROM plan_stops")
    expect(city.figure(t("planning.visits"))).to_have_text(f"{made:,}")
    table = page.get_by_test_id("stDataFrame").first
    table.locator("canvas:not([width='0'])").first.wait_for()
    table.locator(".dvn-scroller").click(position={"x": BOX_PX, "y": HEAD_PX + ROW_PX / 2})
    stops = page.frame_locator("iframe[title*=folium]").locator(".leaflet-marker-pane b")
    expect(stops.first).to_have_text("1")
    page.get_by_role("radio", name=t("planning.part_left_out")).click()
    expect(page.get_by_text(re.compile("that matter most")).first).to_be_visible()
