"""T4: a hundred tabs on the map page, each of another person; and tabs opened and closed by the hundred."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import product
from time import monotonic, sleep

import psutil
from sqlalchemy import Engine

from dashboard.view.view_state import UNVISITED_DAYS
from data.city.snapshots import HAZARD_STATES
from data.db.models.city import HAZARD_GROUPS
from tests.benchmarks.server import Server
from tests.sessions import token_of
from tests.trust.page_sessions import PageSession, opened_at_once, page_session
from tests.trust.promise import Promise
from tests.trust.served_district import OK, Answer, p95, served_district

SESSIONS, ACTIONS_A_SECOND, ACTIONS = 100, 5, 300
MOST_S = 3
# Of the 500 tabs at a time that are promised, so that it takes two minutes and not ten.
ROUNDS, TABS = 8, 100
WARMED_UP = 2  # rounds after which caches and pools are filled, and the 128 closed tabs that Streamlit keeps at most
MOST_GROWTH = 0.05
MOST_DESCRIPTORS = 20  # of connections to the database that stay open
CLOSED_WITHIN_S = 60
FILTERS = [  # more than the server keeps, so that each is worked out anew
    f"hazard={group}&state={state}&unvisited={days}"
    for group, state, days in product(HAZARD_GROUPS, HAZARD_STATES, UNVISITED_DAYS)
]


@dataclass(frozen=True)
class Held:
    """What the server holds. memory: bytes, resident; descriptors: files and sockets."""

    memory: int
    descriptors: int

    def growth_since(self, before: "Held") -> float:
        return self.memory / before.memory - 1


def promises() -> list[Promise]:
    with served_district() as (server, engine):
        tokens = tokens_of(engine, max(SESSIONS, TABS))
        answers = asyncio.run(acting(server, tokens[:SESSIONS], ACTIONS, ACTIONS_A_SECOND))
        held = [opened_and_closed(server, tokens[:TABS]) for _ in range(ROUNDS)]
    return [*of_actions(answers), *of_rounds(held, TABS)]


def tokens_of(engine: Engine, many: int) -> list[str]:
    """Each of an account of its own."""
    return [token_of(engine, "leader", name=f"leader-{number}") for number in range(many)]


async def acting(server: Server, tokens: Sequence[str], actions: int, a_second: float) -> list[Answer]:
    """What came of changed filters, in the tabs in turn; all of them stay open meanwhile."""
    async with AsyncExitStack() as tabs:
        pages = [await tabs.enter_async_context(page_session(server, token)) for token in tokens]
        for page in pages:
            await page.run("")
        begun = monotonic()

        async def action(number: int) -> Answer:
            await asyncio.sleep(begun + number / a_second - monotonic())
            return await _filter_changed(pages[number % len(pages)], number)

        return list(await asyncio.gather(*map(action, range(actions))))


async def _filter_changed(page: PageSession, number: int) -> Answer:
    return await page.run(FILTERS[number % len(FILTERS)])


def opened_and_closed(server: Server, tokens: Sequence[str]) -> tuple[list[Answer], Held]:
    """What the pages came to, and what the server holds once they are closed."""
    before = _connections(server)
    answers = asyncio.run(opened_at_once(server, tokens))
    end = monotonic() + CLOSED_WITHIN_S
    while _connections(server) > before and monotonic() < end:  # a tab that was closed is noticed a moment later
        sleep(0.1)
    return answers, Held(server.process.memory_info().rss, server.process.num_fds())


def _connections(server: Server) -> int:
    return sum(one.status == psutil.CONN_ESTABLISHED for one in server.process.net_connections("tcp"))


def of_actions(answers: Sequence[Answer]) -> list[Promise]:
    what = f"T4 {SESSIONS} open tabs, {ACTIONS_A_SECOND} filters changed a second"
    return [
        Promise(f"{what}: 95 of 100 of {len(answers)} pages within", p95(answers), "s", MOST_S),
        Promise(f"{what}: no whole page", _not_whole(answers), "pages", 0),
    ]


def of_rounds(found: Sequence[tuple[Sequence[Answer], Held]], tabs: int) -> list[Promise]:
    held = [one for _, one in found]
    first, last = held[WARMED_UP - 1], held[-1]
    grown, more = 100 * last.growth_since(first), last.descriptors - first.descriptors
    memory = "MB after each: " + ", ".join(f"{one.memory / 1e6:,.0f}" for one in held)
    what = f"T4 {len(found)} × {tabs} tabs opened and closed"
    since = f"since round {WARMED_UP}"
    return [
        Promise(f"{what}: memory grown {since} ({memory})", grown, "%", 100 * MOST_GROWTH),
        Promise(f"{what}: more files and sockets {since}, of {first.descriptors}", more, "open", MOST_DESCRIPTORS),
        Promise(f"{what}: no whole page", sum(_not_whole(answers) for answers, _ in found), "pages", 0),
    ]


def _not_whole(answers: Sequence[Answer]) -> int:
    return sum(answer.status != OK for answer in answers)
