"""The dashboard's server: how soon it answers, how fast tiles come over HTTP, how fast a changed filter is drawn."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from time import perf_counter

import numpy as np

from tests.benchmarks.browser import chromium, drawn, user
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.filtering import CHANGES, change
from tests.benchmarks.kept_city import CITY, snapshot, token
from tests.benchmarks.server import DASHBOARD, Server, running
from tests.benchmarks.tiles import Address, walk
from tests.sessions import COOKIE

STARTS = 3
STEPS = 200
FILTERS = {"without a filter": "", "red and yellow": "&qishuyan=red,yellow"}
MOST_MS, MOST_KB = 50, 60


@dataclass(frozen=True)
class Walked:
    """first_ms: the tile that made the server draw this view; the rest of each later tile, none asked for before."""

    first_ms: float
    p50_ms: float
    p99_ms: float
    largest_kb: float
    largest_unpacked_kb: float


def figures() -> list[Figure]:
    addresses = list(dict.fromkeys(walk(snapshot().places, seed=8, steps=STEPS)))
    starts = []
    for _ in range(STARTS - 1):
        with running(DASHBOARD) as server:
            starts.append(server.ready_s)
    with running(DASHBOARD) as server:
        starts.append(server.ready_s)
        walks = {name: walked(server, query, addresses) for name, query in FILTERS.items()}
        seconds = changed(server)
    ready = median(starts)
    found = [Figure("from `streamlit run` to healthy", ready, "s", Beside("slowest of three", max(starts)))]
    for name, seen in walks.items():
        found += _of_walk(f"over HTTP, {len(addresses)} tiles, {name}", seen)
    found.append(
        Figure(
            "from the click on a filter to its tiles drawn, on the whole page",
            median(seconds),
            "s",
            Beside(f"slowest of {len(seconds)}", max(seconds)),
        )
    )
    return found


def _of_walk(name: str, seen: Walked) -> list[Figure]:
    return [
        Figure(f"{name}: p50 of a cold tile", seen.p50_ms, "ms", Beside("p99", seen.p99_ms)),
        within(f"{name}: p99 of a cold tile", seen.p99_ms, "ms", MOST_MS),
        within(f"{name}: largest tile as sent", seen.largest_kb, "KB", MOST_KB),
        Figure(f"{name}: the first tile of the view", seen.first_ms, "ms", Beside("p99", seen.p99_ms)),
    ]


def walked(server: Server, query: str, addresses: Iterable[Address]) -> Walked:
    """One tile after the other over one connection, as a browser sends for them: packed with gzip."""
    connection = HTTPConnection(server.address.removeprefix("http://"), timeout=60)
    headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={token()}"}
    ms, sizes, unpacked = [], [], []
    for z, x, y in addresses:
        start = perf_counter()
        connection.request("GET", f"/map/tiles/{z}/{x}/{y}.mvt?city={CITY}{query}", headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200
        ms.append((perf_counter() - start) * 1e3)
        sizes.append(len(content))
        packed = answer.headers.get("Content-Encoding") == "gzip"
        unpacked.append(len(gzip.decompress(content)) if packed else len(content))
    connection.close()
    later = np.array(ms[1:])
    return Walked(ms[0], median(later), float(np.quantile(later, 0.99)), max(sizes) / 1e3, max(unpacked) / 1e3)


def changed(server: Server) -> list[float]:
    """Seconds from click to drawn for filters nobody asked for before, one after the other on one page."""
    with chromium() as browser, user(browser) as page:
        page.goto(server.address, wait_until="commit")
        drawn(page)
        return [change(page, number) for number in range(len(CHANGES))]
