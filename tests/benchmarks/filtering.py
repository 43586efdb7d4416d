"""Changing a filter on the map page, as a person does, and waiting until the map has drawn it."""

from playwright.sync_api import Page

from tests.benchmarks.browser import drawn
from tests.benchmarks.kept_city import CITY

CHANGES = (*(("hazard", n) for n in range(1, 7)), *(("unvisited", n) for n in range(1, 7)))  # control, option


def change(page: Page, number: int) -> float:
    """Chooses an option of a control in the sidebar; seconds from its click to the tiles being drawn."""
    control, option = CHANGES[number % len(CHANGES)]
    page.locator(f".st-key-{CITY}-{control}").get_by_role("combobox").click()
    page.get_by_role("option").nth(option).click()
    return drawn(page)
