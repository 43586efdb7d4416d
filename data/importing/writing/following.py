"""Buildings whose areas follow from their places are moved when outlines move: into the area they lie in now."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, bindparam, or_, select, update

from data.db.models.city import LEVELS, Building
from data.db.tables import table_of
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
    columns = table_of(Building).c
    by_place = [columns[f"{level}_by_place"] for level in levels]
    question = select(
        *(columns.id, columns.import_id, columns.lon, columns.lat),
        *by_place,
        *(columns[f"{level}_id"] for level in levels),
    )
    rows = writer.session.execute(question.where(columns.city_id == writer.city.id, or_(*by_place))).all()
    if not rows:
        return 0, {}
    ids, imports, lon, lat, *of_levels = (objects(column) for column in zip(*rows, strict=True))
    lon, lat = floats(lon), floats(lat)
    before, now, outside = {}, {}, {}
    for level, is_by_place, earlier in zip(levels, of_levels, of_levels[len(levels) :], strict=False):
        around = level_areas(writer.session, writer.city, level).around(lon, lat)
        is_placed = is_by_place.astype(bool) & np.isfinite(lon)  # off the map it stays where it was said to be
        before[f"{level}_id"], now[f"{level}_id"] = earlier, np.where(is_placed, around, earlier)
        outside[level] = int((is_placed & ~not_null(around)).sum())
    moved = np.flatnonzero(np.logical_or.reduce([np.not_equal(now[name], before[name]) for name in now]))
    _keep(writer, ids[moved], imports[moved], _rows(before, moved))
    _move(writer, ids[moved], _rows(now, moved))
    return int((imports[moved] != writer.import_id).sum()), _some(outside)


def _some(counts: Outside) -> Outside:
    return {level: count for level, count in counts.items() if count}


def _rows(columns: Mapping[str, np.ndarray], chosen: np.ndarray) -> list[dict[str, Any]]:
    values = (column[chosen].tolist() for column in columns.values())
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


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
