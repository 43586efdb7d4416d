"""Accounts: making, changing and disabling them, and what an account may see."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.access import throttling
from data.access.authority import (
    AreaName,
    Authority,
    authority,
    authority_of_scope,
    demand_account,
    held_accounts,
    holds,
    places_of,
)
from data.access.errors import AccountRefused, NoSuchAccount, NotAllowed
from data.access.passwords import check_strength, hashed
from data.access.roles import ROLES, AccessScope, Permission
from data.audit import trail
from data.audit.trail import Actor
from data.db import form_keys
from data.db.models.accounts import Account, AccountArea, UserSession
from data.db.models.city import HAZARD_GROUPS, LEVELS, Area, City
from scoring.errors import Sentence

EVERYWHERE = "everywhere"
LONGEST_NAME = 80


@dataclass(frozen=True)
class Grant:
    """The part of the data an account sees.

    areas: "everywhere", whole cities ("demo"), areas ("demo/street:S03"). hazard_groups: those of a department.
    """

    areas: tuple[str, ...] = ()
    hazard_groups: tuple[str, ...] | None = None


def now() -> datetime:
    """UTC without a time zone, as the tables store it."""
    return datetime.now(UTC).replace(tzinfo=None)


def plain_name(name: str) -> str:
    """A name as it is stored: NFKC, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def demand(scope: AccessScope, permission: Permission) -> None:
    """Raises NotAllowed when the role lacks the permission."""
    if not scope.can(permission):
        raise NotAllowed("Your account may not do this; ask an administrator.")


def add_account(
    session: Session,
    scope: AccessScope,
    actor: Actor,
    name: str,
    role: str,
    grant: Grant,
    *,
    password: str | None = None,
    sign_on: str | None = None,
    form: str | None = None,
) -> Account:
    """Makes an account. Raises AccountRefused, PasswordRefused or NotAllowed, with nothing written.

    form: the idempotency key of the form; the same form again returns the account it made. What the account is to hold
    is compared before anything is looked up: a refusal tells nothing of other cities.
    """
    demand(scope, "accounts")
    name = plain_name(name)
    if not authority_of_scope(session, scope).contains(authority_of_grant(session, role, grant)):
        raise NotAllowed("Nobody gives what they do not hold themselves: take areas and a role within your own.")
    key = form_keys.key_of(form, actor.account, "account", name, role, grant.areas, grant.hazard_groups, sign_on)
    made = form_keys.made_before(session, key)
    if made is not None:
        return session.get_one(Account, made)
    _check(session, name, role, grant, password, sign_on)
    if password is not None:
        check_strength(password, name)
    account = Account(
        name=name,
        role=role,
        everywhere=EVERYWHERE in grant.areas,
        hazard_groups=None if grant.hazard_groups is None else list(grant.hazard_groups),
        password_hash=None if password is None else hashed(password),
        sign_on=sign_on or None,
        made_at=now(),
    )
    session.add(account)
    session.flush()
    for area in grant.areas:
        if area != EVERYWHERE:
            session.add(AccountArea(account_id=account.id, **area_columns(session, area)))
    form_keys.keep_key(session, key, account.id)
    trail.record(session, actor, "add_account", {"name": name, "role": role, "areas": list(grant.areas)})
    return account


def authority_of_grant(session: Session, role: str, grant: Grant) -> Authority:
    if EVERYWHERE in grant.areas:
        return authority(role, None, grant.hazard_groups)
    return authority(role, places_of(session, map(_area_name, grant.areas)).values(), grant.hazard_groups)


def _area_name(area: str) -> AreaName:
    """City, level and code of a grant such as "demo" or "demo/street:S03"."""
    city, _, part = area.partition("/")
    level, _, code = part.partition(":")
    return city, level, code


def _check(session: Session, name: str, role: str, grant: Grant, password: str | None, sign_on: str | None) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountRefused(
            "An account's name has 1 to {longest_name} characters; choose another.", longest_name=LONGEST_NAME
        )
    check_grant(role, grant)
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise AccountRefused("There is an account '{name}' already; choose another name.", name=name)
    if sign_on and session.scalar(select(Account.id).where(Account.sign_on == sign_on)) is not None:
        raise AccountRefused("Another account signs on as '{sign_on}' already.", sign_on=sign_on)
    if password is None and not sign_on:
        raise AccountRefused("An account needs a password, or what it is called at the organisation's sign-on.")


def check_grant(role: str, grant: Grant) -> None:
    """Raises AccountRefused where a role is none, or goes with other hazard groups or areas than these."""
    if role not in ROLES:
        raise AccountRefused("There is no role '{role}'; choose one of {roles}.", role=role, roles=ROLES)
    department = role == "department"
    if department != (grant.hazard_groups is not None):
        raise AccountRefused("A department, and no other role, names the hazard groups it deals with (--hazards).")
    unknown = [group for group in grant.hazard_groups or () if group not in HAZARD_GROUPS]
    if unknown or grant.hazard_groups == ():
        raise AccountRefused(
            "A hazard group is one of {hazard_groups}; not {unknown}.",
            hazard_groups=HAZARD_GROUPS,
            unknown=tuple(unknown) or Sentence("none"),
        )
    if not grant.areas:
        raise AccountRefused(
            "Name what the account may see: {everywhere}, a city's code, or CITY/LEVEL:CODE.", everywhere=EVERYWHERE
        )


