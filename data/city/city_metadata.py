"""What is the same of a city for everybody: its first and last day, its check-lists.

Read as SYSTEM, so that row-level security makes no difference, and therefore without an access scope.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.queries import uncorrected
from data.db.engine import as_scope
from data.db.models.city import (
    Area,
    Building,
    Checklist,
    City,
    Event,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
)


def first_and_last_day(session: Session, city: City) -> tuple[date, date]:
    """The days of the first and the last fact of any kind, without credit records; the day of the import where there
    is none. As CityFacts.span, by the tables."""
    day_of = (Inspection.day, Event.day, Hazard.found_on, HazardStep.day, HomeState.day)
    of_city = (
        *((table.city_id == city.id) & uncorrected(table) for table in (Inspection, Event, Hazard)),
        HazardStep.hazard_id.in_(select(Hazard.id).where(Hazard.city_id == city.id, uncorrected(Hazard))),
        HomeState.home_id.in_(select(Home.id).join(Building).where(Building.city_id == city.id)),
    )
    with as_scope(session, SYSTEM):
        spans = [
            session.execute(select(func.min(day), func.max(day)).where(its)).one()
            for day, its in zip(day_of, of_city, strict=True)
        ]
    if not any(first for first, _ in spans):
        return (day_of_import(session, city),) * 2
    return min(first for first, _ in spans if first), max(last for _, last in spans if last)


def day_of_import(session: Session, city: City) -> date:
    """The day of the last import into the city."""
    with as_scope(session, SYSTEM):
        imported = session.scalars(select(func.max(Import.finished_at)).where(Import.city_id == city.id)).one()
    assert imported is not None  # a city comes into the tables by an import
    return imported.date()


def checklists(session: Session, city: City) -> dict[int, tuple[str, ...]]:
    """Item codes by check-list id."""
    with as_scope(session, SYSTEM):
        rows = session.scalars(select(Checklist).where(Checklist.city_id == city.id).order_by(Checklist.id)).all()
    return {row.id: tuple(row.items) for row in rows}


def cities_of_areas(session: Session, area_ids: Iterable[int]) -> set[int]:
    """Ids of the cities that some areas belong to."""
    with as_scope(session, SYSTEM):
        return set(session.scalars(select(Area.city_id).where(Area.id.in_(area_ids)).distinct()))
