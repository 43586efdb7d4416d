"""T4: hundreds of officers, each of whom sees another grid, open the map one after the other."""

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic, sleep

from sqlalchemy import select

from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Area, Building, City
from tests.benchmarks.server import Server
from tests.sessions import token_of
from tests.trust.promise import Promise
from tests.trust.served_district import CITY, Answer, asked, faults, p95, served_district

OFFICERS, ACTIONS_A_SECOND = 300, 5
FEW_FILES = 1_024  # what many systems let a process begin with
MOST_S, MOST_MB = 1.5, 2_000


def promises() -> list[Promise]:
    with few_files(), served_district() as (server, engine):
        with reading(engine, SYSTEM) as session:
            city = session.scalars(select(City).where(City.code == CITY)).one()
            lived_in = select(Building.grid_id).where(Building.city_id == city.id)
            grids = session.scalars(
                select(Area.code).where(Area.level == "grid", Area.id.in_(lived_in)).limit(OFFICERS)
            )
            tokens = [token_of(engine, "grid_officer", f"{CITY}/grid:{code}") for code in grids]
        asked(server, f"/map/version?city={CITY}", tokens[0])  # the city is open
        answers = list(_opened(server, tokens))
        limit, _ = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        memory = server.memory_mb()
    what = f"T4 {len(tokens)} officers of a grid each, {ACTIONS_A_SECOND} actions a second"
    return [
        Promise(f"{what}: 95 of 100 of {len(answers)} actions within", p95(answers), "s", MOST_S),
        Promise(f"{what}: not answered as asked", sum(answer.status != 200 for answer in answers), "answers", 0),
        Promise(f"{what}: faults of ours", faults(answers), "answers", 0),
        Promise(f"{what}: memory of the server", memory, "MB", MOST_MB),
        Promise(f"{what}: the server keeps to the {FEW_FILES} files it began with", limit <= FEW_FILES, "", 0),
    ]


@contextmanager
def few_files() -> Iterator[None]:
    """Within the block a process begins with as few files as many systems give it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _opened(server: Server, tokens: list[str]) -> Iterator[Answer]:
    """An action is what a map that is opened asks for: its version, what the legend counts, a tile."""
    begun = monotonic()

    def action(number: int) -> Answer:
        sleep(max(0.0, begun + number / ACTIONS_A_SECOND - monotonic()))
        paths = ("version?", "counts?box=0,0,180,90&", "tiles/12/3339/1776.mvt?")
        parts = [asked(server, f"/map/{path}city={CITY}", tokens[number]) for path in paths]
        worst = next((part.status for part in parts if part.status != 200), 200)
        return Answer(worst, sum(part.seconds for part in parts))

    with ThreadPoolExecutor(len(tokens)) as officers:
        yield from officers.map(action, range(len(tokens)))
