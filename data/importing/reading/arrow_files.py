"""A table on its way from one process to another: one Arrow file, nothing in it that could run."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc

from data.importing.checking.object_arrays import nulls, objects
from data.importing.checking.row_errors import RowError
from data.importing.reading.packed_sentences import packed, unpacked
from data.importing.reading.tables import SourceTable

NUMBERS, SHAPES, REASONS, SENTENCES = "row_numbers", "geometry", "fault_reasons", "fault_sentences"


def write_table(path: Path, table: SourceTable) -> None:
    """Columns of the frame under their places, as names of theirs may be empty; the headings as JSON."""
    columns = {str(place): pa.array(table.frame.iloc[:, place], pa.large_string()) for place in _places(table.frame)}
    columns[NUMBERS] = pa.array(table.row_numbers, pa.int64())
    if table.geometry is not None and table.geometry_faults is not None:
        import shapely  # only files with geometry need it

        faults = table.geometry_faults.tolist()
        columns[SHAPES] = pa.array(shapely.to_wkb(table.geometry).tolist(), pa.large_binary())
        columns[REASONS] = pa.array([one and one.reason for one in faults], pa.string())
        columns[SENTENCES] = pa.array([one and packed(one) for one in faults], pa.string())
    notes = {"kind": table.kind, "sha256": table.sha256, "headings": [str(one) for one in table.frame.columns]}
    whole = pa.table(columns).replace_schema_metadata({"notes": json.dumps(notes)})
    with pa.ipc.new_file(str(path), whole.schema) as file:
        file.write_table(whole)


def _places(frame: pd.DataFrame) -> range:
    return range(frame.shape[1])


def read_back(path: Path) -> SourceTable:
    """The table `write_table` left."""
    with pa.OSFile(str(path)) as source:
        whole = pa.ipc.open_file(source).read_all()
    notes = json.loads(whole.schema.metadata[b"notes"])
    texts = {place: whole.column(str(place)).to_pandas() for place in range(len(notes["headings"]))}
    frame = pd.DataFrame(texts, dtype=str).set_axis(notes["headings"], axis=1)
    geometry, faults = _drawn(whole) if SHAPES in whole.column_names else (None, None)
    numbers = whole.column(NUMBERS).to_numpy()
    return SourceTable(notes["kind"], notes["sha256"], frame, numbers, geometry, faults)


def _drawn(whole: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    import shapely

    geometry = nulls(whole.num_rows)
    geometry[:] = shapely.from_wkb(whole.column(SHAPES).to_pylist())
    zip_columns = zip(whole.column(REASONS).to_pylist(), whole.column(SENTENCES).to_pylist(), strict=True)
    return geometry, objects([_fault(reason, sentence) if reason else None for reason, sentence in zip_columns])


def _fault(reason: str, kept: str) -> RowError:
    sentence = unpacked(kept)
    return RowError(reason, sentence.template, **sentence.values)
