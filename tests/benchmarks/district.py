"""How long it takes to lay the demonstration district and to make ready what its pages need."""

from time import perf_counter

from data.city.rebuild import prepare
from data.db.engine import open_database
from data.demo import load
from tests.benchmarks import demonstration
from tests.benchmarks.demonstration import BUILDINGS, DATABASE, LAST_DAY
from tests.benchmarks.figures import Beside, Figure, within

MOST_SECONDS = 120


def figures() -> list[Figure]:
    demonstration.cleared()
    engine = open_database(f"sqlite:///{DATABASE}")
    start = perf_counter()
    load(engine, BUILDINGS, on=LAST_DAY)
    loaded = perf_counter()
    prepare(engine, LAST_DAY, "WGS84", lambda *_: None)
    prepared = perf_counter()
    prepare(engine, LAST_DAY, "WGS84", lambda *_: None)
    again = perf_counter()
    engine.dispose()
    demonstration.ready().touch()
    loading = Beside("generating and loading", loaded - start)
    return [
        within(f"generating {BUILDINGS:,} buildings and loading them into SQLite", loaded - start, "s", MOST_SECONDS),
        Figure("preparing the fact store and 60 months of history afterwards", prepared - loaded, "s", loading),
        Figure("preparing once more, nothing changed", again - prepared, "s", loading),
    ]
