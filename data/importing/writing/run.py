"""Importing one file, all of it or nothing; and what would become of several."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import latest_version, log_change, only_facts_since
from data.city.local_time import city_zone, today_in
from data.db.engine import insert_columns, reading, writing
from data.db.models.city import City, Import, RejectedRow
from data.db.tables import table_of
from data.importing.checking.cities import check_levels, city_of, describe, is_described
from data.importing.checking.days import Clock
from data.importing.checking.prepared import Prepared, prepare
from data.importing.checking.records import check_across, check_repeated
from data.importing.checking.resolve import Resolver
from data.importing.mapping.fields import length_of
from data.importing.mapping.layout import Layout
from data.importing.mapping.parser import SEVERAL
from data.importing.mapping.schema import RepeatedKeys, SourceMapping
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.reading.tables import SourceTable
from data.importing.writing.authorize import check_may_import
from data.importing.writing.file_writing import Report, Resolved, write_file
from data.importing.writing.idempotency import keep_key, stored_outcome
from data.importing.writing.result import Outcome
from data.importing.writing.row_versions import keep_earlier

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


def previews(
    engine: Engine,
    scope: AccessScope,
    files: Sequence[tuple[SourceMapping, Path]],
    on: date | None,
    report: Callable[[Path], Report],
    *,
    repeated_keys: RepeatedKeys | None = None,
    end_missing: bool = False,
    read: Reader = read_apart,
) -> Iterator[Outcome]:
    """What would become of files taken in one after the other: each is held against what those before it bring.

    Nothing is kept. All are read first; then they are written in one transaction, for as long as which others wait to
    write, and which is rolled back in the end. Raises DataError at the first that is refused.
    """
    prepared: list[tuple[Prepared, date, Report]] = []
    described: dict[str, SourceMapping] = {}
    for mapping, path in files:
        check_may_import(engine, scope, mapping)
        keys = repeated_keys or mapping.repeated_keys
        mapping = replace(mapping, repeated_keys=keys, end_missing=mapping.end_missing or end_missing)
        if mapping.city_table is not None:
            described[mapping.city] = mapping
        reporting = report(path)
        table = read(path, path.name, mapping.layout(), partial(reporting, "reading", 0, 1))
        clock = _clock(engine, described.get(mapping.city, mapping), on)
        prepared.append((prepare(path.name, mapping, table, clock), clock.on, reporting))
    with writing(engine, SYSTEM) as session:
        for file, today, reporting in prepared:
            _, _, outcome, _ = _taken_in(session, file, None, today, None, reporting)
            session.flush()
            yield outcome
        session.rollback()


def _clock(engine: Engine, mapping: SourceMapping, on: date | None) -> Clock:
    """The day of the import and the zone of the city, as the mapping describes it or as it is known."""
    with reading(engine, SYSTEM) as session:
        city = mapping.city_table or city_of(session, mapping)
        assert city is not None  # city_of has refused a city that nobody has described
        zone = city_zone(city.time_zone, city.bounds)
    return Clock(on or today_in(zone), zone)


def _imported(
    engine: Engine, prepared: Prepared, on: date, actor: Actor, key: str | None, report: Report, preview: bool
) -> Outcome:
    beforehand = _resolved_beforehand(engine, prepared)
    report("comparing", 0, 1)  # from here on something is written: until then the process may be ended at any moment
    with writing(engine, SYSTEM) as session:
        if key and (before := stored_outcome(session, key)):
            return before
        city, record, outcome, touched = _taken_in(session, prepared, beforehand, on, key, report)
        if preview:
            session.rollback()
        else:
            trail.record(session, actor, "import", _audit_details(city, record))
            log_change(session, city.id, "import", touched)
    return outcome


def _taken_in(
    session: Session, prepared: Prepared, beforehand: Resolved | None, on: date, key: str | None, report: Report
) -> tuple[City, Import, Outcome, set[int]]:
    """The file is in the tables, though not kept yet; with the buildings it wrote about."""
    mapping = prepared.mapping
    city, earlier = describe(session, mapping, city_of(session, mapping))
    check_levels(city, mapping)
    record = _record(session, city, prepared)
    if key:
        keep_key(session, key, record.id)
    keep_earlier(session, record.id, table_of(City), earlier)
    if beforehand is None or not only_facts_since(session, city, beforehand.version):
        beforehand = _resolved(session, city, prepared)
    outcome, touched = write_file(session, city, record.id, prepared, beforehand, on, report)
    record.counts = outcome.counts()
    _insert_rejected_rows(session, record.id, outcome)
    return city, record, outcome, touched


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
