"""T14: a rush at the door, a rush on the search, or an import that holds the write lock delays nobody's tiles."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Building
from tests.benchmarks.demonstration import ROOT, VAR
from tests.benchmarks.server import Server
from tests.sessions import token_of
from tests.trust.promise import Promise
from tests.trust.served_district import (
    Answer,
    Watched,
    faults,
    import_of_visits,
    p95,
    search,
    served_district,
    sign_in,
    tile,
)

THROTTLED = "127.0.0.2"
FROM_ONE, FROM_MANY, SEARCHES = 45, 40, 40
LEAST_S = 8  # each rush is repeated as long, so that enough tiles fall into it
MOST_DELAY_S = 0.3
names = (f"nobody-{number}" for number in count())  # each attempt as another, or an account would be throttled


@dataclass(frozen=True)
class Rushed:
    """tiles: of one who looks at the map meanwhile; others: what those who rushed were answered."""

    tiles: list[Answer]
    others: list[Answer]


def promises() -> list[Promise]:
    with served_district() as (server, engine):
        token = token_of(engine, "administrator")
        words = list(_words(engine))
        tile(server, token, 0)  # the city is open
        with Watched(server, token) as quiet:
            sleep(LEAST_S)
        usual = p95(quiet.answers)
        for _ in range(FROM_ONE):
            sign_in(server, next(names), THROTTLED)
        rushes: dict[str, Callable[[], list[Answer]]] = {
            f"{FROM_ONE} sign-ins at once from one throttled address": lambda: _at_once(
                lambda _: sign_in(server, next(names), THROTTLED), FROM_ONE
            ),
            f"{FROM_MANY} sign-ins at once from as many addresses": lambda: _at_once(
                lambda number: sign_in(server, next(names), f"127.0.1.{number + 1}"), FROM_MANY
            ),
            f"{SEARCHES} searches at once": lambda: _at_once(
                lambda number: search(server, token, words[number]), SEARCHES
            ),
        }
        found = {name: _rushed(server, token, rush) for name, rush in rushes.items()}
        found["an import of every building, and sign-ins"] = _importing(server, engine, token)
        return [promise for name, rushed in found.items() for promise in _of(name, rushed, usual)]


def _of(name: str, rushed: Rushed, usual: float) -> Iterator[Promise]:
    slowest = max(answer.seconds for answer in rushed.others)
    about = (
        f"{len(rushed.tiles)} tiles, quiet {usual:.2g} s; of {len(rushed.others)} others the slowest {slowest:.2g} s"
    )
    yield Promise(f"T14 {name}: a tile later, 95 of 100 ({about})", p95(rushed.tiles) - usual, "s", MOST_DELAY_S)
    yield Promise(f"T14 {name}: faults of ours", faults(rushed.tiles + rushed.others), "answers", 0)


def _at_once(ask: Callable[[int], Answer], many: int) -> list[Answer]:
    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(ask, range(many)))


def _rushed(server: Server, token: str, rush: Callable[[], list[Answer]]) -> Rushed:
    end, others = monotonic() + LEAST_S, []
    with Watched(server, token) as watched:
        while monotonic() < end:
            others += rush()
    return Rushed(watched.answers, others)


def _importing(server: Server, engine: Engine, token: str) -> Rushed:
    """A visit to every building comes in by a file; meanwhile somebody signs in, each time from another address."""
    others: list[Answer] = []
    with TemporaryDirectory(prefix="visits-", dir=VAR) as folder, Watched(server, token) as watched:
        with subprocess.Popen(import_of_visits(engine, Path(folder)), cwd=ROOT, stdout=subprocess.DEVNULL) as importing:
            while importing.poll() is None:
                others.append(sign_in(server, next(names), f"127.0.2.{1 + len(others) % 250}"))
        assert importing.returncode == 0
    return Rushed(watched.answers, others)


def _words(engine: Engine) -> Iterator[str]:
    """Parts of names and addresses, two to six signs long: of two the index knows nothing."""
    with reading(engine, SYSTEM) as session:
        rows = session.execute(select(Building.name, Building.address).order_by(Building.code).limit(SEARCHES * 200))
        for number, (name, address) in enumerate(rows.all()[::200]):
            yield (name or address)[: 2 + number % 5]
