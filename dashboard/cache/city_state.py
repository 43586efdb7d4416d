"""The state of each city that is shown: caught up beside the requests, so that a page never waits for a write.

A few facts are caught up within the request that notices them, in milliseconds. What takes longer is made by a builder,
a process of its own, and the state before it is served meanwhile.
"""

import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from time import monotonic
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.changes import Since, changes_since, latest_version
from data.city.city_facts import CityFacts
from data.city.fact_store import caught_up, is_stored, load_city_facts, nearest_stored, nearest_whole
from data.city.rulebooks import rulebook, rules_version
from data.db.engine import reading
from data.db.models.city import City
from data.db.refusals import DatabaseRefused
from data.settings import PROJECT
from scoring.rulebook.editions import Rulebook

SECONDS_BEHIND = 1  # how late a fact may show: asking the database for every tile would double a tile's time
MOST_LOOKS_LEFT_OUT = 3  # in a stream of facts, where making each second's state would leave no time to show any
STATES_KEPT = 16  # a request that began with one goes on with it while others come
STORES_KEPT = 2  # under them, of the city's size in memory each
FEW_BUILDINGS = 500  # written about: caught up at once
SMALL_CITY = 5_000  # buildings: whatever was written is caught up at once
SECONDS_BETWEEN_BUILDS = 120  # for grades by month and folding, which nobody waits for
log = logging.getLogger("credit_map")


class Version(NamedTuple):
    """Which state of a city: another after every write, and after every edition it publishes."""

    data: str
    rules: int

    @property
    def cache_key(self) -> str:
        return f"{self.data}.{self.rules}"


@dataclass(frozen=True, eq=False)
class CityState:
    """A city as everybody's view of it is cut from. areas: every area, as data.city.queries.areas gives it.

    areas_since: the version with which the areas came; later ones have the very same. is_behind: something newer is
    being made ready.
    """

    city: City
    version: Version
    city_facts: CityFacts
    areas: pd.DataFrame
    areas_since: Version
    rules: Rulebook
    first_day: date
    last_day: date
    is_behind: bool = False

    @cached_property
    def area_ids(self) -> Mapping[str, int]:
        return area_ids(self.areas)


def area_ids(areas: pd.DataFrame) -> Mapping[str, int]:
    """Ids by "level:code", as addresses name areas."""
    columns = (areas[name].tolist() for name in ("level", "code", "id"))
    return {f"{level}:{code}": id_ for level, code, id_ in zip(*columns, strict=True)}


