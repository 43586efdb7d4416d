"""Whether the audit trail is intact: every entry as it was written, none missing, none inserted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import Session

from data.audit.trail import entry_hash
from data.db.models.accounts import BEFORE_THE_FIRST, AuditEntry, AuditHead
from data.db.tables import table_of

ROWS_AT_ONCE = 10_000
Kind = Literal["changed", "missing", "put_in", "cut_off", "no_head", "rewritten"]
SENTENCES: dict[Kind, str] = {
    "changed": "Entry {entry} was changed, or does not stand where it was written.",
    "missing": "Entry {entry} is missing.",
    "put_in": "Entry {entry} was put in: the trail does not know of it.",
    "cut_off": "Entry {entry} is missing, and all behind it: the end of the trail was cut off.",
    "no_head": "The row that says how long the trail is was removed; entries may be missing behind entry {entry}.",
    "rewritten": "The trail does not hold the hash that was written down: it was rewritten, or is not the same trail.",
}


@dataclass(frozen=True)
class Fault:
    """entry: the number of the first entry that is wrong."""

    kind: Kind
    entry: int

    def sentence(self) -> str:
        return SENTENCES[self.kind].format(entry=self.entry)


@dataclass(frozen=True)
class Verdict:
    """What the trail is up to the first fault: how many entries, of which times (UTC), and the hash of the last."""

    entries: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    sha256: str = BEFORE_THE_FIRST
    fault: Fault | None = None


def verify(session: Session, head: str | None = None) -> Verdict:
    """Walks the trail from its first entry. head: a hash written down earlier, which the trail must hold."""
    so_far = Verdict()
    head_found = head in (None, so_far.sha256)
    for columns, sha256 in _entries(session):
        fault = _fault_of(so_far, columns, sha256)
        if fault:
            return _with(so_far, fault)
        so_far = Verdict(so_far.entries + 1, so_far.first_at or columns["at"], columns["at"], sha256)
        head_found = head_found or sha256 == head
    fault = _fault_at_the_end(session, so_far)
    return _with(so_far, fault or (None if head_found else Fault("rewritten", so_far.entries)))


def _with(so_far: Verdict, fault: Fault | None) -> Verdict:
    return Verdict(so_far.entries, so_far.first_at, so_far.last_at, so_far.sha256, fault)


def _fault_of(before: Verdict, columns: dict[str, Any], sha256: str) -> Fault | None:
    number, expected = columns["id"], before.entries + 1
    if number != expected:
        return Fault("missing", expected) if number > expected else Fault("put_in", number)
    try:
        is_unchanged = entry_hash(before.sha256, columns) == sha256
    except (AttributeError, TypeError, ValueError):  # a column holds what we never write
        is_unchanged = False
    return None if is_unchanged else Fault("changed", number)


def _fault_at_the_end(session: Session, so_far: Verdict) -> Fault | None:
    head = session.execute(select(AuditHead.entries, AuditHead.sha256)).one_or_none()
    if head is None:
        return Fault("no_head", so_far.entries)
    if head.entries == so_far.entries:
        return None if head.sha256 == so_far.sha256 else Fault("changed", so_far.entries)
    return Fault("cut_off", so_far.entries + 1) if head.entries > so_far.entries else Fault("put_in", head.entries + 1)


def _entries(session: Session) -> Iterator[tuple[dict[str, Any], str]]:
    """Each entry's columns and its hash, by number. Time and details that cannot be read come as None."""
    columns: dict[str, ColumnElement] = {column.name: column for column in table_of(AuditEntry).columns}
    columns |= {name: cast(columns[name], Text).label(name) for name in ("at", "details")}
    question = select(*columns.values()).order_by(AuditEntry.id).execution_options(yield_per=ROWS_AT_ONCE)
    for row in session.execute(question).mappings():
        values = dict(row) | {"at": _time(row["at"]), "details": _details(row["details"])}
        yield values, values.pop("sha256")


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _details(text: str) -> dict[str, Any] | None:
    try:
        return json.loads(text)
    except ValueError:
        return None
