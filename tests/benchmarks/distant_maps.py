"""Maps open on other machines: all that their browsers ask of the server, drawn nowhere on this one."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Barrier, Event, Thread
from time import monotonic
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.benchmarks.demonstration import ROOT
from tests.benchmarks.kept_city import CITY, token
from tests.benchmarks.server import Server
from tests.trust.page_sessions import PageSession, page_session
from tests.trust.served_district import Answer, asked, version_shown

SCRIPT = ROOT / "dashboard" / "map" / "assets" / "credit-map.js"
AT_ONCE = 6  # connections of a browser to one server
DRAWN_FROM = re.compile(r"/map/(tiles|areas|counts)\b")


@contextmanager
def distant_maps(server: Server, many: int, asked_for: Sequence[str]) -> Iterator[list[Answer]]:
    """That many maps, open and following until the block ends; all that they were answered meanwhile.

    asked_for: addresses that a browser's first drawing of the map asked for.
    """
    answers: list[Answer] = []
    drawn_from = [address for address in asked_for if DRAWN_FROM.search(address)]
    all_drawn, over = Barrier(2), Event()
    thread = Thread(target=lambda: asyncio.run(_all(server, many, drawn_from, answers, all_drawn, over)))
    thread.start()
    all_drawn.wait()
    yield answers
    over.set()
    thread.join()


async def _all(
    server: Server, many: int, drawn_from: Sequence[str], answers: list[Answer], all_drawn: Barrier, over: Event
) -> None:
    async with AsyncExitStack() as tabs:
        maps = []
        for number in range(many):
            page = await tabs.enter_async_context(page_session(server, token()))
            maps.append(DistantMap(server, page, drawn_from, answers, Random(number)))
            await maps[-1].draw()
        answers.clear()
        await asyncio.to_thread(all_drawn.wait)
        await asyncio.gather(*(one.follow(over) for one in maps))


def pause(name: str) -> float:
    """Seconds of a pause that the map's own script keeps."""
    found = re.search(rf"const {name} = (\d+);", SCRIPT.read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]) / 1000


@dataclass
class DistantMap:
    """A map that follows the city as `follow` in credit-map.js does."""

    server: Server
    page: PageSession
    drawn_from: Sequence[str]
    answers: list[Answer]
    random: Random
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def draw(self) -> None:
        self.answers.append(await self.page.run(f"city={CITY}"))
        unlike = f"{self.random.random()}"
        self.answers += await asyncio.gather(*(self._ask(_anew(address, unlike)) for address in self.drawn_from))

    async def follow(self, over: Event) -> None:
        shown, drawn, rest, calm = await self._version(), monotonic(), pause("REST_MS"), True
        while not over.is_set():
            await asyncio.sleep(pause("ASK_MS"))
            if monotonic() - drawn < rest:
                continue
            newest = await self._version()
            if newest == shown:
                rest, calm = pause("REST_MS"), True
                continue
            longer = min(rest * (2 + 2 * self.random.random()), pause("MOST_REST_MS"))
            shown, rest, calm = newest, pause("REST_MS") if calm else longer, False
            await self.draw()
            drawn = monotonic()

    async def _ask(self, address: str) -> Answer:
        async with self.at_once:
            return await asyncio.to_thread(asked, self.server, address, token())

    async def _version(self) -> str:
        return await asyncio.to_thread(version_shown, self.server, token())


def _anew(address: str, unlike: str) -> str:
    """An address that no cache has answered before."""
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode(dict(parse_qsl(parts.query)) | {'v': unlike})}"
