"""Accounts to try the demonstration district with; their passwords are generated and shown once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data.access.accounts import EVERYWHERE, Grant, add_account
from data.access.passwords import generated_password
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import Account
from data.db.models.city import Area, Building, City
from data.demo.loading import CITY


@dataclass(frozen=True)
class MadeAccount:
    """password: in clear; the database holds its hash only."""

    name: str
    role: str
    area: str
    password: str


def make_accounts(engine: Engine) -> tuple[MadeAccount, ...]:
    """Creates them where the district is the only city and there is no account yet; else none."""
    with reading(engine, SYSTEM) as session:
        if not _are_wanted(session):
            return ()
        accounts = tuple(
            MadeAccount(account, role, area, generated_password(account))
            for account, (role, area) in ((f"demo-{name}", its) for name, its in _roles(session).items())
        )
    with writing(engine, SYSTEM) as session:
        if not _are_wanted(session):
            return ()
        for account in accounts:
            grant = Grant((account.area,))
            add_account(session, SYSTEM, COMMAND_LINE, account.name, account.role, grant, password=account.password)
    return accounts


def _are_wanted(session: Session) -> bool:
    only = session.scalars(select(City.code)).all() == [CITY]
    return only and session.scalar(select(Account.id).limit(1)) is None


def _roles(session: Session) -> Mapping[str, tuple[str, str]]:
    streets = Counter(session.scalars(select(Building.street_id).where(Building.street_id.is_not(None))))
    fullest = session.get_one(Area, streets.most_common(1)[0][0])
    return {
        "administrator": ("administrator", EVERYWHERE),
        "leader": ("leader", CITY),
        "police": ("police", CITY),
        "street": ("street_office", f"{CITY}/street:{fullest.code}"),
    }
