"""A flow of grades, clicked in the diagram of changes, goes along to the map and comes off there."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("zh")
A_BAND = """plot => {
    const points = plot._fullData.at(-1), {xaxis, yaxis} = plot._fullLayout;
    const moves = points.customdata.map((text, place) => [text.split(/ → |: /), place]);
    const [, place] = moves.filter(([parts]) => parts.length === 3 && parts[0] !== parts[1])[12];
    return [xaxis._offset + xaxis.l2p(points.x[place]), yaxis._offset + yaxis.l2p(points.y[place])];
}"""


def test_a_flow_that_is_clicked_goes_along_to_the_map_and_its_chip_takes_it_off(open_city):
    city = open_city("changes", role="leader")
    page = city.page
    expect(page.locator(".conclusion .first")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    chart = page.locator(".st-key-changes-flow .js-plotly-plot")
    chart.scroll_into_view_if_needed()
    city.settled_reruns()
    box, (x, y) = chart.bounding_box(), chart.evaluate(A_BAND)
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator(".st-key-flow-off")).to_be_visible()
    assert "moved=" in page.url
    table = page.get_by_test_id("stDataFrame").filter(visible=True).first
    table.hover()
    expect(page.get_by_role("button", name=re.compile("download", re.IGNORECASE))).to_have_count(0)
    page.get_by_test_id("stTopNav").get_by_text(t("nav.city"), exact=True).click()
    chip = page.locator("[class*=st-key-chip-moved]")
    expect(chip).to_have_count(1)
    expect(page).to_have_url(re.compile("moved="))
    city.wait_until_drawn("moved=")
    chip.locator("button:visible").click()
    expect(chip).to_have_count(0)
    expect(page).not_to_have_url(re.compile("moved="))
