"""Mappings made in the dashboard, stored in the database beside the packaged ones."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import AccessScope
from data.db.models.imports import SavedMapping
from data.importing.errors import WrongMapping
from data.importing.mapping.choose_mapping import MAPPINGS
from data.importing.mapping.parser import mapping_of
from data.importing.mapping.schema import SourceMapping


def saved_mappings(session: Session) -> dict[str, str]:
    """Name → TOML text, by name."""
    rows = session.execute(select(SavedMapping.name, SavedMapping.text).order_by(SavedMapping.name))
    return {row.name: row.text for row in rows}


def save_mapping(session: Session, scope: AccessScope, name: str, text: str, made_by: str) -> SourceMapping:
    """Stores a mapping under a new name. Raises NotAllowed, WrongMapping."""
    if not scope.can("import"):
        raise NotAllowed("You may not save mappings; ask an administrator.")
    mapping = mapping_of(name, text)
    existing = session.scalar(select(SavedMapping).where(SavedMapping.name == name))
    if (MAPPINGS / f"{name}.toml").exists() or (existing is not None and existing.text != text):
        raise WrongMapping("There is a mapping '{name}' already; choose another name.", name=name)
    if existing is None:
        made_at = datetime.now(UTC).replace(tzinfo=None)
        session.add(SavedMapping(name=name, text=text, made_by=made_by, made_at=made_at))
        session.flush()
    return mapping
