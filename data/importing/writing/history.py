"""Past imports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.db.models.city import LEVELS, Area, City, Import
from data.db.models.imports import UndoneImport


@dataclass(frozen=True)
class PastImport:
    """One imported file. finished_at: UTC; counts: see Outcome.counts; undone: since then."""

    id: int
    city: str
    names: dict[str, str]
    mapping: str
    file_name: str
    finished_at: datetime
    counts: dict[str, Any]
    undone: bool


def cities_to_import_into(session: Session, scope: AccessScope) -> list[City]:
    """Every city the scope may change, even one without a building yet."""
    every = session.scalars(select(City).order_by(City.id)).all()
    return [city for city in every if scope.can("import") and scope.sees_all_of(city.id)]


def levels_with_areas(session: Session, city: City) -> tuple[str, ...]:
    """The levels of which the city has outlines, widest first."""
    present = set(session.scalars(select(Area.level).where(Area.city_id == city.id).distinct()))
    return tuple(level for level in LEVELS if level in present)


def past_imports(session: Session, scope: AccessScope, most: int | None = None) -> list[PastImport]:
    """The imports into cities the scope may import into, the latest first."""
    question = select(Import, City, UndoneImport.id).join(City).outerjoin(UndoneImport).order_by(Import.id.desc())
    return [
        PastImport(
            record.id, city.code, city.names, record.mapping, record.file_name, record.finished_at, record.counts,
            undone is not None,
        )
        for record, city, undone in session.execute(question.limit(most))
        if scope.can("import") and scope.sees_all_of(city.id)
    ]  # fmt: skip
