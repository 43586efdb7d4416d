"""How much memory the server holds while twenty people have the map open."""

from contextlib import ExitStack

from tests.benchmarks import demonstration
from tests.benchmarks.browser import chromium, drawn, user
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.filtering import change
from tests.benchmarks.server import DASHBOARD, running

MAPS = 20
MOST_MB = 1_000


def figures() -> list[Figure]:
    """Each of the maps is a visitor of its own, opened and drawn; then each changes one filter, and it is drawn."""
    demonstration.kept()
    with running(DASHBOARD) as server, chromium() as browser, ExitStack() as open_:
        resting = server.memory_mb()
        pages = [open_.enter_context(user(browser)) for _ in range(MAPS)]
        opened = []
        for page in pages:
            page.goto(server.address, wait_until="commit")
            drawn(page)
            opened.append(server.memory_mb())
        for number, page in enumerate(pages):
            change(page, number)
        changed = server.memory_mb()
    first = Beside("with one map open", opened[0])
    return [
        within(f"resident memory with {MAPS} maps open, one filter changed in each", changed, "MB", MOST_MB),
        Figure(f"resident memory with {MAPS} maps open, before that", opened[-1], "MB", first),
        Figure("resident memory before the first visitor", resting, "MB", first),
    ]
