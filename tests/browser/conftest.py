"""The demonstration district in a running server, and a Chromium to look at it with."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from data.db.engine import open_database
from tests.browser.city_page import CityPage
from tests.browser.service import Outside, place_of, served
from tests.dashboard.demonstration import Demonstration, laid
from tests.sessions import COOKIE, token_of

QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-software-rasterizer",  # painting without it takes a quarter less of the processor a page
)
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
PATIENCE_MS = 120_000  # only what hangs is ended: a busy machine may take a minute for a page
DESK = {"width": 1400, "height": 900}
Open = Callable[..., CityPage]


@pytest.fixture(scope="session")
def district(tmp_path_factory) -> Demonstration:
    return laid(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    listener = Outside()
    yield listener
    listener.close()


@pytest.fixture(scope="session")
def address(district, outside) -> Iterator[str]:
    with served(district, outside) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser that finds no other machine than this one."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("There is no chromium on this machine; `sh set-up.sh browser` installs it.", pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, NOWHERE_ELSE])
        yield browser
        browser.close()


@pytest.fixture
def open_city(chromium, address, district) -> Iterator[Open]:
    """Opens the page in a browser context of its own: `open_city("?lang=en#18/22.7/113.9")`.

    The browser is signed in, as an administrator or in the role given; `role=None` is nobody.

    Whatever a journey does, it must not ask anyone but the server, nor for what the page's own policy withholds.
    """
    pages: list[CityPage] = []
    engine = open_database(district.environment["CREDIT_MAP_DATABASE"])

    def opened(rest: str = "", role: str | None = "administrator", areas: tuple[str, ...] = (), **settings) -> CityPage:
        context = chromium.new_context(**({"viewport": DESK, "locale": "zh-CN"} | settings))
        context.set_default_timeout(PATIENCE_MS)
        if role is not None:
            token = token_of(engine, role, *areas)
            context.add_cookies([{"name": COOKIE, "value": token, "url": address, "httpOnly": True, "sameSite": "Lax"}])
        pages.append(CityPage(context, address))
        pages[-1].goto(rest)
        return pages[-1]

    yield opened
    withheld = [one for page in pages for one in page.withheld]
    asked = {place_of(url) for page in pages for url in page.requests}
    for page in pages:
        page.context.close()
    engine.dispose()
    assert asked - {""} <= {place_of(address)}
    assert withheld == []
