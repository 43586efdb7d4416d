"""The city a mapping speaks of, and its areas, as the database has them."""

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import Area, City
from data.sources.errors import CityMissing, FileRefused
from data.sources.mapping import SourceMapping
from data.sources.places import CityBounds, LevelAreas


def city_of(session: Session, mapping: SourceMapping) -> City:
    """The mapping's city: made or brought up to date where the mapping describes it. Raises CityMissing."""
    city = session.scalar(select(City).where(City.code == mapping.city))
    described = mapping.city_table
    if city is None and described is None:
        raise CityMissing(
            f"{mapping.path.name}: the city '{mapping.city}' is not there yet; "
            "import a file of the mapping that has its [city] table first."
        )
    if city is None:
        city = City(code=mapping.city)
        session.add(city)
    if described is not None:
        for name, value in described.columns().items():
            if getattr(city, name) != value:
                setattr(city, name, value)
    session.flush()
    return city


def bounds_of(city: City) -> CityBounds:
    return CityBounds(city.code, *city.bounds)


def check_levels(city: City, mapping: SourceMapping) -> None:
    """Refuses a mapping that speaks of a level the city does not have."""
    building = mapping.blocks.get("building")
    for area in building.areas if building else ():
        if area.level not in city.levels:
            known = ", ".join(city.levels)
            raise FileRefused(f"{mapping.path.name}: '{city.code}' has no level '{area.level}', only {known}.")


def level_areas(session: Session, city: City, level: str) -> LevelAreas:
    """The city's areas of a level. Raises FileRefused when there are none."""
    question = select(Area.id, Area.code, Area.outline).where(Area.city_id == city.id, Area.level == level)
    rows = session.execute(question.order_by(Area.code)).all()
    if not rows:
        raise FileRefused(f"'{city.code}' has no areas of level '{level}' yet; import their file first.")
    ids, codes, wkb = zip(*rows, strict=True)
    positions = {code: position for position, code in enumerate(codes)}
    return LevelAreas(level, ids, positions, shapely.from_wkb(np.array(wkb, object)))
