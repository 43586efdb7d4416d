"""One who records facts about Lockside, and looks at what then stands in the tables."""

from dataclasses import dataclass
from datetime import date
from secrets import token_hex

from sqlalchemy import func, literal, select, union_all

from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.changes import CityVersion, latest_version
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from data.db.models.changes import Change, ChangedBuilding
from data.db.models.city import Base, Building, City, Hazard, HazardStep, Home
from data.records.commands import (
    Command,
    EventHappened,
    EventWithdrawn,
    FoundHazard,
    HazardFound,
    HazardStepTaken,
    HazardWithdrawn,
    HomeStateSet,
    Visit,
    VisitWithdrawn,
)
from data.records.keys import Recorded
from data.records.writing import record
from tests.data.lockside import FOUR, ON
from tests.data.town_hall import CITY, Town

LI = Actor("li", "police", "10.0.0.7")
JUNE, EARLIER = date(2024, 6, 20), date(2024, 6, 10)
ALL_GOOD = dict.fromkeys(FOUR, 1)
LOCKED_EXIT = {"group": "fire", "category": "exit_locked", "severity": "medium"}


@dataclass(frozen=True)
class Clerk:
    """Records with a new form each time, unless a key is given."""

    town: Town

    def record(
        self,
        command: Command,
        scope: AccessScope = SYSTEM,
        *,
        key: str | None = None,
        actor: Actor = LI,
        city: str = CITY,
        on: date = ON,
    ) -> Recorded:
        return record(self.town.engine, scope, actor, city, command, key=key or token_hex(16), on=on)

    def building(self, code: str, city: str = CITY) -> int:
        question = select(Building.id).join(City).where(Building.code == code, City.code == city)
        return self.one(question)

    def home(self, code: str = "lantern-hall", city: str = CITY) -> int:
        return self.one(select(func.min(Home.id)).where(Home.building_id == self.building(code, city)))

    def hazard(self, code: str = "mill-yard", found_on: date = date(2024, 6, 1)) -> int:
        """A new hazard of a house that deals with fire."""
        return self.record(HazardFound(self.building(code), **LOCKED_EXIT, found_on=found_on)).id

    def one(self, question):
        with reading(self.town.engine, SYSTEM) as session:
            return session.execute(question).scalar_one()

    def row(self, model: type[Base], row_id: int):
        with reading(self.town.engine, SYSTEM) as session:
            return session.get_one(model, row_id)

    def steps(self, hazard_id: int) -> list[tuple[str, date]]:
        question = select(HazardStep.step, HazardStep.day).where(HazardStep.hazard_id == hazard_id)
        with reading(self.town.engine, SYSTEM) as session:
            return [tuple(row) for row in session.execute(question.order_by(HazardStep.day, HazardStep.id))]

    def successor(self, hazard_id: int) -> Hazard:
        with reading(self.town.engine, SYSTEM) as session:
            return session.scalars(select(Hazard).where(Hazard.corrects_id == hazard_id)).one()

    def asked(self, query, scope: AccessScope = SYSTEM):
        """What a query of data.city.queries answers on the day."""
        with self.town.looked_at() as (session, city):
            return query(session, scope, city, ON)

    def counts(self) -> dict[str, int]:
        """Rows in every table."""
        rows_of = (
            select(literal(table.name), func.count()).select_from(table) for table in Base.metadata.sorted_tables
        )
        with reading(self.town.engine, SYSTEM) as session:
            return dict(session.execute(union_all(*rows_of)).all())

    def version(self) -> CityVersion:
        with self.town.looked_at() as (session, city):
            return latest_version(session, city)

    def last_change(self) -> tuple[str, set[int]]:
        """Kind and buildings of the latest entry of the change log."""
        with self.town.looked_at() as (session, city):
            question = select(Change).where(Change.city_id == city.id).order_by(Change.number.desc()).limit(1)
            change = session.scalars(question).one()
            touched = select(ChangedBuilding.building_id).where(ChangedBuilding.change_id == change.id)
            return change.kind, set(session.scalars(touched))

    def last_entry(self) -> AuditEntry:
        with reading(self.town.engine, SYSTEM) as session:
            return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def south_command(clerk: Clerk, kind: str) -> Command:
    """A command about a house of the south, a step one of a hazard of its own."""
    house = clerk.building("mill-yard")
    match kind:
        case "visit":
            return Visit(house, JUNE, "four", ALL_GOOD, "A7")
        case "visit_with_a_hazard":
            return Visit(house, JUNE, "four", ALL_GOOD, "A7", (FoundHazard(**LOCKED_EXIT),))
        case "hazard":
            return HazardFound(house, **LOCKED_EXIT, found_on=EARLIER)
        case "step":
            return HazardStepTaken(clerk.hazard(), "transferred", JUNE)
        case "event":
            return EventHappened(house, "fire_accident", JUNE)
        case "home_state":
            return HomeStateSet(clerk.home(), "let", JUNE)
        case "visit_withdrawn":
            return VisitWithdrawn(clerk.record(Visit(house, JUNE)).id)
        case "hazard_withdrawn":
            return HazardWithdrawn(clerk.hazard())
        case "event_withdrawn":
            return EventWithdrawn(clerk.record(EventHappened(house, "fire_accident", JUNE)).id)
    raise KeyError(kind)
