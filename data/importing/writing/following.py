"""Buildings whose areas follow from their places are moved when outlines move: into the area they lie in now. Wider
areas that follow from these, or from those that a building states, follow where areas name another parent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, ColumnElement, bindparam, false, or_, select, true, update

from data.db.models.city import LEVELS, Building
from data.db.tables import table_of
from data.importing.checking.building_areas import area_chains
from data.importing.checking.cities import level_areas
from data.importing.checking.object_arrays import not_null, objects
from data.importing.checking.places import floats
from data.importing.checking.records import Records
from data.importing.writing.master_data import Tally, Writer
from data.importing.writing.row_versions import keep_earlier

Outside = dict[str, int]  # level → buildings placed by outline that lie in no area of it


def outside_counts(buildings: Records, good: np.ndarray) -> Outside:
    """Of the buildings of a file. good: its rows that were taken in, bool (rows,)."""
    if "lon" not in buildings.values:
        return {}
    rows = buildings.first_rows(good)
    is_placed = not_null(buildings.values["lon"][rows])
    counts = {
        level: int((is_placed & ~not_null(buildings.values[f"{level}_id"][rows])).sum())
        for level in LEVELS
        if f"{level}_by_place" in buildings.values and buildings.values[f"{level}_by_place"].all()
    }
    return _some(counts)


def followed(writer: Writer, areas: Records, good: np.ndarray, tallies: dict[str, Tally]) -> Outside:
    """Has the city's buildings follow the areas of a file that were written; those that moved count as changed.

    Returns which of all its buildings are outside now, where any area was new or changed.
    """
    tally = tallies[areas.target.plural]
    if not (tally.new or tally.changed):
        return {}
    of_file = set(areas.values["level"][areas.first_rows(good)].tolist())
    moved, outside = _follow(writer, [level for level in LEVELS if level in of_file])
    if moved:
        tallies.setdefault("buildings", Tally()).changed += moved
    return outside


def _follow(writer: Writer, levels: list[str]) -> tuple[int, Outside]:
    """Moves buildings by the outlines as they are now; how many of other imports came into another area or none.

    levels: those whose outlines may have changed. What a building was before is kept with the import, so that undoing
    it takes the building back.
    """
    chains = area_chains(writer.session, writer.city)
    buildings = _buildings(writer, or_(*(_by_place(level) for level in levels), true() if chains.wider else false()))
    if buildings is None:
        return 0, {}
    now, outside = dict(buildings.areas), {}
    for level in levels:
        around = level_areas(writer.session, writer.city, level).around(buildings.lon, buildings.lat)
        is_placed = buildings.by_place[level].astype(bool) & np.isfinite(buildings.lon)  # off the map it stays
        now[level] = np.where(is_placed, around, now[level])
        outside[level] = int((is_placed & ~not_null(around)).sum())
    for level in (level for level in LEVELS if level in chains.wider):
        follows = chains.area_of(level, now)
        now[level] = np.where(not_null(buildings.by_place[level]) | ~not_null(follows), now[level], follows)
    moved = np.flatnonzero(np.logical_or.reduce([np.not_equal(now[name], buildings.areas[name]) for name in now]))
    _keep(writer, buildings.ids[moved], buildings.imports[moved], _rows(buildings.areas, moved))
    _move(writer, buildings.ids[moved], _rows(now, moved))
    return int((buildings.imports[moved] != writer.import_id).sum()), _some(outside)


@dataclass(frozen=True)
class _Buildings:
    """Every array is of shape (buildings,). areas, by_place: by level, object; None where nobody said."""

    ids: np.ndarray
    imports: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    areas: Mapping[str, np.ndarray]
    by_place: Mapping[str, np.ndarray]


def _by_place(level: str) -> Any:
    return getattr(Building, f"{level}_by_place")


def _buildings(writer: Writer, chosen: ColumnElement[bool]) -> _Buildings | None:
    """None where there are none."""
    columns = (Building.id, Building.import_id, Building.lon, Building.lat)
    areas = (getattr(Building, f"{level}_id") for level in LEVELS)
    question = select(*columns, *areas, *map(_by_place, LEVELS)).where(Building.city_id == writer.city.id, chosen)
    rows = writer.session.execute(question).all()
    if not rows:
        return None
    ids, imports, lon, lat, *of_levels = (objects(column) for column in zip(*rows, strict=True))
    of_areas, by_place = of_levels[: len(LEVELS)], of_levels[len(LEVELS) :]
    return _Buildings(
        *(ids, imports, floats(lon), floats(lat)),
        dict(zip(LEVELS, of_areas, strict=True)),
        dict(zip(LEVELS, by_place, strict=True)),
    )


def _some(counts: Outside) -> Outside:
    return {level: count for level, count in counts.items() if count}


def _rows(columns: Mapping[str, np.ndarray], chosen: np.ndarray) -> list[dict[str, Any]]:
    """Column of the table → value, a dictionary a chosen row. columns: by level."""
    names = [f"{level}_id" for level in columns]
    values = (column[chosen].tolist() for column in columns.values())
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _keep(writer: Writer, ids: np.ndarray, imports: np.ndarray, before: list[dict[str, Any]]) -> None:
    """What buildings of other imports were; of its own an import has kept that already."""
    earlier = {
        id_: row | {"import_id": its_import}
        for id_, its_import, row in zip(ids.tolist(), imports.tolist(), before, strict=True)
        if its_import != writer.import_id
    }
    keep_earlier(writer.session, writer.import_id, table_of(Building), earlier)


def _move(writer: Writer, ids: np.ndarray, now: list[dict[str, Any]]) -> None:
    if not now:
        return
    table = table_of(Building)
    values: dict[str, BindParameter] = {name: bindparam(f"new_{name}") for name in now[0]}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(**values, import_id=writer.import_id)
    parameters = [
        {"row_id": id_} | {f"new_{name}": area for name, area in row.items()}
        for id_, row in zip(ids.tolist(), now, strict=True)
    ]
    writer.session.execute(statement, parameters)
    writer.touched.update(ids.tolist())
