"""A copy of the demonstration district in which plans are made, so that no other test sees them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.fact_store import load_city_facts
from data.city.rulebooks import rulebook
from data.city.snapshots import Snapshot, snapshot_on
from data.db.engine import open_database, reading
from data.db.models.accounts import AuditEntry
from data.db.models.city import Area, Building, City
from data.db.models.planning import Officer, Plan, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.making import PlanAsked, make_plan, problems_of
from data.planning.plan_columns import PlannedArea
from data.planning.problem import Problem
from data.planning.stored import KeptPlan, plan_by_id, planned_areas
from data.progress import Report
from tests.dashboard.demonstration import ON, Demonstration

MONDAY = date(2026, 7, 6)
SEED, RULE_SET = 7, "qishuyan"
ACTOR, AT = Actor("planner", "police", "10.0.0.7"), datetime(2026, 7, 3, 9, tzinfo=UTC)
WRITTEN = (Plan, PlanOfficer, PlanStop, PlanLeftOut, AuditEntry)


def quietly(*_: object) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class PlannedDistrict:
    """Its database, and the city in it as it was on the last day."""

    engine: Engine
    snapshot: Snapshot

    def make(self, area: int, scope: AccessScope = SYSTEM, report: Report = quietly, **asked) -> int:
        """The plan of a week of its grid officers, unless asked otherwise."""
        return make_plan(self.engine, scope, ACTOR, self.snapshot, RULE_SET, _asked(area, asked), report, at=AT)

    def problems(self, area: int, **asked) -> list[Problem]:
        with reading(self.engine, SYSTEM) as session:
            return problems_of(session, _city(session), self.snapshot, RULE_SET, _asked(area, asked))

    def kept(self, plan: int) -> KeptPlan:
        with reading(self.engine, SYSTEM) as session:
            return plan_by_id(session, SYSTEM, _city(session), plan)

    def read_back(self, plan: int) -> tuple[PlannedArea, ...]:
        with reading(self.engine, SYSTEM) as session:
            city = _city(session)
            return planned_areas(session, SYSTEM, city, plan_by_id(session, SYSTEM, city, plan))

    def rows(self) -> list[int]:
        """Of the tables to which a plan is written."""
        with reading(self.engine, SYSTEM) as session:
            return [session.scalars(select(func.count()).select_from(table)).one() for table in WRITTEN]

    def areas(self, level: str) -> list[int]:
        return self._all(select(Area.id).where(Area.level == level).order_by(Area.id))

    def codes(self, level: str, street: int) -> set[str]:
        """Of the areas of a level in which buildings of the street lie."""
        within = select(getattr(Building, f"{level}_id")).where(Building.street_id == street)
        return set(self._all(select(Area.code).where(Area.id.in_(within))))

    def buildings(self, street: int) -> set[int]:
        return set(self._all(select(Building.id).where(Building.street_id == street)))

    def officers(self, role: str) -> set[int]:
        return set(self._all(select(Officer.id).where(Officer.role == role)))

    def _all(self, question) -> list:
        with reading(self.engine, SYSTEM) as session:
            return list(session.scalars(question))


@contextmanager
def copied(demonstration: Demonstration, folder: Path) -> Iterator[PlannedDistrict]:
    """The district in a folder of its own."""
    file = folder / "district.sqlite"
    with closing(sqlite3.connect(demonstration.file)) as theirs, closing(sqlite3.connect(file)) as ours:
        theirs.backup(ours)
    engine = open_database(f"sqlite:///{file}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data.city.fact_store.VAR", folder)
        with reading(engine, SYSTEM) as session:
            city = _city(session)
            facts, rules = load_city_facts(session, city, "WGS84"), rulebook(session, city)
        yield PlannedDistrict(engine, snapshot_on(facts, rules, (RULE_SET,), ON))
    engine.dispose()


def _asked(area: int, asked: dict) -> PlanAsked:
    return PlanAsked(area, **{"first_day": MONDAY, "seed": SEED} | asked)


def _city(session: Session) -> City:
    return session.scalars(select(City)).one()
