"""`python -m data account …`: accounts made and looked after by the person who runs the machine."""

import argparse
import getpass
import sys

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.accounts import Grant, account_named, accounts, add_account, areas_of, set_disabled, set_password
from data.access.errors import PasswordRefused
from data.access.passwords import generated_password
from data.access.roles import ROLES, SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import UserSession
from data.db.models.city import HAZARD_GROUPS


def add_arguments(command: argparse.ArgumentParser) -> None:
    doings = command.add_subparsers(required=True, metavar="DOING", dest="doing")
    add = doings.add_parser("add", help="make an account")
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--area", action="append", default=[], help="everywhere, CITY, or CITY/LEVEL:CODE; repeat it")
    add.add_argument("--hazards", action="append", choices=HAZARD_GROUPS, help="a department's hazard group; repeat it")
    add.add_argument("--sign-on", metavar="NAME", help="who this is to the organisation's own sign-on")
    _add_password_ways(add)
    password = doings.add_parser("password", help="give an account another password and end its sessions")
    password.add_argument("name")
    _add_password_ways(password)
    for doing, about in (("disable", "close an account and end its sessions"), ("enable", "open it again")):
        doings.add_parser(doing, help=about).add_argument("name")
    doings.add_parser("list", help="show every account")


def _add_password_ways(command: argparse.ArgumentParser) -> None:
    ways = command.add_mutually_exclusive_group()
    ways.add_argument("--generate", action="store_true", help="make a password up and print it once")
    ways.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(engine: Engine, asked: argparse.Namespace) -> int:
    """Does what was asked; a made-up password is printed and kept nowhere. Raises DataError."""
    if asked.doing == "list":
        _list(engine)
        return 0
    password = _password(asked) if asked.doing in ("add", "password") else None
    with writing(engine, SYSTEM) as session:
        _do(session, asked, password)
    if password is not None and asked.generate:
        print(f"{asked.name}: {password}")
    return 0


def _do(session: Session, asked: argparse.Namespace, password: str | None) -> None:
    if asked.doing == "add":
        groups = None if asked.hazards is None else tuple(asked.hazards)
        grant = Grant(tuple(asked.area), groups)
        add_account(
            session, SYSTEM, COMMAND_LINE, asked.name, asked.role, grant, password=password, sign_on=asked.sign_on
        )
    elif asked.doing == "password":
        set_password(session, SYSTEM, COMMAND_LINE, account_named(session, asked.name), password or "")
    else:
        account = account_named(session, asked.name)
        set_disabled(session, SYSTEM, COMMAND_LINE, account, asked.doing == "disable")


def _password(asked: argparse.Namespace) -> str | None:
    if asked.generate:
        return generated_password()
    if asked.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if getattr(asked, "sign_on", None):
        return None
    first = getpass.getpass(f"Password for {asked.name}: ")
    if getpass.getpass("Once more: ") != first:
        raise PasswordRefused("The two passwords differ; run it again.")
    return first


def _list(engine: Engine) -> None:
    with reading(engine, SYSTEM) as session:
        for account in accounts(session, SYSTEM):
            last = session.scalar(
                select(UserSession.seen_at)
                .where(UserSession.account_id == account.id)
                .order_by(UserSession.seen_at.desc())
                .limit(1)
            )
            state = "disabled" if account.disabled else f"last seen {last:%Y-%m-%d %H:%M} UTC" if last else "never seen"
            areas = ", ".join(areas_of(session, account))
            print(f"{account.name:<24} {account.role:<14} {areas:<30} {state}")
