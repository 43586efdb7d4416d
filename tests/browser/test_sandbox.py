"""Trying other rules, as a leader does: a figure is written, and the whole district is graded anew."""

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.i18n import translator
from tests.browser.city_page import SCRIPT_ENDED

pytestmark = pytest.mark.browser
t = translator("en")
ROW_PX, HEAD_PX = 35, 36


def write(page: Page, row: int, column_px: int, text: str) -> None:
    """Writes in a cell of the table that is seen; from the left, or from the right when column_px is below nought."""
    page.locator(SCRIPT_ENDED).wait_for()
    table = page.get_by_test_id("stDataFrame").filter(visible=True).first
    table.locator("canvas:not([width='0'])").first.wait_for()  # painted
    cells = table.locator(".dvn-scroller")
    x = column_px + (cells.bounding_box()["width"] if column_px < 0 else 0)
    cells.dblclick(position={"x": x, "y": HEAD_PX + ROW_PX * (row + 0.5)})  # once it no longer moves
    cell = page.locator("#portal input")
    expect(cell).to_be_focused()
    cell.fill(text)
    page.keyboard.press("Enter")


def figure(page: Page, name: str):
    return page.locator(".figures div").filter(has=page.locator("span", has_text=re.compile(f"^{name}$"))).locator("b")


def test_a_leader_tries_other_points_sees_who_moves_and_keeps_the_draft(open_city):
    page = open_city("sandbox?lang=en", role="leader").page
    worse = figure(page, t("changes.worse"))
    expect(worse).to_have_text("0")
    expect(page.get_by_text(t("sandbox.no_difference"))).to_be_visible()
    write(page, row=2, column_px=270, text="-9")  # security doors, after what a leader sees of the rest
    expect(worse).not_to_have_text("0")
    expect(page.get_by_text(t("sandbox.no_difference"))).to_have_count(0)
    page.get_by_role("radio", name=t("sandbox.part_map"), exact=True).click()
    legend = page.frame_locator("iframe").first.locator(".credit-legend")
    expect(legend).to_contain_text(worse.inner_text())
    page.get_by_role("tab", name=t("sandbox.tab_keep")).click()
    page.get_by_label(t("sandbox.name")).fill("Doors matter")
    page.get_by_role("button", name=t("sandbox.keep")).click()
    expect(page.get_by_text(t("sandbox.kept_done"))).to_be_visible()
    page.reload()
    page.get_by_role("combobox", name=re.compile(t("sandbox.start"))).click()
    expect(page.get_by_role("option", name=re.compile("Doors matter"))).to_be_visible()


def test_a_figure_that_breaks_the_rules_is_told_in_the_words_of_the_file(open_city):
    page = open_city("sandbox?lang=en", role="leader").page
    expect(figure(page, t("changes.worse"))).to_have_text("0")
    page.get_by_role("tab", name=t("sandbox.bands")).click()
    expect(page.get_by_text(t("sandbox.bands_note"))).to_be_visible()
    write(page, row=1, column_px=-60, text="5")
    expect(page.get_by_text("'below' 5 does not rise above 6; put the bands in rising order")).to_be_visible()