class Builder:
    """Runs `python -m data refresh` for a city in a process of its own, one at a time for each city."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen] = {}
        self._began: dict[str, float] = {}
        self._version: dict[str, Version] = {}

    def is_building(self, city: str) -> bool:
        running = self._running.get(city)
        return running is not None and running.poll() is None

    def begin(self, city: str, version: Version) -> None:
        """Begins unless it is at work, or has just tried in vain to come up to this very version."""
        tried = self._version.get(city) == version and self.began_lately(city)
        if not self.is_building(city) and not tried:
            self._began[city], self._version[city] = monotonic(), version
            command = [sys.executable, "-m", "data", "refresh", city]
            self._running[city] = subprocess.Popen(
                command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )

    def began_lately(self, city: str) -> bool:
        return monotonic() - self._began.get(city, -SECONDS_BETWEEN_BUILDS) < SECONDS_BETWEEN_BUILDS


@dataclass
class _Shown:
    """The states of one city, the latest last. in_a_row: how many looks one after the other have found a newer one."""

    states: deque[CityState] = field(default_factory=lambda: deque(maxlen=STATES_KEPT))
    looked_at: float = 0.0
    in_a_row: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def looks_next_at(self) -> float:
        """Two facts in a row are shown as soon as may be, a stream of them in larger steps."""
        left_out = min(2 ** max(self.in_a_row - 1, 0) - 1, MOST_LOOKS_LEFT_OUT)
        return self.looked_at + SECONDS_BEHIND * (1 + left_out)

    def add(self, state: CityState) -> bool:
        """Whether another store lies under it than under the one before; the states over older stores are let go."""
        before = self.states[-1].city_facts.stored if self.states else None
        self.states.append(state)
        stores = list({id(each.city_facts.stored): None for each in reversed(self.states)})[:STORES_KEPT]
        while id(self.states[0].city_facts.stored) not in stores:
            self.states.popleft()
        return state.city_facts.stored is not before


class CityStates:
    """The states of all cities of a database.

    on_new_store: called when a city lies over another store than before, for whoever keeps what holds the old one.
    builder: None where all work is to be done at once, as in tests.
    """

    def __init__(
        self, engine: Engine, datum: Callable[[], str], on_new_store: Callable[[], None] = lambda: None
    ) -> None:
        self._engine, self._datum, self._on_new_store = engine, datum, on_new_store
        self._shown: dict[str, _Shown] = {}
        self._graded: dict[str, Version] = {}
        self.builder: Builder | None = None

    def current(self, code: str) -> CityState:
        """The latest whole state. Only who asks first, when there is none, waits for it. Raises NoSuchCity."""
        shown = self._shown.setdefault(code, _Shown())
        if not shown.states:
            with shown.lock:
                if not shown.states:
                    shown.add(self._opened(code))
                    shown.looked_at = monotonic()
        elif monotonic() >= shown.looks_next_at and shown.lock.acquire(blocking=False):
            try:
                self._look(code, shown)
            finally:
                shown.looked_at = monotonic()
                shown.lock.release()
        return shown.states[-1]

    def is_open(self, code: str) -> bool:
        """Whether there is a state to be shown."""
        return code in self._shown and bool(self._shown[code].states)

    def at(self, code: str, version: Version) -> CityState:
        """The state of a version that `current` has given; the latest where it is gone."""
        states = reversed(tuple(self._shown[code].states)) if code in self._shown else iter(())
        return next((state for state in states if state.version == version), None) or self.current(code)

    def _look(self, code: str, shown: _Shown) -> None:
        """Adds a newer state where there is one that can be had quickly; otherwise has it built."""
        before = shown.states[-1]
        try:
            with reading(self._engine, SYSTEM) as session:
                now = self._caught_up(session, before)
        except (SQLAlchemyError, DatabaseRefused, OSError):
            log.exception("the city %s cannot be caught up with; the last state is shown", code)
            return
        shown.in_a_row = shown.in_a_row + 1 if now.version != before.version else 0
        if now is not before and shown.add(now):
            self._on_new_store()

    def _caught_up(self, session: Session, before: CityState) -> CityState:
        city = queries.city_by_code(session, SYSTEM, before.city.code)
        latest = Version(str(latest_version(session, city)), rules_version(session, city))
        if latest == before.version:
            self._have_graded(before)
            now = self._over_a_store(session, city, before)
            return replace(now, is_behind=False) if now.is_behind else now
        since = changes_since(session, city, before.city_facts.version)
        facts = self._facts_now(session, city, before.city_facts, since, latest)
        if facts is None:
            return before if before.is_behind else replace(before, is_behind=True)
        return self._state(session, city, latest, facts, before if since.facts_only else None)

    def _facts_now(
        self, session: Session, city: City, before: CityFacts, since: Since, latest: Version
    ) -> CityFacts | None:
        """The present facts where they can be had quickly; None where the builder makes them."""
        if self.builder is None or _is_quick(before, since):
            known = caught_up(session, city, self._lightest(session, city, before), self._datum())
            return known or load_city_facts(session, city, self._datum())
        whole = nearest_whole(session, city, self._datum())
        if whole not in (None, before.stored.version) and _is_quick(before, changes_since(session, city, whole)):
            stored = nearest_stored(session, city, self._datum())
            return stored and caught_up(session, city, stored, self._datum())
        self.builder.begin(city.code, latest)
        return None

    def _lightest(self, session: Session, city: City, facts: CityFacts) -> CityFacts:
        """The same facts with less beside what is stored, where a builder has folded them into a new store."""
        if facts.recent is None or len(facts.recent.rows) <= FEW_BUILDINGS:
            return facts
        return self._later_stored(session, city, facts) or facts

    def _later_stored(self, session: Session, city: City, facts: CityFacts) -> CityFacts | None:
        """A store of a later version than the one under `facts`; None where there is none, which is seen unread."""
        whole = nearest_whole(session, city, self._datum())
        is_later = whole is not None and whole.number > facts.stored.version.number
        return nearest_stored(session, city, self._datum()) if is_later else None

    def _over_a_store(self, session: Session, city: City, state: CityState) -> CityState:
        """The same state over a store that is there: its own was put away if it was damaged, and one is made again."""
        if is_stored(state.city_facts, self._datum()):
            return state
        later = self._later_stored(session, city, state.city_facts)
        facts = later and caught_up(session, city, later, self._datum())
        if facts is None:
            self._have_built(state)
            return state
        return replace(state, city_facts=facts)

    def have_prepared(self, code: str) -> None:
        """Begins to make what is missing of a city, beside the pages."""
        self._have_built(self.current(code))

    def _have_built(self, state: CityState) -> None:
        if self.builder is not None and not self.builder.began_lately(state.city.code):
            self.builder.begin(state.city.code, state.version)

    def _have_graded(self, state: CityState) -> None:
        """Now and then the grades of past months follow, and recent facts are folded in."""
        code = state.city.code
        if self.builder is None or state.city_facts.recent is None or self._graded.get(code) == state.version:
            return
        if not self.builder.began_lately(code):
            self._graded[code] = state.version
            self.builder.begin(code, state.version)

    def _opened(self, code: str) -> CityState:
        with reading(self._engine, SYSTEM) as session:
            city = queries.city_by_code(session, SYSTEM, code)
            version = Version(str(latest_version(session, city)), rules_version(session, city))
            return self._state(session, city, version, None, None)

    def _state(
        self, session: Session, city: City, version: Version, facts: CityFacts | None, before: CityState | None
    ) -> CityState:
        """before: a state whose areas are still the city's."""
        facts = facts or load_city_facts(session, city, self._datum())
        first, last = facts.span or (city_metadata.day_of_import(session, city),) * 2
        areas = queries.areas(session, SYSTEM, city) if before is None else before.areas
        areas_since = version if before is None else before.areas_since
        rules = rulebook(session, city)
        session.expunge_all()
        return CityState(city, version, facts, areas, areas_since, rules, first, last)


def _is_quick(facts: CityFacts, since: Since) -> bool:
    """Whether what was written since can be caught up with while somebody waits."""
    if facts.size <= SMALL_CITY:
        return True
    return since.facts_only and since.building_ids is not None and len(since.building_ids) <= FEW_BUILDINGS
