"""A real browser: pages opened as by a new visitor, the bytes they fetched and the moment of their first marks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.benchmarks.kept_city import token
from tests.sessions import COOKIE

WATCH = Path(__file__).with_name("watch.js")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WINDOW = {"width": 1440, "height": 900}
PATIENCE_MS = 180_000  # a peer on a busy machine can need a minute
QUIET_MS = 2_000  # nothing more comes after so long


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def user(browser: Browser) -> Iterator[Page]:
    """A page of one who is signed in, with nothing in its cache, watched from the beginning."""
    context = browser.new_context(viewport=WINDOW)
    context.add_cookies([{"name": COOKIE, "value": token(), "url": "http://localhost"}])
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(path=WATCH)
    yield context.new_page()
    context.close()


class Wire:
    """Counts what a page receives: responses as they came over the wire, heads included, and websocket frames."""

    def __init__(self, page: Page) -> None:
        self.responses: dict[str, int] = {}
        self.frames = 0
        session: CDPSession = page.context.new_cdp_session(page)
        session.on("Network.dataReceived", self._part)
        session.on("Network.loadingFinished", self._whole)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.send("Network.enable")

    @property
    def megabytes(self) -> float:
        return (sum(self.responses.values()) + self.frames) / 1e6

    def _part(self, event: dict) -> None:
        request = event["requestId"]
        self.responses[request] = self.responses.get(request, 0) + event["encodedDataLength"]

    def _whole(self, event: dict) -> None:
        self.responses[event["requestId"]] = int(event["encodedDataLength"])

    def _frame(self, event: dict) -> None:
        response = event["response"]
        text = response["opcode"] == 1
        length = len(response["payloadData"])
        self.frames += len(response["payloadData"].encode()) if text else length * 3 // 4


def settled(page: Page, wire: Wire) -> None:
    """Waits until the page has received nothing for a while."""
    before = None
    while before != (before := wire.megabytes):
        page.wait_for_timeout(QUIET_MS)


def first_marks(page: Page) -> float:
    """Seconds from the navigation to the first painted mark."""
    page.wait_for_function("() => window.bench && window.bench.marks")
    return page.evaluate("(window.bench.marks - performance.timeOrigin) / 1000")


def drawn(page: Page) -> float:
    """Waits until the map has drawn the view chosen last; seconds since the last click, or since the navigation."""
    page.wait_for_function(
        "() => window.bench && window.bench.drawn.some(({ at }) => at > (window.bench.clicked || 0))"
    )
    return page.evaluate(
        """() => {
            const from = window.bench.clicked || performance.timeOrigin;
            return (window.bench.drawn.find(({ at }) => at > from).at - from) / 1000;
        }"""
    )
