"""One file, taken in whole or not at all."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.database import insert_columns, writing
from data.models import City, Import, RowSetAside
from data.sources.cities import check_levels, city_of
from data.sources.errors import FileRefused
from data.sources.facts import FactWriter, checklist_id
from data.sources.faults import RowFaults
from data.sources.fields import length_of
from data.sources.filling import Filled, fill, leave_out, off_map_reasons
from data.sources.mapping import SourceMapping
from data.sources.reading import SourceTable, read_table
from data.sources.records import Records, check_repeated
from data.sources.resolving import Resolver
from data.sources.writing import Tally, Writer, write_home_states, write_master
from data.viewer import EVERYTHING

Report = Callable[[str, int, int], None]  # what is being done, records done, records in all
LONGEST_NAME = length_of(Import, "file_name")
FACTS = ("inspection", "hazard", "event")


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    tallies: table → new, changed, unchanged. off_map: reason → buildings. frame and faults: the rows set aside are
    `faults`, as row of the frame, reason, sentence; row_numbers: 1 is the first row after the heading.
    """

    file_name: str
    mapping: str
    tallies: dict[str, Tally]
    off_map: dict[str, int]
    frame: pd.DataFrame
    faults: list[tuple[int, str, str]]
    row_numbers: np.ndarray

    def counts(self) -> dict:
        """As it is kept with the import: read, new, changed, unchanged, set_aside, and the same by table."""
        tables = {name: vars(tally) for name, tally in self.tallies.items()}
        total = {name: sum(table[name] for table in tables.values()) for name in ("new", "changed", "unchanged")}
        here = {"read": len(self.frame), "set_aside": len(self.faults)}
        return {**here, **total, "tables": tables, "off_map": self.off_map}


@dataclass(frozen=True)
class Prepared:
    """A file read by its mapping, before the database is asked anything."""

    file_name: str
    sha256: str
    mapping: SourceMapping
    table: SourceTable
    filled: dict[str, Filled]
    faults: RowFaults
    off_map: np.ndarray


def import_file(
    engine: Engine,
    mapping: SourceMapping,
    path: Path,
    on: date,
    report: Report = lambda *_: None,
    preview: bool = False,
) -> Outcome:
    """Takes a file in, in one transaction, and says what became of it. Raises DataError, with nothing written.

    on: the day of the import; a later day in the file is a fault. preview: everything but keeping what was written.
    """
    report("reading", 0, 1)
    prepared = _prepared(path, mapping, on)
    with writing(engine, EVERYTHING) as session:
        city = city_of(session, mapping)
        check_levels(city, mapping)
        record = _record(session, city, prepared)
        outcome = _written(session, city, record.id, prepared, on, report)
        record.counts = outcome.counts()
        _keep_set_aside(session, record.id, outcome)
        if preview:
            session.rollback()
    return outcome


def _prepared(path: Path, mapping: SourceMapping, on: date) -> Prepared:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path}: cannot be read ({error.strerror}); name a file that is there.") from error
    table = read_table(path.name, data, mapping)
    faults = RowFaults(len(table.frame))
    leave_out(table.frame, mapping, faults)
    filled = {name: fill(block, table.frame, mapping, on, faults) for name, block in mapping.blocks.items()}
    sha256 = hashlib.sha256(data).hexdigest()
    return Prepared(path.name, sha256, mapping, table, filled, faults, off_map_reasons(table.frame, mapping))


def _record(session: Session, city: City, prepared: Prepared) -> Import:
    record = Import(
        city_id=city.id,
        mapping=prepared.mapping.name,
        file_name=prepared.file_name[-LONGEST_NAME:],
        sha256=prepared.sha256,
        finished_at=datetime.now(UTC).replace(tzinfo=None),
        counts={},
    )
    session.add(record)
    session.flush()
    return record


def _written(session: Session, city: City, import_id: int, prepared: Prepared, on: date, report: Report) -> Outcome:
    mapping, table, faults = prepared.mapping, prepared.table, prepared.faults
    records = Resolver(session, city, mapping, table, prepared.off_map, faults).records(prepared.filled)
    for one in records.values():
        check_repeated(one, table.row_numbers, faults)
    good = ~faults.bad
    progress = _Progress(report, sum(len(one.first_rows(good)) for one in records.values()))
    writer = Writer(session, city, import_id, on, progress.advance)
    tallies = {}
    for name, one in records.items():
        progress.doing = one.target.plural
        tallies[one.target.plural] = _write(writer, one, good, mapping, name)
    off_map = _off_map_counts(records.get("building"), prepared.off_map, good)
    listed = faults.listed()
    return Outcome(prepared.file_name, mapping.name, tallies, off_map, table.frame, listed, table.row_numbers)


def _write(writer: Writer, records: Records, good: np.ndarray, mapping: SourceMapping, name: str) -> Tally:
    if name == "home_state":
        return write_home_states(writer, records, good)
    if name not in FACTS:
        return write_master(writer, records, good)
    answers = mapping.blocks[name].answers
    if answers:
        every = np.full(len(good), checklist_id(writer, answers), object)
        records = replace(records, values={**records.values, "checklist_id": every})
    return FactWriter(writer, records, mapping.source, mapping.name, records.first_rows(good)).write()


def _off_map_counts(buildings: Records | None, reasons: np.ndarray, good: np.ndarray) -> dict[str, int]:
    if buildings is None:
        return {}
    kept = pd.Series(reasons[buildings.first_rows(good)], dtype=object).dropna()
    return {reason: int(count) for reason, count in kept.value_counts().items()}


def _keep_set_aside(session: Session, import_id: int, outcome: Outcome) -> None:
    if not outcome.faults:
        return
    rows = [row for row, _, _ in outcome.faults]
    columns = {
        "import_id": [import_id] * len(rows),
        "row_number": outcome.row_numbers[rows].tolist(),
        "reason": [reason for _, reason, _ in outcome.faults],
        "sentence": [sentence for _, _, sentence in outcome.faults],
        "row": outcome.frame.iloc[rows].to_dict("records"),
    }
    insert_columns(session, RowSetAside.__table__, columns)


@dataclass
class _Progress:
    """Adds up what was written and reports it."""

    report: Report
    total: int
    doing: str = ""
    done: int = 0

    def advance(self, records: int) -> None:
        self.done += records
        self.report(self.doing, self.done, self.total)
