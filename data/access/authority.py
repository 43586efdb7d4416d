"""What an account holds, and whether another holds all of it: nobody gives, ends or sees what they do not hold.

The one place that decides it. Accounts, sessions and the audit trail ask here, so that no chain of grants leads to
more than its first granter held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.errors import NotAllowed
from data.access.roles import PERMISSIONS, AccessScope, Permission, only_public_homes
from data.db.models.accounts import Account, AccountArea
from data.db.models.city import LEVELS, Area, City

Place = tuple[str, ...]  # a city's code, then "LEVEL:CODE" of each area down to the one meant, the widest first
AreaName = tuple[str, str, str]  # city, level and code; level and code are "" for the whole city


@dataclass(frozen=True)
class Authority:
    """What may be done (permissions), where (places; None: everywhere) and to which hazards (None: every group).

    A decision of ours: places are compared by name, so that an area which is not there at the moment is still held
    only by who holds it, its city or everything; and several areas that fill a wider one are not the wider one.
    """

    permissions: frozenset[Permission]
    places: frozenset[Place] | None
    hazard_groups: frozenset[str] | None = None
    public_homes_only: bool = False

    def contains(self, other: "Authority") -> bool:
        """Whether whoever holds this also holds the whole of the other."""
        return (
            other.permissions <= self.permissions
            and self._contains_places(other)
            and self._contains_hazards(other)
            and (other.public_homes_only or not self.public_homes_only)
        )

    def contains_place(self, place: Place) -> bool:
        return self.places is None or any(place[: len(own)] == own for own in self.places)

    def _contains_places(self, other: "Authority") -> bool:
        if self.places is None:
            return True
        return other.places is not None and all(self.contains_place(place) for place in other.places)

    def _contains_hazards(self, other: "Authority") -> bool:
        if self.hazard_groups is None:
            return True
        return other.hazard_groups is not None and other.hazard_groups <= self.hazard_groups


def authority(role: str, places: Iterable[Place] | None, hazard_groups: Iterable[str] | None) -> Authority:
    return Authority(
        PERMISSIONS.get(role, frozenset()),
        None if places is None else frozenset(places),
        None if hazard_groups is None else frozenset(hazard_groups),
        only_public_homes(role),
    )


def authority_of_scope(session: Session, scope: AccessScope) -> Authority:
    if scope.areas is None:
        return authority(scope.role, None, scope.hazard_groups)
    cities = session.scalars(select(City.code).where(City.id.in_(scope.cities)))
    of_areas = select(City.code, Area.level, Area.code).join(City, Area.city_id == City.id)
    rows = session.execute(of_areas.where(Area.id.in_(scope.areas)))
    areas: list[AreaName] = [(city, level, code) for city, level, code in rows]
    places = {(city,) for city in cities} | set(places_of(session, areas).values())
    return authority(scope.role, places, scope.hazard_groups)


def places_of(session: Session, names: Iterable[AreaName]) -> Mapping[AreaName, Place]:
    """The place of each area; of one that is not there, the place right below its city."""
    names = set(names)
    columns = select(City.code, Area.id, Area.level, Area.code, Area.parent_id).join(City, Area.city_id == City.id)
    rows = session.execute(columns.where(City.code.in_({city for city, level, _ in names if level}))).all()
    by_id = {area: (f"{level}:{code}", parent) for _, area, level, code, parent in rows}
    ids: dict[AreaName, int] = {(city, level, code): area for city, area, level, code, _ in rows}

    def place(name: AreaName) -> Place:
        city, level, code = name
        area = ids.get(name)
        if area is None:
            return (city, f"{level}:{code}") if level else (city,)
        above: list[str] = []
        while area is not None and len(above) < len(LEVELS):
            step, area = by_id[area]
            above.append(step)
        return (city, *reversed(above))

    return {name: place(name) for name in names}


def authorities_of(session: Session, accounts: Iterable[Account]) -> Mapping[int, Authority]:
    """What each account holds, by its id."""
    accounts = list(accounts)
    named: dict[int, set[Place]] = {account.id: set() for account in accounts}
    areas = select(AccountArea.account_id, AccountArea.city, AccountArea.level, AccountArea.area)
    rows = session.execute(areas.where(AccountArea.account_id.in_(named))).all()
    places = places_of(session, {(city, level, area) for _, city, level, area in rows})
    for account_id, city, level, area in rows:
        named[account_id].add(places[city, level, area])
    return {
        account.id: authority(account.role, None if account.everywhere else named[account.id], account.hazard_groups)
        for account in accounts
    }


def holds(session: Session, scope: AccessScope, account: Account) -> bool:
    """Whether a scope holds all that an account holds."""
    return authority_of_scope(session, scope).contains(authorities_of(session, [account])[account.id])


def held_accounts(session: Session, scope: AccessScope) -> list[Account]:
    """The accounts whose whole authority the scope holds, by name."""
    everyone = session.scalars(select(Account).order_by(Account.name)).all()
    own, others = authority_of_scope(session, scope), authorities_of(session, everyone)
    return [account for account in everyone if own.contains(others[account.id])]


def demand_account(session: Session, scope: AccessScope, account: Account) -> None:
    """Raises NotAllowed unless the scope may look after accounts and holds all that this one holds."""
    if not scope.can("accounts") or not holds(session, scope, account):
        raise NotAllowed("Your account may not do this; ask an administrator.")
