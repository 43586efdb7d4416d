"""`python -m data account …`: accounts managed by the person who runs the machine."""

import argparse
import getpass
import sys

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.account_changes import change_rights
from data.access.accounts import (
    Grant,
    account_named,
    accounts,
    add_account,
    areas_of,
    set_disabled,
    set_password,
    unlock,
)
from data.access.errors import PasswordRefused
from data.access.passwords import generated_password
from data.access.roles import ROLES, SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import UserSession
from data.db.models.city import HAZARD_GROUPS


def add_arguments(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="ACTION", dest="action")
    add = actions.add_parser("add", help="make an account")
    _add_grant_options(add)
    add.add_argument("--sign-on", metavar="NAME", help="who this is to the organisation's own sign-on")
    _add_password_options(add)
    _add_grant_options(actions.add_parser("change", help="give an account this role and these areas instead"))
    password = actions.add_parser("password", help="give an account another password and end its sessions")
    password.add_argument("name")
    _add_password_options(password)
    for action, about in (
        ("disable", "close an account and end its sessions"),
        ("enable", "open it again"),
        ("unlock", "forget its wrong passwords, so that its owner need not wait"),
    ):
        actions.add_parser(action, help=about).add_argument("name")
    actions.add_parser("list", help="show every account")


def _add_grant_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("name")
    command.add_argument("--role", required=True, choices=ROLES)
    command.add_argument("--area", action="append", default=[], help="everywhere, CITY, or CITY/LEVEL:CODE; repeat it")
    hazards = "a department's hazard group; repeat it"
    command.add_argument("--hazards", action="append", choices=HAZARD_GROUPS, help=hazards)


def _add_password_options(command: argparse.ArgumentParser) -> None:
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--generate", action="store_true", help="make a password up and print it once")
    choice.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(engine: Engine, options: argparse.Namespace) -> int:
    """Runs the action; a generated password is printed and stored nowhere. Raises DataError."""
    if options.action == "list":
        _list(engine)
        return 0
    password = _password(options) if options.action in ("add", "password") else None
    with writing(engine, SYSTEM) as session:
        _do(session, options, password)
    if password is not None and options.generate:
        print(f"{options.name}: {password}")
    return 0


def _do(session: Session, options: argparse.Namespace, password: str | None) -> None:
    if options.action == "add":
        grant, sign_on = _grant(options), options.sign_on
        add_account(
            session, SYSTEM, COMMAND_LINE, options.name, options.role, grant, password=password, sign_on=sign_on
        )
    elif options.action == "change":
        account = account_named(session, options.name)
        change_rights(session, SYSTEM, COMMAND_LINE, account, options.role, _grant(options))
    elif options.action == "password":
        set_password(session, SYSTEM, COMMAND_LINE, account_named(session, options.name), password or "")
    elif options.action == "unlock":
        unlock(session, SYSTEM, COMMAND_LINE, account_named(session, options.name))
    else:
        account = account_named(session, options.name)
        set_disabled(session, SYSTEM, COMMAND_LINE, account, options.action == "disable")


def _grant(options: argparse.Namespace) -> Grant:
    return Grant(tuple(options.area), None if options.hazards is None else tuple(options.hazards))


def _password(options: argparse.Namespace) -> str | None:
    if options.generate:
        return generated_password(options.name)
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if getattr(options, "sign_on", None):
        return None
    first = getpass.getpass(f"Password for {options.name}: ")
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
