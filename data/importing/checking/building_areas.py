"""The areas buildings lie in: those a row states, those around its place, and the wider ones that follow from these."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.city import LEVELS, Area, Building, City
from data.importing.checking.cities import level_areas, wider_areas
from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.parsed_rows import ParsedRows
from data.importing.checking.row_errors import RowErrors


def has_ended(parsed: ParsedRows) -> np.ndarray:
    """Rows that say when what they describe ended, bool (rows,)."""
    days = parsed.values.get("ended_on")
    return np.zeros(len(parsed.present), bool) if days is None else not_null(days)


def areas_said(
    session: Session,
    city: City,
    parsed: ParsedRows,
    lon: np.ndarray,
    lat: np.ndarray,
    writes: np.ndarray,
    faults: RowErrors,
) -> dict[str, np.ndarray]:
    """The areas of the levels the mapping names, "<level>_id", and whether they follow from the place."""
    values = {}
    for area in parsed.block.areas:
        areas = level_areas(session, city, area.level)
        if area.source is None:
            values[f"{area.level}_id"] = areas.around(lon, lat)
        else:
            stated, wanted = parsed.areas[area.level], writes & ~faults.bad
            values[f"{area.level}_id"] = areas.stated(stated, lon, lat, wanted, has_ended(parsed), faults)
        values[f"{area.level}_by_place"] = np.full(len(writes), area.source is None, object)
    return values


@dataclass(frozen=True)
class AreaChains:
    """wider: level → id of an area → id of the area of that level it lies in, by the parents that areas name."""

    wider: Mapping[str, Mapping[int, int]]

    def area_of(self, level: str, areas: Mapping[str, np.ndarray]) -> np.ndarray:
        """The area of a level that follows from the narrowest ones, None where it follows from none; object (rows,).

        areas: level → ids of the areas that rows lie in, None for none.
        """
        known, rows = self.wider[level], len(next(iter(areas.values())))
        follows = nulls(rows)
        for narrower in LEVELS[: LEVELS.index(level) : -1]:
            if narrower in areas:
                here = nulls(rows)
                here[:] = [known.get(area) for area in areas[narrower].tolist()]
                follows = np.where(not_null(follows), follows, here)
        return follows


def area_chains(session: Session, city: City) -> AreaChains:
    """Of the city's areas; no area follows that has ended."""
    columns = (Area.id, Area.level, Area.parent_id, Area.ended_on)
    areas = {row.id: row for row in session.execute(select(*columns).where(Area.city_id == city.id))}
    wider: dict[str, dict[int, int]] = {}
    for id_ in areas:
        for area in wider_areas(areas, id_):
            if area.ended_on is None:
                wider.setdefault(area.level, {})[id_] = area.id
    return AreaChains(wider)


def areas_that_follow(
    session: Session, city: City, codes: np.ndarray, values: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Of buildings of a file that says some of their areas, those it does not say: "<level>_id" → ids.

    codes: under which the buildings stand in the database. values: "<level>_id" → ids, of the levels that it says.
    What an earlier file said stays, and so does what is there where nothing follows.
    """
    said = {level: values[f"{level}_id"] for level in LEVELS if f"{level}_id" in values}
    if not said:
        return {}
    chains = area_chains(session, city)
    levels = [level for level in LEVELS if level in chains.wider and level not in said]
    return {f"{level}_id": _following(session, city, codes, level, chains.area_of(level, said)) for level in levels}


def _following(session: Session, city: City, codes: np.ndarray, level: str, follows: np.ndarray) -> np.ndarray:
    area, by_place = getattr(Building, f"{level}_id"), getattr(Building, f"{level}_by_place")
    question = select(Building.code, area, by_place).where(Building.city_id == city.id, area.is_not(None))
    stored = {code: (id_, was_said is not None) for code, id_, was_said in session.execute(question)}
    ids = nulls(len(codes))
    for row, (code, new) in enumerate(zip(codes.tolist(), follows.tolist(), strict=True)):
        id_, was_said = stored.get(code, (None, False))
        ids[row] = id_ if was_said or new is None else new
    return ids
