"""A file read by its mapping: every row's values, and what is wrong with it, before the database is asked."""

from dataclasses import dataclass

import numpy as np

from data.importing.checking.days import Clock
from data.importing.checking.parsed_rows import ParsedRows, fill, leave_out, off_map_reasons
from data.importing.checking.row_errors import RowErrors
from data.importing.checking.suspect_rows import set_suspects_aside
from data.importing.mapping.alternatives import with_columns_of
from data.importing.mapping.schema import SourceMapping
from data.importing.reading.tables import SourceTable


@dataclass(frozen=True)
class Prepared:
    """parsed: by block of the mapping. off_map: why a row's building is not drawn, None where it is; object (rows,)."""

    file_name: str
    mapping: SourceMapping
    table: SourceTable
    parsed: dict[str, ParsedRows]
    faults: RowErrors
    off_map: np.ndarray


def prepare(name: str, mapping: SourceMapping, table: SourceTable, clock: Clock) -> Prepared:
    mapping = with_columns_of(mapping, table.frame.columns)
    faults = RowErrors(len(table.frame))
    leave_out(table.frame, table.geometry, mapping, faults)
    set_suspects_aside(table.frame, mapping, faults)
    parsed = {name: fill(block, table.frame, mapping, clock, faults) for name, block in mapping.blocks.items()}
    return Prepared(name, mapping, table, parsed, faults, off_map_reasons(table.frame, table.geometry, mapping))
