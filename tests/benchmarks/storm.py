"""Twenty facts a second for a minute while twenty maps are open: what is left of the speed of a filter change.

One map is drawn in a browser here and its filters are changed. The others are those of people at other machines, who
ask the same of the server and are drawn there; and once more as browsers that share the cores with the server.
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep

import numpy as np
from playwright.sync_api import Page
from sqlalchemy import Engine

from tests.benchmarks import demonstration
from tests.benchmarks.browser import chromium, drawn, user
from tests.benchmarks.demonstration import VAR
from tests.benchmarks.distant_maps import distant_maps
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.filtering import CHANGES, change
from tests.benchmarks.following import Officer, copied
from tests.benchmarks.kept_city import token
from tests.benchmarks.open_maps import MAPS
from tests.benchmarks.server import DASHBOARD, Server, running
from tests.trust.served_district import FAULT_OF_OURS, OK

FACTS_A_SECOND, SECONDS = 20, 60
QUIET_CHANGES = 2 * len(CHANGES)
MOST = 1.5  # times the quiet filter change


def figures() -> list[Figure]:
    demonstration.kept()
    token()
    with TemporaryDirectory(prefix="storm-", dir=VAR) as folder, copied(Path(folder)) as engine:
        return _measured(engine)


def _measured(engine: Engine) -> list[Figure]:
    officer, faults = Officer(engine), []
    with running(DASHBOARD) as server, chromium() as browser, user(browser) as page:
        asked_for = _opened(page, server, faults)
        with distant_maps(server, MAPS - 1, asked_for) as answers:
            distant = _changes(page, officer)
        faults += [answer for answer in answers if answer.status != OK]
        with ExitStack() as open_:
            for other in [open_.enter_context(user(browser)) for _ in range(MAPS - 1)]:
                _opened(other, server, faults)
            beside = _changes(page, officer)
    return [
        *distant.figures(f"{MAPS - 1} more maps are open on other machines ({len(answers):,} answers)", MOST),
        *beside.figures(f"{MAPS - 1} more maps are open and drawn on the same {os.cpu_count()} cores", None),
        within("answers with a fault of the server, and one", len(faults) + 1, "", 1),
    ]


def _opened(page: Page, server: Server, faults: list) -> list[str]:
    """Opens the map and waits until it is drawn; the addresses it asked for."""
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= FAULT_OF_OURS else None)
    page.goto(server.address, wait_until="commit")
    drawn(page)
    return asked_for


@dataclass(frozen=True)
class Changes:
    """Seconds of filter changes in quiet times and while facts poured in, and how many of those were acknowledged."""

    quiet: list[float]
    busy: list[float]
    facts: int

    def figures(self, while_: str, at_most: float | None) -> list[Figure]:
        usual = Beside(f"the same with nothing written, of {len(self.quiet)}", float(np.quantile(self.quiet, 0.95)))
        what = f"a filter changed while {FACTS_A_SECOND} facts a second come and {while_}"
        return [
            Figure(
                f"{what}, 95 of 100 of {len(self.busy)} within",
                float(np.quantile(self.busy, 0.95)),
                "s",
                usual,
                at_most=at_most,
            ),
            Figure("facts recorded meanwhile", self.facts, "", Beside("asked for", FACTS_A_SECOND * SECONDS)),
        ]


def _changes(page: Page, officer: Officer) -> Changes:
    quiet, busy, facts = [change(page, number) for number in range(QUIET_CHANGES)], [], [0]
    writing = Thread(target=_write, args=(officer, facts))
    writing.start()
    while writing.is_alive():
        busy.append(change(page, len(busy)))
    return Changes(quiet, busy, facts[0])


def _write(officer: Officer, facts: list[int]) -> None:
    """Counts what was acknowledged in facts[0]."""
    start = monotonic()
    for number in range(FACTS_A_SECOND * SECONDS):
        sleep(max(0.0, start + number / FACTS_A_SECOND - monotonic()))
        officer.visits()
        facts[0] += 1
