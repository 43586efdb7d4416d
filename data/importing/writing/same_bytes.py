"""Files whose very bytes came before, whatever they were called then."""

from collections.abc import Collection, Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from data.db.models.city import City, Import
from data.db.models.imports import UndoneImport
from data.importing.writing.result import SeenBefore


def imports_of_same_bytes(session: Session, city: City, sha256: str, but: int) -> Sequence[Import]:
    """Those that stand, the latest first. but: the import that is under way."""
    undone = exists().where(UndoneImport.import_id == Import.id)
    same = (Import.city_id == city.id, Import.sha256 == sha256, Import.id != but, ~undone)
    return session.scalars(select(Import).where(*same).order_by(Import.id.desc())).all()


def seen_before(imports: Sequence[Import], tables: Collection[str], zone: ZoneInfo) -> SeenBefore | None:
    """The latest that had a record of one of the tables; its day by the clock of a zone."""
    for record in imports:
        if set(tables) & {table for table, counts in record.counts.get("tables", {}).items() if sum(counts.values())}:
            at = record.finished_at.replace(tzinfo=UTC).astimezone(zone)
            return SeenBefore(record.id, at.date())
    return None
