"""Which backups a later one makes superfluous: by the audit trail, not by the clock.

The trail of a database goes through the state it had at each of its backups. A database that was made anew, put back to
an earlier state or mixed up with another does not: it takes no backup away, however often it is backed up. Nor does
anything take away a backup from before the first entry of a trail.
"""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.accounts import AuditEntry

ENDING = ".backup"
OF_THE_TRAIL = "# trail "  # begins a line that sha256sum passes over


def trail_line(entries: int, sha256: str) -> str:
    """What the file beside a backup says of the trail: how long it was, and its last hash."""
    return f"{OF_THE_TRAIL}{entries} {sha256}\n"


def superseded(session: Session, folder: Path, keep: int) -> list[Path]:
    """The backups in the folder that the database continues, but for the latest `keep` of them."""
    known = {file: entries for file in folder.glob(f"*{ENDING}") if (entries := _continued(session, file))}
    return sorted(known, key=lambda file: known[file], reverse=True)[keep:]


def _continued(session: Session, file: Path) -> int:
    """How long the trail was at a backup that this database continues; 0 for any other file."""
    try:
        lines = file.with_name(f"{file.name}.sha256").read_text(encoding="utf-8").splitlines()
        number, sha256 = next(line for line in lines if line.startswith(OF_THE_TRAIL))[len(OF_THE_TRAIL) :].split()
        entries = int(number)
    except (OSError, ValueError, StopIteration):
        return 0
    entry = select(AuditEntry.id).where(AuditEntry.id == entries, AuditEntry.sha256 == sha256)
    return session.scalar(entry) or 0
