"""What is to become of a file, settled before anything of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.db.models.city import Import
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowErrors
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.areas_in_use import AreaInUse
from data.importing.writing.events import checklist_id
from data.importing.writing.master_data import MASTERS, Key, Writer
from data.importing.writing.master_lists import missing_rows, with_endings
from data.importing.writing.repeated_keys import Plans, planned_facts
from data.importing.writing.same_bytes import imports_of_same_bytes
from data.importing.writing.whole_lists import Missing, ended_by_table, with_missing_facts


@dataclass(frozen=True)
class FilePlan:
    """records: by block of the mapping. facts: what becomes of those that happened. gone: by block of the mapping, the
    keys of what ends of its areas, buildings, projects, homes or officers.

    same_bytes: imports that brought this very file, the latest first. repeated, ended, missing: as in an Outcome.
    """

    records: Mapping[str, Records]
    facts: Plans
    gone: Mapping[str, Sequence[Key]]
    same_bytes: Sequence[Import]
    repeated: int
    ended: Mapping[str, int]
    missing: Mapping[str, Missing]

    def ended_but(self, in_use: Sequence[AreaInUse]) -> Mapping[str, int]:
        """`ended` without areas that were to end and stand on."""
        missing = set(self.gone.get("area", ()))
        standing = sum((area.level, area.code) in missing for area in in_use)
        counts = {table: count - standing if table == "areas" else count for table, count in self.ended.items()}
        return {table: count for table, count in counts.items() if count}


def planned(
    writer: Writer, mapping: SourceMapping, records: Mapping[str, Records], faults: RowErrors, sha256: str
) -> FilePlan:
    """Adds to `faults` the rows that repeat stored facts and are not to. Raises FileRefused."""
    completed = {name: _completed(writer, of_block, mapping, name) for name, of_block in records.items()}
    same_bytes = imports_of_same_bytes(writer.session, writer.city, sha256, writer.import_id)
    twins = tuple(record.id for record in same_bytes)
    facts, repeated = planned_facts(writer, completed, mapping, twins, mapping.repeated_keys, faults)
    facts, missing = with_missing_facts(facts, faults, mapping.end_missing)
    gone, ended = {}, ended_by_table(facts)
    for name, of_block in completed.items():
        if of_block.target.model not in MASTERS:
            continue
        gone[name], unlisted = missing_rows(writer, of_block, faults, mapping.end_missing)
        missing |= {of_block.target.plural: unlisted} if unlisted else {}
        ended |= {of_block.target.plural: len(gone[name])} if gone[name] else {}
    return FilePlan(completed, facts, gone, same_bytes, repeated, ended, missing)


def _completed(writer: Writer, records: Records, mapping: SourceMapping, name: str) -> Records:
    """Master data with the days on which it ended, inspections with the check-list that their answers follow."""
    answers = mapping.blocks[name].answers
    if records.target.model in MASTERS:
        return with_endings(writer, records)
    if not answers:
        return records
    checklist = np.full(len(records.key), checklist_id(writer, answers), object)
    return replace(records, values={**records.values, "checklist_id": checklist})
