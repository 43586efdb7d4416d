"""Buildings whose areas follow from their places are moved when outlines move: into the area they lie in now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, bindparam, or_, select, update

from data.db.models.city import Building
from data.db.tables import table_of
from data.importing.checking.cities import level_areas
from data.importing.checking.object_arrays import not_null, objects
from data.importing.checking.places import floats
from data.importing.writing.master_data import Writer
from data.importing.writing.row_versions import keep_earlier


@dataclass(frozen=True)
class Followed:
    """moved: buildings of earlier imports that came into another area, or into none. outside: level → buildings placed
    by outline that lie in no area of it."""

    moved: int = 0
    outside: dict[str, int] = field(default_factory=dict)


def follow_outlines(writer: Writer, levels: Iterable[str]) -> Followed:
    """Moves the city's buildings by the outlines as they are now. levels: those whose outlines may have changed.

    What a building was before is kept with the import, so that undoing it takes the building back.
    """
    levels, columns = list(levels), table_of(Building).c
    by_place = [columns[f"{level}_by_place"] for level in levels]
    question = select(
        *(columns.id, columns.import_id, columns.lon, columns.lat),
        *by_place,
        *(columns[f"{level}_id"] for level in levels),
    )
    rows = writer.session.execute(question.where(columns.city_id == writer.city.id, or_(*by_place))).all()
    if not rows:
        return Followed()
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
    of_others = int((imports[moved] != writer.import_id).sum())
    return Followed(of_others, {level: count for level, count in outside.items() if count})


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
