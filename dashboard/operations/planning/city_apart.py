"""A city as a process of its own reads it, which has no engine and no facts of the server's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from dashboard.cache.city_cache import database
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM
from data.city.fact_store import load_city_facts
from data.city.rulebooks import rulebook
from data.city.snapshots import Snapshot, snapshot_on
from data.db.engine import address_of, open_database, reading
from data.records.subjects import city_of


@dataclass(frozen=True)
class CityAsked:
    """Which city under which rules on which day, in values that go to another process. url: of the database."""

    url: str
    datum: str
    city: str
    rule_set: str
    on: date


def city_asked(city: str, rule_set: str, on: date) -> CityAsked:
    return CityAsked(address_of(database()), basemap().datum, city, rule_set, on)


@contextmanager
def city_apart(asked: CityAsked) -> Iterator[tuple[Engine, Snapshot]]:
    """An engine of the process's own, and every building of the day as SYSTEM sees it."""
    engine = open_database(asked.url)
    try:
        with reading(engine, SYSTEM) as session:
            city = city_of(session, asked.city)
            facts, rules = load_city_facts(session, city, asked.datum), rulebook(session, city)
        yield engine, snapshot_on(facts, rules, (asked.rule_set,), asked.on)
    finally:
        engine.dispose()
