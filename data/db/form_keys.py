"""A form that is sent several times makes what it makes once: whoever sends it again is told what it made.

The key is drawn when the form is shown. What the form says is part of it, so that another draft from the same form is
another draft.
"""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.db import advisory_locks
from data.db.models.records import FormKey


def key_of(form: str | None, actor: str, kind: str, *said: object) -> str | None:
    """The key of a form with what it says; None for what came without a form, such as a command."""
    if form is None:
        return None
    return hashlib.sha256(json.dumps([form, actor, kind, said], default=str).encode()).hexdigest()


def made_before(session: Session, key: str | None) -> int | None:
    """The id of the row the form has made; None where it is new. Others with the same key wait until this one ends."""
    if key is None:
        return None
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        session.execute(select(func.pg_advisory_xact_lock(advisory_locks.FORMS, func.hashtext(key))))
    return session.scalar(select(FormKey.row_id).where(FormKey.key == key))


def keep_key(session: Session, key: str | None, row_id: int) -> None:
    if key is not None:
        session.add(FormKey(key=key, row_id=row_id, at=datetime.now(UTC).replace(tzinfo=None)))
        session.flush()
