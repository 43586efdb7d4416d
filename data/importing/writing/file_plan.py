"""What is to become of a file, settled before anything of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.db.models.city import Import
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowErrors
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.building_lists import missing_buildings, with_endings
from data.importing.writing.events import checklist_id
from data.importing.writing.master_data import Writer
from data.importing.writing.repeated_keys import Plans, planned_facts
from data.importing.writing.same_bytes import imports_of_same_bytes
from data.importing.writing.whole_lists import Missing, ended_by_table, with_missing_facts


@dataclass(frozen=True)
class FilePlan:
    """records: by block of the mapping. facts: what becomes of those that happened. gone: codes of buildings that end.

    same_bytes: imports that brought this very file, the latest first. repeated, ended, missing: as in an Outcome.
    """

    records: Mapping[str, Records]
    facts: Plans
    gone: Sequence[str]
    same_bytes: Sequence[Import]
    repeated: int
    ended: Mapping[str, int]
    missing: Mapping[str, Missing]


def planned(
    writer: Writer, mapping: SourceMapping, records: Mapping[str, Records], faults: RowErrors, sha256: str
) -> FilePlan:
    """Adds to `faults` the rows that repeat stored facts and are not to. Raises FileRefused."""
    completed = {name: _completed(writer, of_block, mapping, name) for name, of_block in records.items()}
    same_bytes = imports_of_same_bytes(writer.session, writer.city, sha256, writer.import_id)
    twins = tuple(record.id for record in same_bytes)
    facts, repeated = planned_facts(writer, completed, mapping, twins, mapping.repeated_keys, faults)
    facts, missing = with_missing_facts(facts, faults, mapping.end_missing)
    gone: list[str] = []
    if "building" in completed:
        gone, unlisted = missing_buildings(writer, completed["building"], faults, mapping.end_missing)
        missing |= {"buildings": unlisted} if unlisted else {}
    ended = ended_by_table(facts)
    ended |= {"buildings": len(gone)} if gone else {}
    return FilePlan(completed, facts, gone, same_bytes, repeated, ended, missing)


def _completed(writer: Writer, records: Records, mapping: SourceMapping, name: str) -> Records:
    """Buildings with the days on which they ended, inspections with the check-list that their answers follow."""
    answers = mapping.blocks[name].answers
    if records.target.name == "building":
        return with_endings(writer, records)
    if not answers:
        return records
    checklist = np.full(len(records.key), checklist_id(writer, answers), object)
    return replace(records, values={**records.values, "checklist_id": checklist})
