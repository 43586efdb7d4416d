"""Parquet, and with geometry GeoParquet (1.0 and 1.1, geometry as well-known binary)."""

import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import why_not
from data.importing.errors import FileRefused
from data.importing.reading.content import Content
from data.importing.reading.file_type import LARGEST_UNPACKED_BYTES
from data.importing.reading.geometry_files import texts_of
from data.importing.reading.shapes import in_degrees, of_wkb

WKB = "WKB"
WGS84 = "OGC:CRS84"  # where a file does not say


def read_parquet(name: str, data: bytes) -> Content:
    """Columns as texts, and the primary geometry in degrees where there is one. Raises FileRefused."""
    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _check_size(name, file.metadata)
        table = file.read()
        primary, described = _geometry(file.schema_arrow.metadata or {})
        columns = [field.name for field in table.schema if field.name not in described]
        frame = pd.DataFrame({column: _texts(table, column) for column in columns}, dtype=str)
        wkb = table.column(primary).to_pylist() if primary else []
    except MemoryError:  # Arrow's own is an ArrowException, too
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = why_not(str(error).partition("\n")[0].rstrip("."))
        raise FileRefused(
            "{name}: the Parquet file is damaged ({why}); export it again.", name=name, why=why
        ) from error
    if not primary:
        return Content(frame)
    if described[primary].get("encoding") != WKB or any(
        value is not None and not isinstance(value, bytes) for value in wkb
    ):
        raise FileRefused("{name}: its geometry is no WKB; save it as GeoParquet with WKB geometry.", name=name)
    shapes, faults = of_wkb(wkb)
    crs = described[primary].get("crs", WGS84)
    return Content(frame, in_degrees(name, shapes, json.dumps(crs) if isinstance(crs, dict) else crs), faults)


def _texts(table: pa.Table, column: str) -> list[str]:
    values = table.column(column)
    return (
        [""] * len(values)
        if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type)
        else texts_of(values)
    )


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str | None, dict[str, dict]]:
    """The primary geometry column, and what is said of each column of geometry."""
    if b"geo" not in metadata:
        return None, {}
    geo = json.loads(metadata[b"geo"])
    return geo["primary_column"], dict(geo["columns"])


def _check_size(name: str, metadata: pq.FileMetaData) -> None:
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise FileRefused(
            "{name}: it unfolds to more than {limit} MB; save it as CSV.", name=name, limit=LARGEST_UNPACKED_BYTES >> 20
        )
