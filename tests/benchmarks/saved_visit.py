"""How long the server takes to record a visit and to acknowledge it, in a copy of the kept district."""

import sqlite3
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.db.engine import open_database, reading
from data.db.models.city import Building, Checklist, City
from data.records.commands import FoundHazard, Visit
from data.records.writing import record
from tests.benchmarks import demonstration
from tests.benchmarks.demonstration import BUILDINGS, DATABASE, LAST_DAY, VAR
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.kept_city import CITY

MOST_MS = 50
VISITS = 400
FOUND = FoundHazard("fire", "exit_locked", "medium")
OFFICER = Actor("li", "police", "10.0.0.7")


def figures() -> list[Figure]:
    demonstration.kept()
    with TemporaryDirectory(prefix="visits-", dir=VAR) as folder:
        return measured(_copied(Path(folder)))


def measured(engine: Engine) -> list[Figure]:
    """Of visits by an officer of one street, with every answer and a hazard found, one after the other."""
    scope, visits = _round(engine)
    took = []
    for visit in visits:
        start = perf_counter()
        record(engine, scope, OFFICER, CITY, visit, key=token_hex(16), on=LAST_DAY)
        took.append((perf_counter() - start) * 1000)
    engine.dispose()
    median, p95, longest = np.quantile(took, (0.5, 0.95, 1))
    what = f"a visit recorded and acknowledged among {BUILDINGS:,} buildings"
    return [
        within(f"{what}, 95 of 100 of {len(took)} within", float(p95), "ms", MOST_MS),
        Figure("half of them within", float(median), "ms", Beside("limit", MOST_MS)),
        Figure("the longest", float(longest), "ms", Beside("limit", MOST_MS)),
    ]


def _copied(folder: Path) -> Engine:
    """The district as it is kept stays as it is: other figures are measured on it."""
    file = folder / "district.sqlite"
    with closing(sqlite3.connect(DATABASE)) as kept, closing(sqlite3.connect(file)) as copy:
        kept.backup(copy)
    return open_database(f"sqlite:///{file}")


def _round(engine: Engine) -> tuple[AccessScope, list[Visit]]:
    """An officer who sees one street, and visits to its buildings."""
    with reading(engine, SYSTEM) as session:
        city = session.scalars(select(City.id).where(City.code == CITY)).one()
        checklist = session.scalars(select(Checklist).where(Checklist.city_id == city)).first()
        assert checklist is not None
        largest = select(Building.street_id).where(Building.city_id == city).group_by(Building.street_id)
        street = session.scalars(largest.order_by(func.count().desc()).limit(1)).one()
        houses = session.scalars(select(Building.id).where(Building.street_id == street).limit(VISITS)).all()
        answers = dict.fromkeys(checklist.items, 1)
    visits = [Visit(house, LAST_DAY, checklist.code, answers, "A1", (FOUND,)) for house in houses]
    return AccessScope("police", areas=(street,)), visits
