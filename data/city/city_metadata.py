"""What is the same of a city for everybody: its version, its first and last day, its check-lists.

Read as SYSTEM, so that row-level security makes no difference, and therefore without an access scope.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.queries import uncorrected
from data.db.engine import as_scope
from data.db.models.city import Checklist, City, Event, Import, Inspection
from data.db.models.imports import UndoneImport

EPOCH = datetime(1970, 1, 1)


def version(session: Session, city: City) -> int:
    """Another number after every import into the city and every undo; 0 before the first."""
    # The id of the last import would not do: SQLite gives it again once that import was replaced.
    times = select(func.max(Import.finished_at), func.count()).where(Import.city_id == city.id)
    undone = select(func.count()).select_from(UndoneImport).join(Import).where(Import.city_id == city.id)
    with as_scope(session, SYSTEM):
        (last, imports), undone_imports = session.execute(times).one(), session.scalar(undone) or 0
    return (last - EPOCH) // timedelta(microseconds=1) + imports + undone_imports if imports else 0


def first_and_last_day(session: Session, city: City) -> tuple[date, date]:
    """The days of the first and the last event or inspection; the day of the import where there is none."""
    with as_scope(session, SYSTEM):
        spans = [
            session.execute(
                select(func.min(table.day), func.max(table.day)).where(table.city_id == city.id, uncorrected(table))
            ).one()
            for table in (Inspection, Event)
        ]
        if not any(first for first, _ in spans):
            imported = session.scalars(select(func.max(Import.finished_at)).where(Import.city_id == city.id)).one()
            assert imported is not None  # a city comes into the tables by an import
            return imported.date(), imported.date()
    return min(first for first, _ in spans if first), max(last for _, last in spans if last)


def checklists(session: Session, city: City) -> dict[int, tuple[str, ...]]:
    """Item codes by check-list id."""
    with as_scope(session, SYSTEM):
        rows = session.scalars(select(Checklist).where(Checklist.city_id == city.id).order_by(Checklist.id)).all()
    return {row.id: tuple(row.items) for row in rows}
