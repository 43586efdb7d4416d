"""T14: while every building gets a visit by an import, while that is undone, and while the city is built anew after
each, a map that is open answers nearly as soon as in quiet times. Here over HTTP and the page's socket, without a
browser; `python -m tests.benchmarks following` draws the map in one.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter

import psutil
from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Import
from tests.benchmarks.demonstration import ROOT, VAR
from tests.benchmarks.server import Server
from tests.sessions import token_of
from tests.trust.many_sessions import FILTERS
from tests.trust.page_sessions import PageSession, page_session
from tests.trust.promise import Promise
from tests.trust.served_district import (
    CITY,
    OK,
    TILES,
    Answer,
    asked,
    data_command,
    import_of_visits,
    served_district,
    version_shown,
)

WARM_LOOKS, QUIET_LOOKS = 10, 60
SECONDS_BETWEEN_LOOKS = 0.5  # as a person looks; without a pause the looking itself would hold up the builder
BUILT_WITHIN_S = 900
MOST = 1.5  # times as long as in quiet times
WORLD = "-180,-85,180,85"


@dataclass(frozen=True)
class Looks:
    """What came of looking at the map again and again while something went on."""

    answers: list[Answer]

    @property
    def median(self) -> float:
        return median(answer.seconds for answer in self.answers)

    @property
    def wrong(self) -> int:
        return sum(answer.status != OK for answer in self.answers)


def promises() -> list[Promise]:
    with served_district() as (server, engine), TemporaryDirectory(prefix="visits-", dir=VAR) as folder:
        return asyncio.run(_tried(server, engine, Path(folder)))


async def _tried(server: Server, engine: Engine, folder: Path) -> list[Promise]:
    token, found = token_of(engine, "administrator"), {}
    async with page_session(server, token) as page:
        tab = Tab(server, token, page)
        await tab.looks(lambda: tab.looked < WARM_LOOKS)
        quiet = await tab.looks(lambda: tab.looked < WARM_LOOKS + QUIET_LOOKS)
        for name, command in (
            ("an import", lambda: import_of_visits(engine, folder)),
            ("its undoing", lambda: data_command("undo", str(_last_import(engine)))),
        ):
            written, built = await _during(command(), tab)
            found |= {f"{name} is written": written, f"the city is built anew after {name}": built}
    return of_looks(quiet, found)


async def _during(command: list[str], tab: "Tab") -> tuple[Looks, Looks]:
    """What looking came to while the command wrote, and then until what it wrote was shown and all made anew."""
    before = tab.version()
    with Popen(command, cwd=ROOT, stdout=DEVNULL) as work:
        written = await tab.looks(lambda: work.poll() is None)
    assert work.returncode == 0
    end = monotonic() + BUILT_WITHIN_S
    built = await tab.looks(lambda: monotonic() < end and (tab.version() == before or builds(tab.server)))
    assert tab.version() != before
    return written, built


@dataclass
class Tab:
    """One open map. looked: how often a filter has been changed in it."""

    server: Server
    token: str
    page: PageSession
    looked: int = 0

    async def looks(self, goes_on: Callable[[], bool]) -> Looks:
        """At least one."""
        answers = [await self._look()]
        while goes_on():
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            answers.append(await self._look())
        return Looks(answers)

    async def _look(self) -> Answer:
        """What a map asks for when a filter is changed: the page, the city's version, the legend's counts, a tile."""
        start, view = perf_counter(), f"city={CITY}&{FILTERS[self.looked % len(FILTERS)]}"
        zoom, x, y = TILES[self.looked % len(TILES)]
        self.looked += 1
        paths = (f"version?city={CITY}", f"counts?box={WORLD}&{view}", f"tiles/{zoom}/{x}/{y}.mvt?{view}")
        answers = [await self.page.run(view)]
        answers += [await asyncio.to_thread(asked, self.server, f"/map/{path}", self.token) for path in paths]
        worst = next((answer.status for answer in answers if answer.status != OK), OK)
        return Answer(worst, perf_counter() - start)

    def version(self) -> str:
        return version_shown(self.server, self.token)


def builds(server: Server) -> bool:
    """Whether a builder that the server started is at work."""
    for process in server.process.children(recursive=True):
        with suppress(psutil.Error):  # it ended this very moment
            if "refresh" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def _last_import(engine: Engine) -> int:
    with reading(engine, SYSTEM) as session:
        return session.scalars(select(func.max(Import.id))).one()


def of_looks(quiet: Looks, found: dict[str, Looks]) -> list[Promise]:
    usual = f"quiet {quiet.median:.2g} s, half of {len(quiet.answers)} within"
    return [
        *(
            Promise(
                f"T14 while {name}: a changed filter, half of {len(seen.answers)} within ({usual})",
                seen.median / quiet.median,
                "times as long",
                MOST,
            )
            for name, seen in found.items()
        ),
        Promise("T14 not answered as asked meanwhile", sum(seen.wrong for seen in found.values()), "looks", 0),
    ]
