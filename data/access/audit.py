"""The audit trail: who did what, when and from where."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Actor:
    """Who acts. address: where from; "" for a command on the machine itself."""

    account: str
    role: str
    address: str = ""


COMMAND_LINE = Actor("", "everything")


def record(session: Session, actor: Actor, action: str, details: dict[str, Any]) -> None:
    """Adds an entry in the caller's transaction, so that the deed and its record stand or fall together."""
