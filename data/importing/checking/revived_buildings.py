"""Buildings that had ended and stand again: not in an area that is no more. While they had ended nothing held it."""

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from data.db.models.city import LEVELS, Area, Building, City
from data.importing.checking.after_the_end import NOT_LISTED
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowError, RowErrors
from scoring.errors import Sentence


def set_revived_aside(session: Session, city: City, buildings: Records, faults: RowErrors) -> None:
    """Adds to `faults` the rows of buildings that would stand again in an area which has ended and is not said anew."""
    question = select(Area.id, Area.code, Area.ended_on).where(Area.city_id == city.id, Area.ended_on.is_not(None))
    ended = {row.id: row for row in session.execute(question)}
    if not ended:
        return
    areas = [getattr(Building, f"{level}_id") for level in LEVELS]
    of_city = select(Building.code, Building.ended_as, *areas).where(Building.city_id == city.id)
    stored = {code: row for code, *row in session.execute(of_city.where(Building.ended_on.is_not(None)))}
    for row in np.flatnonzero(buildings.writes & ~faults.bad).tolist():
        if (before := stored.get(buildings.key[row])) is None or not _stands(buildings, row, before[0]):
            continue
        for level, stored_area in zip(LEVELS, before[1:], strict=True):
            said = buildings.values.get(f"{level}_id")
            area = stored_area if said is None else said[row]
            if area in ended:
                faults.add_all(np.array([row]), _gone(buildings.key[row], level, ended[area]))


def _stands(buildings: Records, row: int, ended_as: str | None) -> bool:
    """As data.importing.writing.master_lists.with_endings will have it."""
    if "ended_on" in buildings.values:
        return buildings.values["ended_on"][row] is None
    return buildings.whole_list and ended_as == NOT_LISTED


def _gone(code: str, name: str, area: Row) -> RowError:
    return RowError(
        "area_ended",
        "The building '{code}' stands again, but the {level} '{area}' in which it lay ended on {day}; say the {level} "
        "it lies in now.",
        code=code,
        level=Sentence(name),
        area=area.code,
        day=area.ended_on,
    )
