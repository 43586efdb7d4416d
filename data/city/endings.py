"""What ended of a city's areas and homes, for the fact store. Read as SYSTEM, and therefore without an access scope.

Where buildings lay is known from what every import keeps of the rows it changes: a building that was once in an area
that has ended is taken to have lain there until that day. So a merged street keeps its past.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data.city.queries import days
from data.db.models.city import LEVELS, Area, Building, City, Home, Project
from data.db.models.imports import EarlierRow
from data.db.tables import table_of

BuildingIds = np.ndarray | None  # of the city in question; None for all of them


def former_areas(session: Session, city: City, of: BuildingIds) -> pd.DataFrame:
    """The ended areas each building once lay in: building_id, level, area_id, and `until`, the day the area ended."""
    question = select(Area.level, Area.id, Area.ended_on).where(Area.city_id == city.id, Area.ended_on.is_not(None))
    ended: dict[str, dict[int, date]] = {}
    for level, area, day in session.execute(question):
        assert day is not None
        ended.setdefault(level, {})[area] = day
    once_in = set(_once_in(session, ended, of))
    rows = sorted((building, level, area, ended[level][area]) for level, building, area in once_in)
    frame = pd.DataFrame(rows, columns=["building_id", "level", "area_id", "until"])
    return frame.assign(until=days(frame["until"].tolist()))


def buildings_once_in(session: Session, area_ids: Iterable[int]) -> set[int]:
    """The buildings that lay in one of the areas before an import moved them."""
    by_level: dict[str, list[int]] = {}
    for level, area in session.execute(select(Area.level, Area.id).where(Area.id.in_(list(area_ids)))):
        by_level.setdefault(level, []).append(area)
    return {building for _, building, _ in _once_in(session, by_level, None)}


def _once_in(
    session: Session, by_level: Mapping[str, Iterable[int]], of: BuildingIds
) -> Iterator[tuple[str, int, int]]:
    """Level, building and area, of what earlier rows say. by_level: ids of areas."""
    for level in (level for level in LEVELS if level in by_level):
        was_in = EarlierRow.before[f"{level}_id"].as_integer()
        question = select(Building.id, was_in).join(EarlierRow, EarlierRow.row_id == Building.id)
        question = question.where(EarlierRow.table_name == table_of(Building).name, was_in.in_(list(by_level[level])))
        if of is not None:
            question = question.where(EarlierRow.row_id.in_(of.tolist()))
        yield from ((level, building, area) for building, area in session.execute(question))


def home_endings(session: Session, city: City, of: BuildingIds) -> pd.DataFrame:
    """Public homes that end, themselves or with their project: building_id, home_id, day."""
    question = select(Home.building_id, Home.id, Home.ended_on, Project.ended_on)
    question = question.join(Project).where(or_(Home.ended_on.is_not(None), Project.ended_on.is_not(None)))
    of_city = Project.city_id == city.id if of is None else Home.building_id.in_(of.tolist())
    rows = [
        (building, home, min(day for day in both if day is not None))
        for building, home, *both in session.execute(question.where(of_city).order_by(Home.id))
    ]
    frame = pd.DataFrame(rows, columns=["building_id", "home_id", "day"])
    return frame.assign(day=days(frame["day"].tolist()))
