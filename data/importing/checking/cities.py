"""The city a mapping speaks of, and its areas, as the database has them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from data.db.models.city import LEVELS, Area, City
from data.importing.checking.area_names import NamedArea, area_names, folded
from data.importing.checking.codes import normal_code
from data.importing.checking.places import CityBounds, LevelAreas
from data.importing.errors import CityMissing, FileRefused
from data.importing.mapping.schema import SourceMapping


def city_of(session: Session, mapping: SourceMapping) -> City | None:
    """The mapping's city, None where the mapping is to make it. Raises CityMissing."""
    city = session.scalar(select(City).where(City.code == mapping.city))
    if city is None and mapping.city_table is None:
        raise CityMissing(
            "{mapping}: the city '{city}' is not there yet; import a file of the mapping that has its [city] table "
            "first.",
            mapping=mapping.path.name,
            city=mapping.city,
        )
    return city


def is_described(city: City, mapping: SourceMapping) -> bool:
    """Whether the city is as the mapping describes it, if it does."""
    return not _changed(city, mapping)


def _changed(city: City, mapping: SourceMapping) -> dict[str, Any]:
    """What the mapping says of the city that it is not."""
    described = mapping.city_table.columns() if mapping.city_table else {}
    return {name: value for name, value in described.items() if getattr(city, name) != value}


def describe(session: Session, mapping: SourceMapping, city: City | None) -> tuple[City, dict[int, dict[str, Any]]]:
    """The city, made or brought up to date where the mapping describes it; by its id the earlier values, if changed."""
    existed = city is not None
    city = city or City(code=mapping.city)
    changed = _changed(city, mapping)
    earlier = {name: getattr(city, name) for name in changed}
    for name, value in changed.items():
        setattr(city, name, value)
    session.add(city)
    session.flush()
    return city, {city.id: earlier} if existed and earlier else {}


def bounds_of(city: City) -> CityBounds:
    return CityBounds(city.code, *city.bounds)


def check_levels(city: City, mapping: SourceMapping) -> None:
    """Refuses a mapping that speaks of a level the city does not have."""
    building = mapping.blocks.get("building")
    for area in building.areas if building else ():
        if area.level not in city.levels:
            raise FileRefused(
                "{mapping}: '{city}' has no level '{level}', only {known}.",
                mapping=mapping.path.name,
                city=city.code,
                level=area.level,
                known=tuple(city.levels),
            )


def level_areas(session: Session, city: City, level: str) -> LevelAreas:
    """The city's areas of a level. Raises FileRefused when there are none."""
    question = select(Area.id, Area.code, Area.outline, Area.ended_on)
    question = question.where(Area.city_id == city.id, Area.level == level)
    rows = session.execute(question.order_by(Area.ended_on.is_not(None), Area.code)).all()
    if not rows:
        raise FileRefused(
            "'{city}' has no areas of level '{level}' yet; import their file first.", city=city.code, level=level
        )
    ids, codes, wkb, ends = zip(*rows, strict=True)
    positions = {normal_code(code): position for position, code in enumerate(codes)}
    ended = {position: day for position, day in enumerate(ends) if day is not None}
    outlines = shapely.from_wkb(np.array(wkb, object))
    return LevelAreas(level, ids, positions, outlines, area_names(level, _named(session, city, ids)), ended)


def _named(session: Session, city: City, ids: Sequence[int]) -> Iterator[NamedArea]:
    """The areas of these ids by name, each with the names of those it lies in."""
    columns = (Area.id, Area.level, Area.code, Area.name, Area.name_en, Area.parent_id, Area.ended_on)
    question = select(*columns).where(Area.city_id == city.id)
    areas = {row.id: row for row in session.execute(question)}
    names = {id_: frozenset(folded(name) for name in (area.name, area.name_en) if name) for id_, area in areas.items()}
    for id_ in ids:
        wider = frozenset(name for area in wider_areas(areas, id_) for name in names[area.id])
        yield NamedArea(areas[id_].code, names[id_], wider, areas[id_].ended_on is not None)


def wider_areas(areas: Mapping[int, Row], id_: int) -> Iterator[Row]:
    """Those an area lies in by the parents that are named, the nearest first. areas: by id, with level and parent_id.

    Ends at a parent that is no wider than what names it: earlier versions took in areas that lie in one another.
    """
    area = areas[id_]
    parent = areas.get(area.parent_id)
    while parent is not None and LEVELS.index(parent.level) < LEVELS.index(area.level):
        yield parent
        area, parent = parent, areas.get(parent.parent_id)
