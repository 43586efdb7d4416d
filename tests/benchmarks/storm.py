"""Twenty facts a second for a minute while twenty maps are open: what is left of the speed of a filter change."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep

import numpy as np
from sqlalchemy import Engine

from tests.benchmarks import demonstration
from tests.benchmarks.browser import chromium, drawn, user
from tests.benchmarks.demonstration import VAR
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.filtering import CHANGES, change
from tests.benchmarks.following import Officer, copied
from tests.benchmarks.kept_city import token
from tests.benchmarks.open_maps import MAPS
from tests.benchmarks.server import DASHBOARD, running

FACTS_A_SECOND, SECONDS = 20, 60
QUIET_CHANGES = 2 * len(CHANGES)
MOST = 1.5  # times the quiet filter change
SERVERS_FAULT = 500


def figures() -> list[Figure]:
    demonstration.kept()
    token()
    with TemporaryDirectory(prefix="storm-", dir=VAR) as folder, copied(Path(folder)) as engine:
        return _measured(engine)


def _measured(engine: Engine) -> list[Figure]:
    faults: list[str] = []
    with running(DASHBOARD) as server, chromium() as browser, ExitStack() as open_:
        pages = [open_.enter_context(user(browser)) for _ in range(MAPS)]
        for page in pages:
            page.on("response", lambda answer: faults.append(answer.url) if answer.status >= SERVERS_FAULT else None)
            page.goto(server.address, wait_until="commit")
            drawn(page)
        quiet = [change(pages[0], number) for number in range(QUIET_CHANGES)]
        facts = [0]
        writing = Thread(target=_write, args=(Officer(engine), facts))
        writing.start()
        busy = []
        while writing.is_alive():
            busy.append(change(pages[0], len(busy)))
    usual = Beside(f"the same with nothing written, of {len(quiet)}", float(np.quantile(quiet, 0.95)))
    return [
        Figure(
            f"a filter changed while {FACTS_A_SECOND} facts a second come and {MAPS} maps are open, 95 of 100 of "
            f"{len(busy)} within",
            float(np.quantile(busy, 0.95)),
            "s",
            usual,
            at_most=MOST,
        ),
        Figure("facts recorded meanwhile", facts[0], "", Beside("asked for", FACTS_A_SECOND * SECONDS)),
        within("answers with a fault of the server, and one", len(faults) + 1, "", 1),
    ]


def _write(officer: Officer, facts: list[int]) -> None:
    """Counts what was acknowledged in facts[0]."""
    start = monotonic()
    for number in range(FACTS_A_SECOND * SECONDS):
        sleep(max(0.0, start + number / FACTS_A_SECOND - monotonic()))
        officer.visits()
        facts[0] += 1
