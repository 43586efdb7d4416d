"""A city that changes while people look: what a fact costs, when an open map shows it, and what an import leaves of the
speed of a page. On a copy of the kept district, which stays as it is."""

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter, process_time, sleep, time

import psutil
from playwright.sync_api import Page
from sqlalchemy import Engine, select

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.fact_tables import facts_from_tables
from data.db.engine import open_database, reading
from data.db.models.city import Area, Building, Checklist, City
from data.records.commands import FoundHazard, Visit
from data.records.writing import record
from tests.benchmarks import demonstration
from tests.benchmarks.browser import chromium, drawn, user
from tests.benchmarks.demonstration import BUILDINGS, DATABASE, LAST_DAY, ROOT, VAR
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.filtering import CHANGES, change
from tests.benchmarks.kept_city import CITY, token
from tests.benchmarks.server import DASHBOARD, running

FACTS = 40
SCOPES = 200
MOST_SHARE = 1 / 500  # of a full rebuild
MOST_SCOPE_MS, MOST_SCOPES_MB = 100, 100
SEEN = 2  # seconds
MOST_WHILE_WRITING = 1.5  # times the quiet filter change
MOST_FIRST = 1.5  # times a later visitor's first marks
MAPPING = """
title = "Bench: visits"
city = "demo"
files = "*.csv"
format = "csv"
source = "bench"

[building]
existing = true
code = { column = "building" }

[inspection]
key = { column = "id" }
day = { column = "day" }
"""


def figures() -> list[Figure]:
    demonstration.kept()
    token()  # before the copy, which has the session too
    with TemporaryDirectory(prefix="following-", dir=VAR) as folder, copied(Path(folder)) as engine:
        return [*_costs(engine), *_scopes(), *_seen(engine, Path(folder))]


@contextmanager
def copied(folder: Path) -> Iterator[Engine]:
    """A copy of the district, with this process and its children pointed at it."""
    file, before = folder / "district.sqlite", os.environ["CREDIT_MAP_DATABASE"]
    with closing(sqlite3.connect(DATABASE)) as kept, closing(sqlite3.connect(file)) as copy:
        kept.backup(copy)
    os.environ["CREDIT_MAP_DATABASE"] = f"sqlite:///{file}"
    engine = open_database()
    yield engine
    engine.dispose()
    os.environ["CREDIT_MAP_DATABASE"] = before


def _costs(engine: Engine) -> list[Figure]:
    """Processor seconds, which a busy machine does not change."""
    from dashboard.cache import city_cache, city_state
    from dashboard.view.view_state import view_of
    from geo.point_tiles import tile

    city_state.SECONDS_BEHIND = 0

    def look() -> None:
        """What an open map needs after a change: figures, marks, one tile, the counts of the legend."""
        context = city_cache.city_context(SYSTEM, CITY)
        view, _ = view_of({"city": CITY}, context.options)
        city_cache.snapshot(SYSTEM, CITY, context.version, view.on)
        layer = city_cache.point_layer(SYSTEM, view)
        tile(layer, 12, 3339, 1776)
        layer.counts_in_view(*context.bounds)

    look()
    officer = Officer(engine)
    took = []
    for _ in range(FACTS):
        start = process_time()
        officer.visits()
        look()
        took.append(process_time() - start)
    start = process_time()
    with reading(engine, SYSTEM) as session:
        facts_from_tables(session, session.scalars(select(City).where(City.code == CITY)).one(), "WGS84")
    rebuild = Beside("a fact store made from the tables", process_time() - start)
    what = f"processor for a fact among {BUILDINGS:,} buildings: written, caught up with, tiles and counts anew"
    return [Figure(what, median(took), "s", rebuild, at_most=MOST_SHARE)]


def _scopes() -> list[Figure]:
    """Officers of one grid each, opened one after the other."""
    from dashboard.cache import city_cache

    with reading(city_cache.database(), SYSTEM) as session:
        grids = session.scalars(select(Area.id).where(Area.level == "grid").order_by(Area.id).limit(SCOPES + 1)).all()
    process, took, before = psutil.Process(), [], 0
    for number, grid in enumerate(grids):
        start = perf_counter()
        city_cache.city_context(AccessScope("grid_officer", areas=(grid,)), CITY)
        took.append((perf_counter() - start) * 1000)
        before = before if number else process.memory_info().rss
    grown = (process.memory_info().rss - before) / 1e6
    return [
        within(f"an officer's grid opened, slowest of {SCOPES} after the first", max(took[1:]), "ms", MOST_SCOPE_MS),
        within(f"memory grown by {SCOPES} such officers", grown, "MB", MOST_SCOPES_MB),
    ]


