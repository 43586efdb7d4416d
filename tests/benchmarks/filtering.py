"""Changing a filter on the map page, as a person does, and waiting until the map has drawn it."""

from contextlib import suppress

from playwright.sync_api import Page, TimeoutError

from tests.benchmarks.browser import drawn
from tests.benchmarks.kept_city import CITY

CHANGES = (*(("hazard", n) for n in range(1, 7)), *(("unvisited", n) for n in range(1, 7)))  # control, option


OPENS_WITHIN_MS = 3_000


def change(page: Page, number: int) -> float:
    """Chooses an option of a control in the sidebar; seconds from its click to the tiles being drawn."""
    control, option = CHANGES[number % len(CHANGES)]
    box = page.locator(f".st-key-{CITY}-{control}").get_by_role("combobox")
    wanted = page.get_by_role("option").nth(option)
    while not wanted.is_visible():  # a page that is still drawing closes the list again
        box.click()
        with suppress(TimeoutError):
            wanted.wait_for(timeout=OPENS_WITHIN_MS)
    wanted.click()
    return drawn(page)
