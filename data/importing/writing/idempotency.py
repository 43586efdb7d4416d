"""A form that is submitted twice imports once."""

from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Import, RejectedRow
from data.db.models.imports import ImportKey
from data.importing.writing.areas_in_use import AreaInUse
from data.importing.writing.master_data import Tally
from data.importing.writing.result import MendedOutline, Outcome, SeenBefore
from data.importing.writing.whole_lists import Missing


def keep_key(session: Session, key: str, import_id: int) -> None:
    """Raises IntegrityError where another import has the key."""
    session.add(ImportKey(key=key, import_id=import_id))
    session.flush()


def stored_outcome(source: Engine | Session, key: str) -> Outcome | None:
    """What became of the file that was submitted under this key; None when none was."""
    if isinstance(source, Engine):
        with reading(source, SYSTEM) as session:
            return stored_outcome(session, key)
    record = source.scalar(select(Import).join(ImportKey).where(ImportKey.key == key))
    return outcome_of(source, record) if record else None


def outcome_of(session: Session, record: Import) -> Outcome:
    """What became of an earlier file; the places of its buildings are left out."""
    question = select(RejectedRow).where(RejectedRow.import_id == record.id).order_by(RejectedRow.id)
    rows = session.scalars(question).all()
    return Outcome(
        import_id=record.id,
        file_name=record.file_name,
        mapping=record.mapping,
        read=record.counts["read"],
        tallies={table: Tally(**tally) for table, tally in record.counts.get("tables", {}).items()},
        off_map=record.counts.get("off_map", {}),
        outside=record.counts.get("outside", {}),
        mended=[MendedOutline.from_json(one) for one in record.counts.get("mended", ())],
        frame=pd.DataFrame([row.row for row in rows]),
        faults=[(index, row.reason, row.sentence) for index, row in enumerate(rows)],
        row_numbers=np.array([row.row_number for row in rows], int),
        places=np.empty((0, 2)),
        repeated=record.counts.get("repeated", 0),
        same=record.counts.get("same", {}),
        ended=record.counts.get("ended", {}),
        in_use=[AreaInUse(**one) for one in record.counts.get("in_use", ())],
        missing={table: Missing(**counts) for table, counts in record.counts.get("missing", {}).items()},
        found=tuple(record.counts.get("found", ())),
        seen_before=_seen_before(record.counts.get("seen_before")),
    )


def _seen_before(kept: dict | None) -> SeenBefore | None:
    return SeenBefore(kept["import"], date.fromisoformat(kept["day"])) if kept else None
