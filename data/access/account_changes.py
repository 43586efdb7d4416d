"""Another role and other areas for an account that is there."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.accounts import (
    EVERYWHERE,
    Grant,
    area_columns,
    area_grant,
    areas_of,
    authority_of_grant,
    check_grant,
)
from data.access.authority import authority_of_scope, demand_account
from data.access.errors import AccountRefused, NotAllowed
from data.access.roles import AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.db.models.accounts import Account, AccountArea


def change_rights(
    session: Session, scope: AccessScope, actor: Actor, account: Account, role: str, grant: Grant
) -> None:
    """Gives an account another role and other areas; its open sessions see by them from their next request on.

    An area it has already may be named again though it is no more. Raises NotAllowed or AccountRefused.
    """
    demand_account(session, scope, account)
    if not authority_of_scope(session, scope).contains(authority_of_grant(session, role, grant)):
        raise NotAllowed("Nobody gives what they do not hold themselves: take areas and a role within your own.")
    if account.name == actor.account:
        raise AccountRefused("You cannot change your own role or areas; ask another administrator.")
    check_grant(role, grant)
    before = _rights(session, account)
    areas = (EVERYWHERE,) if EVERYWHERE in grant.areas else tuple(dict.fromkeys(grant.areas))
    if before == (now := _as_told(role, areas, grant.hazard_groups)):
        return
    _replace_areas(session, account, areas)
    account.role, account.everywhere = role, EVERYWHERE in areas
    account.hazard_groups = None if grant.hazard_groups is None else list(grant.hazard_groups)
    session.flush()
    earlier = {f"{name}_before": value for name, value in before.items()}
    trail.record(session, actor, "change_account", {"name": account.name, **now, **earlier})


def _rights(session: Session, account: Account) -> dict[str, object]:
    return _as_told(account.role, areas_of(session, account), account.hazard_groups)


def _as_told(role: str, areas: Sequence[str], hazard_groups: Sequence[str] | None) -> dict[str, object]:
    """As the audit trail has it."""
    said: dict[str, object] = {"role": role, "areas": list(areas)}
    return said | {"hazard_groups": list(hazard_groups)} if hazard_groups else said


def _replace_areas(session: Session, account: Account, areas: Sequence[str]) -> None:
    """Raises AccountRefused for an area that is not there and was not the account's before."""
    before = areas_of(session, account)
    added = [area_columns(session, area) for area in areas if area not in before and area != EVERYWHERE]
    for row in session.scalars(select(AccountArea).where(AccountArea.account_id == account.id)).all():
        if area_grant(row) not in areas:
            session.delete(row)
    session.add_all(AccountArea(account_id=account.id, **columns) for columns in added)
