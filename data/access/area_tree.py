"""The areas an account may be given by somebody, as a tree: cities, and in them the areas within areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.authority import AreaName, authority_of_scope, places_of
from data.access.roles import AccessScope
from data.city.local_time import city_zone, today_in
from data.db.models.city import LEVELS, Area, City


@dataclass(frozen=True)
class AreaToGive:
    """A whole city, its level and code "", or an area. above: the grant of what it lies in, None at the top."""

    level: str
    code: str
    names: Mapping[str, str]
    above: str | None


AreaTree = Mapping[str, AreaToGive]  # by what names it in a Grant, the wider first


def areas_to_give(session: Session, scope: AccessScope) -> AreaTree:
    """All that the scope holds and that stands; none without the permission to look after accounts."""
    if not scope.can("accounts"):
        return {}
    held = authority_of_scope(session, scope)
    tree: dict[str, AreaToGive] = {}
    for city in session.scalars(select(City).order_by(City.id)):
        if held.contains_place((city.code,)):
            tree[city.code] = AreaToGive("", "", city.names, None)
        names = _standing_areas(session, city)
        places = places_of(session, names)
        for area, place in ((area, places[area]) for area in names):
            if held.contains_place(place):
                around = (_grant_of(place[:end]) for end in range(len(place) - 1, 0, -1))
                above = next((grant for grant in around if grant in tree), None)
                tree[_grant_of(place)] = AreaToGive(*area[1:], names[area], above)
    return tree


def _standing_areas(session: Session, city: City) -> dict[AreaName, dict[str, str]]:
    """Their names in Chinese and English, the widest level first."""
    on: date = today_in(city_zone(city.time_zone, city.bounds))
    columns = select(Area.level, Area.code, Area.name, Area.name_en, Area.ended_on)
    rows = session.execute(columns.where(Area.city_id == city.id)).all()
    standing = [row for row in rows if row.ended_on is None or row.ended_on > on]
    standing.sort(key=lambda row: (LEVELS.index(row.level), row.code))
    return {(city.code, row.level, row.code): {"zh": row.name, "en": row.name_en or row.name} for row in standing}


def _grant_of(place: tuple[str, ...]) -> str:
    """As Grant.areas names it: the city, and the area alone without those around it."""
    return "/".join(dict.fromkeys((place[0], place[-1])))
