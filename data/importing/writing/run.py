"""Importing one file, all of it or nothing."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import CityVersion, latest_version, log_change, only_facts_since
from data.city.local_time import city_zone, today_in
from data.db.engine import insert_columns, reading, writing
from data.db.models.city import City, Import, RejectedRow
from data.db.tables import table_of
from data.importing.checking.cities import check_levels, city_of, describe, is_described
from data.importing.checking.days import Clock
from data.importing.checking.places import Mended, floats
from data.importing.checking.prepared import Prepared, prepare
from data.importing.checking.records import Records, check_across, check_repeated
from data.importing.checking.resolve import Resolver
from data.importing.checking.row_errors import RowErrors
from data.importing.mapping.fields import length_of
from data.importing.mapping.parser import SEVERAL
from data.importing.mapping.schema import Layout, RepeatedKeys, SourceMapping
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.reading.tables import SourceTable
from data.importing.writing.areas_in_use import AreaInUse, left_standing
from data.importing.writing.authorize import check_may_import
from data.importing.writing.events import FactWriter
from data.importing.writing.file_plan import FilePlan, planned
from data.importing.writing.following import followed, outside_counts
from data.importing.writing.idempotency import keep_key, stored_outcome
from data.importing.writing.master_data import Tally, Writer, write_ground, write_home_states, write_master
from data.importing.writing.master_lists import end_rows
from data.importing.writing.rejected_rows import with_geometry
from data.importing.writing.repeated_keys import imports_found, taken_for_the_same
from data.importing.writing.result import MendedOutline, Outcome
from data.importing.writing.row_versions import keep_earlier
from data.importing.writing.same_bytes import seen_before

Report = Callable[[str, int, int], None]  # what is being done, records done, records in all
Reader = Callable[[Path, str, Layout, Callable[[], None]], SourceTable]
LONGEST_NAME = length_of(Import, "file_name")


def import_file(
    engine: Engine,
    scope: AccessScope,
    mapping: SourceMapping,
    path: Path,
    on: date | None,
    *,
    actor: Actor,
    key: str | None = None,
    name: str | None = None,
    report: Report = lambda *_: None,
    preview: bool = False,
    repeated_keys: RepeatedKeys | None = None,
    end_missing: bool = False,
    read: Reader = read_apart,
) -> Outcome:
    """Imports a file in one transaction and returns the result. Raises DataError, with nothing written.

    on: the day of the import, None for today in the city; a later day in the file is a fault. key: idempotency key of
    the form; the same key again writes nothing and returns the first result. name: the file's own, where `path` is
    temporary. preview: everything but the commit. repeated_keys: instead of the mapping's own. end_missing: ends what
    whole lists do not name, however much it is. read: tests that read hundreds of good files do so in their own
    process.
    """
    check_may_import(engine, scope, mapping)
    if key and (before := stored_outcome(engine, key)):
        return before
    report("reading", 0, 1)
    if repeated_keys:
        mapping = replace(mapping, repeated_keys=repeated_keys)
    if end_missing:
        mapping = replace(mapping, end_missing=True)
    name = name or path.name
    table = read(path, name, mapping.layout(), lambda: report("reading", 0, 1))
    clock = _clock(engine, mapping, on)
    prepared = prepare(name, mapping, table, clock)
    try:
        return _imported(engine, prepared, clock.on, actor, key, report, preview)
    except IntegrityError:
        if key and (before := stored_outcome(engine, key)):  # the same form was submitted in parallel
            return before
        raise


def _clock(engine: Engine, mapping: SourceMapping, on: date | None) -> Clock:
    """The day of the import and the zone of the city, as the mapping describes it or as it is known."""
    with reading(engine, SYSTEM) as session:
        city = mapping.city_table or city_of(session, mapping)
        assert city is not None  # city_of has refused a city that nobody has described
        zone = city_zone(city.time_zone, city.bounds)
    return Clock(on or today_in(zone), zone)


@dataclass(frozen=True)
class Resolved:
    """What the rows of a file are and refer to, by the tables of a version of the city."""

    version: CityVersion
    records: dict[str, Records]
    faults: RowErrors
    mended: dict[int, Mended]


def _imported(
    engine: Engine, prepared: Prepared, on: date, actor: Actor, key: str | None, report: Report, preview: bool
) -> Outcome:
    mapping, beforehand = prepared.mapping, _resolved_beforehand(engine, prepared)
    report("comparing", 0, 1)  # from here on something is written: until then the process may be ended at any moment
    with writing(engine, SYSTEM) as session:
        if key and (before := stored_outcome(session, key)):
            return before
        city, earlier = describe(session, mapping, city_of(session, mapping))
        check_levels(city, mapping)
        record = _record(session, city, prepared)
        if key:
            keep_key(session, key, record.id)
        keep_earlier(session, record.id, table_of(City), earlier)
        if beforehand is None or not only_facts_since(session, city, beforehand.version):
            beforehand = _resolved(session, city, prepared)
        outcome, touched = _write_all(session, city, record.id, prepared, beforehand, on, report)
        record.counts = outcome.counts()
        _insert_rejected_rows(session, record.id, outcome)
        if preview:
            session.rollback()
        else:
            trail.record(session, actor, "import", _audit_details(city, record))
            log_change(session, city.id, "import", touched)
    return outcome


def _resolved_beforehand(engine: Engine, prepared: Prepared) -> Resolved | None:
    """While others may write. None where the city is yet to be made or to be described anew."""
    mapping = prepared.mapping
    with reading(engine, SYSTEM) as session:
        city = city_of(session, mapping)
        if city is None or not is_described(city, mapping):
            return None
        check_levels(city, mapping)
        return _resolved(session, city, prepared)


def _resolved(session: Session, city: City, prepared: Prepared) -> Resolved:
    table, faults = prepared.table, deepcopy(prepared.faults)
    resolver = Resolver(session, city, prepared.mapping, table, prepared.off_map, faults)
    records = resolver.records(prepared.parsed)
    for of_block in records.values():
        check_repeated(of_block, table.row_numbers, faults)
    for target in SEVERAL:
        several = [one for one in records.values() if one.target.name == target and one.has_keys]
        check_across(several, table.row_numbers, faults)
    return Resolved(latest_version(session, city), records, faults, resolver.mended)


def _record(session: Session, city: City, prepared: Prepared) -> Import:
    record = Import(
        city_id=city.id,
        mapping=prepared.mapping.name,
        file_name=prepared.file_name[-LONGEST_NAME:],
        sha256=prepared.table.sha256,
        finished_at=datetime.now(UTC).replace(tzinfo=None),
        counts={},
    )
    session.add(record)
    session.flush()
    return record


def _audit_details(city: City, record: Import) -> dict:
    """What the audit trail holds of an import."""
    names = {"import": record.id, "city": city.code, "mapping": record.mapping}
    return names | {"file": record.file_name, "sha256": record.sha256, "counts": record.counts}


def _write_all(
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
        seen_before=seen_before(plan.same_bytes, tallies),
        same=taken_for_the_same(plan.facts),
        found=imports_found(plan.facts),
        ended=plan.ended_but(in_use),
        in_use=in_use,
        missing=plan.missing,
    )
    return outcome, writer.touched


def _write(writer: Writer, records: Records, good: np.ndarray, plan: FilePlan, name: str) -> Tally:
    if records.target.name == "ground":
        return write_ground(writer, records, good)
    if records.target.name == "home_state":
        return write_home_states(writer, records, good)
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


def _insert_rejected_rows(session: Session, import_id: int, outcome: Outcome) -> None:
    if not outcome.faults:
        return
    columns = {
        "import_id": [import_id] * len(outcome.faults),
        "row_number": outcome.row_numbers.tolist(),
        "reason": [reason for _, reason, _ in outcome.faults],
        "sentence": [sentence for _, _, sentence in outcome.faults],
        "row": outcome.frame.to_dict("records"),
    }
    insert_columns(session, table_of(RejectedRow), columns)


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
