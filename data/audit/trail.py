"""The audit trail: who did what, when and from where. Each entry is hashed with the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.db.engine import as_scope
from data.db.models.accounts import AuditEntry, AuditHead
from data.db.tables import table_of
from data.errors import DataError


class TrailWithoutHead(DataError):
    """Somebody removed the row that says how long the trail is."""


@dataclass(frozen=True)
class Actor:
    """Who acts. address: where from; "" for a command on the machine itself."""

    account: str
    role: str
    address: str = ""


COMMAND_LINE = Actor("", "everything")


def record(session: Session, actor: Actor, action: str, details: dict[str, Any]) -> None:
    """Adds an entry in the caller's transaction, so that the action and its entry are committed together.

    details: what JSON can hold, without NaN. Call it last: until the transaction ends no other entry can be written.
    Raises TrailWithoutHead; RuntimeError in a session that only reads, whose work would be lost.
    """
    if not session.connection().get_execution_options().get("writing"):
        raise RuntimeError("An entry of the audit trail needs a session made by data.db.engine.writing.")
    with as_scope(session, SYSTEM):  # somebody who exports may not read the trail, and yet leaves an entry
        _add(session, actor, action, details)


def _add(session: Session, actor: Actor, action: str, details: dict[str, Any]) -> None:
    head = session.scalar(select(AuditHead).with_for_update().execution_options(populate_existing=True))
    if head is None:
        raise TrailWithoutHead("The audit trail was tampered with; see it by: python -m data audit verify")
    texts = {"account": actor.account, "role": actor.role, "address": actor.address, "action": action}
    columns = {
        "id": head.entries + 1,
        "at": datetime.now(UTC).replace(tzinfo=None),
        **{name: _cleaned(name, text) for name, text in texts.items()},
        "details": json.loads(json.dumps(details, allow_nan=False)),  # as it will be read again
    }
    head.entries, head.sha256 = columns["id"], entry_hash(head.sha256, columns)
    session.add(AuditEntry(**columns, sha256=head.sha256))
    session.flush()


def entry_hash(before: str, columns: Mapping[str, Any]) -> str:
    """The hash of an entry. before: that of the entry before it; columns: all its columns but the hash itself.

    Raises ValueError or TypeError for what no entry of ours holds.
    """
    values = {**columns, "at": f"{columns['at'].isoformat(timespec='microseconds')}Z"}
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()


def _cleaned(column: str, text: str) -> str:
    """The text as every database can hold it in the column: a name typed at sign-in may be anything."""
    column_type = table_of(AuditEntry).c[column].type
    assert isinstance(column_type, String)
    return "".join(character if character.isprintable() else "\ufffd" for character in text)[: column_type.length]
