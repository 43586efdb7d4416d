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
from data.city.fact_store import caught_up, load_city_facts, nearest_stored
from data.city.rulebooks import rulebook, rules_version
from data.db.engine import reading
from data.db.models.city import City
from data.settings import PROJECT
from scoring.rulebook.editions import Rulebook

SECONDS_BEHIND = 1  # how late a fact may show: asking the database for every tile would double a tile's time
STATES_KEPT = 16  # a request that began with one goes on with it while others come
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
    """The states of one city, the latest last."""

    states: deque[CityState] = field(default_factory=lambda: deque(maxlen=STATES_KEPT))
    looked_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class CityStates:
    """The states of all cities of a database.

    builder: None where all work is to be done at once, as in tests.
    """

    def __init__(self, engine: Engine, datum: Callable[[], str]) -> None:
        self._engine, self._datum = engine, datum
        self._shown: dict[str, _Shown] = {}
        self._graded: dict[str, Version] = {}
        self.builder: Builder | None = None

    def current(self, code: str) -> CityState:
        """The latest whole state. Only who asks first, when there is none, waits for it. Raises NoSuchCity."""
        shown = self._shown.setdefault(code, _Shown())
        if not shown.states:
            with shown.lock:
                if not shown.states:
                    shown.states.append(self._opened(code))
                    shown.looked_at = monotonic()
        elif monotonic() - shown.looked_at >= SECONDS_BEHIND and shown.lock.acquire(blocking=False):
            try:
                self._look(code, shown)
            finally:
                shown.looked_at = monotonic()
                shown.lock.release()
        return shown.states[-1]

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
        except SQLAlchemyError:
            log.exception("the city %s cannot be caught up with; the last state is shown", code)
            return
        if now is not before:
            shown.states.append(now)

    def _caught_up(self, session: Session, before: CityState) -> CityState:
        city = queries.city_by_code(session, SYSTEM, before.city.code)
        latest = Version(str(latest_version(session, city)), rules_version(session, city))
        if latest == before.version:
            self._have_graded(before)
            return replace(before, is_behind=False) if before.is_behind else before
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
        stored = nearest_stored(session, city, self._datum())
        if stored is not None and _is_quick(stored, changes_since(session, city, stored.version)):
            return caught_up(session, city, stored, self._datum())
        self.builder.begin(city.code, latest)
        return None

    def _lightest(self, session: Session, city: City, facts: CityFacts) -> CityFacts:
        """The same facts with less beside what is stored, where a builder has folded them into a new store."""
        if facts.recent is None or len(facts.recent.rows) <= FEW_BUILDINGS:
            return facts
        stored = nearest_stored(session, city, self._datum())
        return stored if stored is not None and stored.version.number > facts.stored.version.number else facts

    def have_prepared(self, code: str) -> None:
        """Begins to make what is missing of a city, beside the pages."""
        if self.builder is not None and not self.builder.began_lately(code):
            self.builder.begin(code, self.current(code).version)

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