class Officer:
    """Records one visit after the other, each to another building, in a process that is not the server."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with reading(engine, SYSTEM) as session:
            city = session.scalars(select(City.id).where(City.code == CITY)).one()
            checklist = session.scalars(select(Checklist).where(Checklist.city_id == city)).one()
            placed = select(Building.id).where(Building.city_id == city, Building.off_map.is_(None))
            self.houses = iter(session.scalars(placed.order_by(Building.id).limit(10_000)).all())
            self.checklist, self.answers = checklist.code, dict.fromkeys(checklist.items, 1)

    def visits(self) -> None:
        found = (FoundHazard("fire", "exit_locked", "high"),)
        visit = Visit(next(self.houses), LAST_DAY, self.checklist, self.answers, "A1", found)
        record(self.engine, SYSTEM, Actor("li", "police", ""), CITY, visit, key=token_hex(16), on=LAST_DAY)


def _seen(engine: Engine, folder: Path) -> list[Figure]:
    officer = Officer(engine)
    with running(DASHBOARD) as server, chromium() as browser:
        marks = []
        for _ in range(3):
            with user(browser) as page:
                page.goto(server.address, wait_until="commit")
                page.wait_for_function("() => window.bench && window.bench.marks")
                marks.append(page.evaluate("(window.bench.marks - performance.timeOrigin) / 1000"))
        with user(browser) as page:
            page.goto(server.address, wait_until="commit")
            drawn(page)
            waited = [_until_seen(page, officer) for _ in range(8)]
            quiet = [change(page, number) for number in range(len(CHANGES))]
            while_importing, ended = _changes_during(page, [_import_command(engine, folder)])
            while_undoing, _ = _changes_during(page, [[sys.executable, "-m", "data", "undo", str(ended)]])
    later = Beside("later visitors", median(marks[1:]))
    usual = Beside(f"the same with nothing written, of {len(quiet)}", median(quiet))
    return [
        Figure("first marks of a cold server's first visitor", marks[0], "s", later, at_most=MOST_FIRST),
        within(
            f"a visit recorded elsewhere, drawn on an open map, slowest of {len(waited)}",
            max(waited),
            "s",
            SEEN,
        ),
        Figure(
            f"a filter changed while {BUILDINGS:,} visits are imported and the store is made anew, half of "
            f"{len(while_importing)} within",
            median(while_importing),
            "s",
            usual,
            at_most=MOST_WHILE_WRITING,
        ),
        Figure(
            f"the same while that import is undone, half of {len(while_undoing)} within",
            median(while_undoing),
            "s",
            usual,
            at_most=MOST_WHILE_WRITING,
        ),
    ]


def _until_seen(page: Page, officer: Officer) -> float:
    """Seconds from the acknowledgement until the map has drawn a newer version."""
    sleep(4)  # the map rests after it was drawn anew
    officer.visits()
    acknowledged = time() * 1000
    page.wait_for_function("since => window.bench.drawn.some(({ at }) => at > since)", arg=acknowledged)
    return page.evaluate("since => (window.bench.drawn.find(({ at }) => at > since).at - since) / 1000", acknowledged)


def _import_command(engine: Engine, folder: Path) -> list[str]:
    """A visit to every building, by a file."""
    mapping, file = folder / "bench_visits.toml", folder / "visits.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    with reading(engine, SYSTEM) as session, file.open("w", newline="", encoding="utf-8") as opened:
        codes = session.scalars(select(Building.code).where(Building.off_map.is_(None))).all()
        rows = csv.writer(opened)
        rows.writerow(("id", "building", "day"))
        rows.writerows((number, code, LAST_DAY.isoformat()) for number, code in enumerate(codes))
    return [sys.executable, "-m", "data", "import", str(mapping), str(file), "--on", LAST_DAY.isoformat()]


def _changes_during(page: Page, commands: list[list[str]]) -> tuple[list[float], int]:
    """Seconds a filter takes, until the commands and the builder after them are done; and the last import."""

    def run() -> None:
        for command in commands:
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    writing = Thread(target=run)
    writing.start()
    seconds: list[float] = []
    while writing.is_alive() or _is_building():
        seconds.append(change(page, len(seconds)))
    with closing(sqlite3.connect(os.environ["CREDIT_MAP_DATABASE"].removeprefix("sqlite:///"))) as connection:
        (last,) = connection.execute("SELECT max(id) FROM imports").fetchone()
    return seconds, last


def _is_building() -> bool:
    """Whether a builder that the server started is at work."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it ended this very moment
            if "refresh" in process.cmdline():
                return True
    return False
