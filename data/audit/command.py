"""`python -m data audit …`: verify and print the audit trail, for the person who runs the machine."""

import argparse
import json
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.audit.verify import Verdict, verify
from data.db.engine import reading
from data.db.models.accounts import AuditEntry
from scoring.wording import worded

BROKEN = 1


def add_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION", dest="action")
    check = actions.add_parser("verify", help="find the first entry that is changed, missing, put in or cut off")
    check.add_argument("--head", metavar="HASH", help="a last hash written down earlier: the trail must hold it")
    show = actions.add_parser("show", help="print the last entries, the oldest first")
    show.add_argument("--last", type=int, default=20, metavar="N", help="how many (20)")


def run(engine: Engine, options: argparse.Namespace) -> int:
    """The exit code: 1 when the trail is broken."""
    if options.action == "show":
        _show(engine, max(options.last, 0))
        return 0
    with reading(engine, SYSTEM) as session:
        verdict = verify(session, options.head.strip().lower() if options.head else None)
    print(summary(verdict))
    return BROKEN if verdict.fault else 0


def summary(verdict: Verdict) -> str:
    """One sentence on what is wrong, or how far the trail goes and the hash to write down elsewhere."""
    if verdict.fault:
        return verdict.fault.sentence()
    if verdict.first_at is None or verdict.last_at is None:
        return "The audit trail is empty and whole."
    entries = worded("{n:,} {n:entry|entries}", {"n": verdict.entries})
    return (
        f"{entries} from {_local(verdict.first_at)} to {_local(verdict.last_at)}, "
        f"none changed, missing or put in.\nLast hash, to be written down elsewhere: {verdict.sha256}"
    )


def _show(engine: Engine, last: int) -> None:
    with reading(engine, SYSTEM) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(last)).all()
    for entry in reversed(entries):
        who = " ".join(part for part in (entry.account, f"({entry.role})", entry.address) if part)
        details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
        print(_printable(f"{entry.id}  {_local(entry.at)}  {who}  {entry.action}  {details}"))


def _printable(text: str) -> str:
    """Without control characters for the terminal: some of it was typed by strangers."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _local(at: datetime) -> str:
    return at.replace(tzinfo=UTC).astimezone().isoformat(sep=" ", timespec="seconds")
