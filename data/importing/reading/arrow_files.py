"""A table on its way from one process to another: one Arrow file, nothing in it that could run."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from data.importing.checking.object_arrays import nulls, objects
from data.importing.checking.row_errors import RowError
from data.importing.reading.content import ReadFrom
from data.importing.reading.packed_sentences import packed, unpacked
from data.importing.reading.tables import SourceTable

NUMBERS, SHAPES, REASONS, SENTENCES = "row_numbers", "geometry", "fault_reasons", "fault_sentences"


def write_table(path: Path, table: SourceTable) -> None:
    """Columns of the frame under their index, as headings may be empty; the headings as JSON."""
    frame = table.frame
    columns = {str(index): pa.array(frame.iloc[:, index], pa.large_string()) for index in range(frame.shape[1])}
    columns[NUMBERS] = pa.array(table.row_numbers, pa.int64())
    if table.geometry is not None and table.geometry_faults is not None:
        import shapely  # only files with geometry need it

        faults = table.geometry_faults.tolist()
        columns[SHAPES] = pa.array(shapely.to_wkb(table.geometry).tolist(), pa.large_binary())
        columns[REASONS] = pa.array([fault and fault.reason for fault in faults], pa.string())
        columns[SENTENCES] = pa.array([fault and packed(fault) for fault in faults], pa.string())
    about: dict[str, object] = {
        "kind": table.kind,
        "sha256": table.sha256,
        "headings": [str(heading) for heading in frame.columns],
    }
    about |= {"notes": [packed(note) for note in table.notes], "read_from": asdict(table.read_from)}
    whole = pa.table(columns).replace_schema_metadata({"about": json.dumps(about)})
    with pa.ipc.new_file(str(path), whole.schema) as file:
        file.write_table(whole)


def read_back(path: Path) -> SourceTable:
    """The table `write_table` left."""
    with pa.OSFile(str(path)) as source:
        whole = pa.ipc.open_file(source).read_all()
    about = json.loads(whole.schema.metadata[b"about"])
    texts = {index: whole.column(str(index)).to_pandas() for index in range(len(about["headings"]))}
    frame = pd.DataFrame(texts, dtype=str, index=range(whole.num_rows)).set_axis(about["headings"], axis=1)
    geometry, faults = _geometry(whole) if SHAPES in whole.column_names else (None, None)
    numbers = whole.column(NUMBERS).to_numpy()
    notes = tuple(unpacked(note) for note in about["notes"])
    read_from = ReadFrom(**about["read_from"] | {"parts": tuple(about["read_from"]["parts"])})
    return SourceTable(about["kind"], about["sha256"], frame, numbers, geometry, faults, notes, read_from)


def _geometry(whole: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    import shapely

    geometry = nulls(whole.num_rows)
    geometry[:] = shapely.from_wkb(whole.column(SHAPES).to_pylist())
    faults = zip(whole.column(REASONS).to_pylist(), whole.column(SENTENCES).to_pylist(), strict=True)
    return geometry, objects([_fault(reason, sentence) if reason else None for reason, sentence in faults])


def _fault(reason: str, kept: str) -> RowError:
    sentence = unpacked(kept)
    return RowError(reason, sentence.template, **sentence.values)
