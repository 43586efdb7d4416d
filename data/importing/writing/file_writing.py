"""What a file says, written into the tables: in a transaction that somebody else begins and ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.city.changes import CityVersion
from data.city.local_time import city_zone
from data.db.models.city import City
from data.importing.checking.places import Mended, floats
from data.importing.checking.prepared import Prepared
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowErrors
from data.importing.mapping.schema import unread_columns
from data.importing.writing.areas_in_use import AreaInUse, left_standing
from data.importing.writing.events import FactWriter
from data.importing.writing.file_plan import FilePlan, planned
from data.importing.writing.following import followed, outside_counts
from data.importing.writing.master_data import Tally, Writer, write_ground, write_home_states, write_master
from data.importing.writing.master_lists import end_rows
from data.importing.writing.officer_leave import write_leave
from data.importing.writing.rejected_places import places_of_rows
from data.importing.writing.rejected_rows import with_geometry
from data.importing.writing.repeated_keys import imports_found, taken_for_the_same
from data.importing.writing.result import MendedOutline, Outcome
from data.importing.writing.same_bytes import seen_before

Report = Callable[[str, int, int], None]  # what is being done, records done, records in all


@dataclass(frozen=True)
class Resolved:
    """What the rows of a file are and refer to, by the tables of a version of the city."""

    version: CityVersion
    records: dict[str, Records]
    faults: RowErrors
    mended: dict[int, Mended]


def write_file(
    session: Session, city: City, import_id: int, prepared: Prepared, resolved: Resolved, on: date, report: Report
) -> tuple[Outcome, set[int]]:
    """What became of the rows, and the buildings that were written about."""
    mapping, table, faults = prepared.mapping, prepared.table, resolved.faults
    progress = _Progress(report)
    writer = Writer(session, city, import_id, on, progress.advance)
    plan = planned(writer, mapping, resolved.records, faults, table.sha256)
    good = ~faults.bad
    records = plan.records
    progress.total = sum(len(of_target.first_rows(good)) for of_target in records.values())
    tallies: dict[str, Tally] = {}
    for name, of_target in records.items():
        progress.doing = plural = of_target.target.plural
        tallies[plural] = tallies.get(plural, Tally()) + _write(writer, of_target, good, plan, name)
    buildings = records.get("building")
    outside = outside_counts(buildings, good) if buildings else {}
    in_use: tuple[AreaInUse, ...] = ()
    if "area" in records:
        outside |= followed(writer, records["area"], good, tallies)
        in_use = left_standing(writer)
    off_map = _off_map_counts(buildings, prepared.off_map, good)
    listed = faults.listed()
    rows = [row for row, _ in listed]
    geometry = None if table.geometry is None else table.geometry[rows]
    outcome = Outcome(
        import_id=import_id,
        file_name=prepared.file_name,
        mapping=mapping.name,
        read=len(table.frame),
        tallies=tallies,
        off_map=off_map,
        outside=outside,
        mended=_mended(records.get("area"), resolved.mended, good),
        frame=with_geometry(table.frame.iloc[rows].reset_index(drop=True), geometry),
        faults=[(index, found[0].reason, " ".join(map(str, found))) for index, (_, found) in enumerate(listed)],
        row_errors=[found for _, found in listed],
        row_numbers=table.row_numbers[rows],
        places=_lon_lat(buildings, good),
        notes=table.notes,
        repeated=plan.repeated,
        seen_before=seen_before(plan.same_bytes, tallies, city_zone(city.time_zone, city.bounds)),
        same=taken_for_the_same(plan.facts),
        found=imports_found(plan.facts),
        ended=plan.ended_but(in_use),
        in_use=in_use,
        missing=plan.missing,
        unread=unread_columns(mapping, table.frame.columns),
        rejected_places=places_of_rows(prepared, rows),
    )
    return outcome, writer.touched


def _write(writer: Writer, records: Records, good: np.ndarray, plan: FilePlan, name: str) -> Tally:
    if records.target.name == "ground":
        return write_ground(writer, records, good)
    if records.target.name == "home_state":
        return write_home_states(writer, records, good)
    if records.target.name == "officer_leave":
        return write_leave(writer, records, good)
    if name in plan.facts:
        return FactWriter(*plan.facts[name]).write()
    return end_rows(writer, records, plan.gone[name], write_master(writer, records, good))


def _mended(areas: Records | None, notes: Mapping[int, Mended], good: np.ndarray) -> tuple[MendedOutline, ...]:
    if areas is None:
        return ()
    codes = areas.values["code"]
    return tuple(MendedOutline(code=codes[row], **vars(note)) for row, note in sorted(notes.items()) if good[row])


def _off_map_counts(buildings: Records | None, reasons: np.ndarray, good: np.ndarray) -> dict[str, int]:
    if buildings is None:
        return {}
    off_map = pd.Series(reasons[buildings.first_rows(good)], dtype=object).dropna()
    return {reason: int(count) for reason, count in off_map.value_counts().items()}


def _lon_lat(buildings: Records | None, good: np.ndarray) -> np.ndarray:
    """lon, lat in WGS 84 degrees of the buildings of the file, shape (buildings on the map, 2)."""
    if buildings is None or "lon" not in buildings.values:
        return np.empty((0, 2))
    rows = buildings.first_rows(good)
    lon_lat = np.column_stack([floats(buildings.values[side][rows]) for side in ("lon", "lat")])
    return lon_lat[np.isfinite(lon_lat).all(axis=1)]


@dataclass
class _Progress:
    """Adds up what was written and reports it."""

    report: Report
    total: int = 0
    doing: str = ""
    done: int = 0

    def advance(self, records: int) -> None:
        self.done += records
        self.report(self.doing, self.done, self.total)
