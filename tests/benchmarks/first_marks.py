"""The same 175,700 points on the same page, drawn by our layer, FastMarkerCluster and pydeck, in a real browser."""

from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from tests.benchmarks import demonstration, peer_assets
from tests.benchmarks.browser import Wire, chromium, first_marks, settled, user
from tests.benchmarks.figures import Beside, Figure
from tests.benchmarks.server import DASHBOARD, running

PAGES = Path(__file__).with_name("pages") / "server.py"
OURS, EMPTY = "credit_layer", "empty"
PEERS = {"fast_marker_cluster": "FastMarkerCluster", "pydeck_scatterplot": "pydeck ScatterplotLayer"}
RUNS = 3
MOST_TIME, MOST_BYTES = 0.6, 0.2  # of FastMarkerCluster's


def figures() -> list[Figure]:
    demonstration.kept()
    peer_assets.brought()
    with chromium() as browser:
        with running(PAGES) as server:
            seconds, megabytes = _visited(browser, server.address)
        with running(DASHBOARD) as server:
            whole = [_visit(browser, server.address, marks=True) for _ in range(1 + RUNS)]
    found = []
    for page, name in PEERS.items():
        limits = (MOST_TIME, MOST_BYTES) if name == "FastMarkerCluster" else (None, None)
        found += [
            Figure("first marks: our layer", seconds[OURS], "s", Beside(name, seconds[page]), limits[0]),
            Figure("received for it: our layer", megabytes[OURS], "MB", Beside(name, megabytes[page]), limits[1]),
        ]
    ours = Beside("our layer alone", seconds[OURS])
    return [
        *found,
        Figure("received by the page without a map", megabytes["page"], "MB", Beside("our layer", megabytes[OURS])),
        Figure("first marks of the whole city page, first visitor of a server", whole[0][0], "s", ours),
        Figure("first marks of the whole city page, later visitors", median(s for s, _ in whole[1:]), "s", ours),
    ]


def _visited(browser: Browser, address: str) -> tuple[dict[str, float], dict[str, float]]:
    """Median seconds and megabytes by page, the megabytes beyond those of the page without a map (`page`).

    Every page is visited once beforehand, so that the server has its data and modules ready, and then in turn, so
    that what else the machine does falls on all of them.
    """
    pages = (EMPTY, OURS, *PEERS)
    rounds = [
        {page: _visit(browser, f"{address}/?draw={page}", page != EMPTY) for page in pages} for _ in range(1 + RUNS)
    ]
    seconds = {page: median(visits[page][0] for visits in rounds[1:]) for page in pages}
    megabytes = {page: median(visits[page][1] for visits in rounds[1:]) for page in pages}
    beyond = {page: megabytes[page] - megabytes[EMPTY] for page in pages}
    return seconds, beyond | {"page": megabytes[EMPTY]}


def _visit(browser: Browser, address: str, marks: bool) -> tuple[float, float]:
    """Seconds to the first marks (0 where there are none) and megabytes received until nothing more came."""
    with user(browser) as page:
        wire = Wire(page)
        page.goto(address, wait_until="commit")
        seconds = first_marks(page) if marks else 0.0
        if not marks:
            page.get_by_role("heading").first.wait_for()
        settled(page, wire)
        return seconds, wire.megabytes