def area_columns(session: Session, area: str) -> dict[str, str]:
    """City, level and area of a grant as the table has them. Raises AccountRefused."""
    code, level, number = _area_name(area)
    city = session.scalar(select(City).where(City.code == code))
    if city is None:
        known = tuple(session.scalars(select(City.code).order_by(City.id))) or Sentence("none yet")
        raise AccountRefused("There is no city '{code}'; there are: {known}.", code=code, known=known)
    if "/" not in area:
        return {"city": code, "level": "", "area": ""}
    same = (Area.city_id == city.id, Area.level == level, Area.code == number)
    if level not in LEVELS or session.scalar(select(Area.id).where(*same)) is None:
        raise AccountRefused(
            "{code} has no area '{part}'; write {code}/LEVEL:CODE, with LEVEL of {levels}.",
            code=code,
            part=area.partition("/")[2],
            levels=LEVELS,
        )
    return {"city": code, "level": level, "area": number}


def scope_of_account(session: Session, account: Account) -> AccessScope:
    """What an account may see now; areas that no longer exist are skipped."""
    groups = None if account.hazard_groups is None else tuple(account.hazard_groups)
    if account.everywhere:
        return AccessScope(account.role, areas=None, hazard_groups=groups)
    whole = select(City.id).join(AccountArea, AccountArea.city == City.code)
    part = (
        select(Area.id)
        .join(City, Area.city_id == City.id)
        .join(AccountArea, AccountArea.city == City.code)
        .where(Area.level == AccountArea.level, Area.code == AccountArea.area)
    )
    of_account = AccountArea.account_id == account.id
    return AccessScope(
        account.role,
        areas=tuple(session.scalars(part.where(of_account).order_by(Area.id))),
        cities=tuple(session.scalars(whole.where(of_account, AccountArea.level == "").order_by(City.id))),
        hazard_groups=groups,
    )


def account_named(session: Session, name: str) -> Account:
    """Raises NoSuchAccount."""
    account = session.scalar(select(Account).where(Account.name == plain_name(name)))
    if account is None:
        raise NoSuchAccount("There is no account '{name}'; `python -m data account list` shows them all.", name=name)
    return account


def account_by_id(session: Session, scope: AccessScope, account_id: int) -> Account:
    """An account the scope holds. Raises NoSuchAccount alike for one it does not hold and for none."""
    account = session.get(Account, account_id)
    if account is None or not scope.can("accounts") or not holds(session, scope, account):
        raise NoSuchAccount("The account is not there, or is not yours to look after; load the page again.")
    return account


def accounts(session: Session, scope: AccessScope) -> Sequence[Account]:
    """The accounts the scope holds, by name; none without the permission."""
    return held_accounts(session, scope) if scope.can("accounts") else []


def areas_of(session: Session, account: Account) -> tuple[str, ...]:
    """An account's areas as they were given to add_account."""
    if account.everywhere:
        return (EVERYWHERE,)
    rows = session.scalars(select(AccountArea).where(AccountArea.account_id == account.id).order_by(AccountArea.id))
    return tuple(map(area_grant, rows))


def area_grant(row: AccountArea) -> str:
    """As Grant.areas names it."""
    return f"{row.city}/{row.level}:{row.area}" if row.level else row.city


def set_password(session: Session, scope: AccessScope, actor: Actor, account: Account, password: str) -> None:
    """Gives an account another password and ends its sessions. Raises NotAllowed or PasswordRefused."""
    demand_account(session, scope, account)
    change_password(session, actor, account, password)
    throttling.leave_a_few_tries(session, account)


def change_password(session: Session, actor: Actor, account: Account, password: str, keep: int | None = None) -> None:
    """Another password for whoever may give it one; the session with the id `keep` stays open."""
    check_strength(password, account.name)
    account.password_hash = hashed(password)
    _end_sessions(session, account, keep)
    trail.record(session, actor, "set_password", {"name": account.name})


def set_disabled(session: Session, scope: AccessScope, actor: Actor, account: Account, disabled: bool) -> None:
    """Closes or opens an account; closing ends its sessions. Raises NotAllowed or AccountRefused."""
    demand_account(session, scope, account)
    if disabled and account.name == actor.account:
        raise AccountRefused("You cannot disable your own account; ask another administrator.")
    account.disabled = disabled
    if disabled:
        _end_sessions(session, account, None)
    trail.record(session, actor, "disable_account" if disabled else "enable_account", {"name": account.name})


def unlock(session: Session, scope: AccessScope, actor: Actor, account: Account) -> None:
    """Has an account's wrong passwords forgotten, so that the next try is looked at. Raises NotAllowed."""
    demand_account(session, scope, account)
    throttling.unlock(session, account)
    trail.record(session, actor, "unlock_account", {"name": account.name})


def _end_sessions(session: Session, account: Account, keep: int | None) -> None:
    others = (UserSession.account_id == account.id, UserSession.ended_at.is_(None), UserSession.id != (keep or 0))
    session.execute(update(UserSession).where(*others).values(ended_at=now()))
