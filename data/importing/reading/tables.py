"""From the bytes of a file to a table of texts, and the geometry beside it. Nothing is fetched, nothing is guessed."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import why_not
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import FROM_THE_WHOLE, Content, ReadFrom
from data.importing.reading.file_type import CHUNK, check_size, kind_of
from data.importing.reading.headings import check_columns
from data.importing.reading.text_tables import check_width, first_rows, read_csv
from data.importing.reading.workbooks import read_xlsx
from data.importing.source_formats import SOURCE_FORMATS
from data.importing.writing.rejected_rows import OWN_COLUMNS, plain_cells
from scoring.errors import Sentence

HANDED_BACK = Layout("", "", (), (), delimiter=",", heading_row=1, encoding="utf-8")  # as rejected rows are written


@dataclass(frozen=True)
class SourceTable:
    """The rows of one file, unchanged.

    frame: texts, "" where empty, one column a heading. row_numbers: 1 is the first row after the heading.
    geometry: shapely in lon, lat degrees or None, object (rows,); None where the file has none.
    geometry_faults: object (rows,), RowError or None. notes: what a person should know of how it was read.
    """

    kind: str
    sha256: str
    frame: pd.DataFrame
    row_numbers: np.ndarray
    geometry: np.ndarray | None = None
    geometry_faults: np.ndarray | None = None
    notes: tuple[Sentence, ...] = ()
    read_from: ReadFrom = FROM_THE_WHOLE


def size_of(path: Path, name: str) -> int:
    """Bytes of a file that may be read. Raises FileRefused."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device has no end that could be known
            raise OSError(errno.EINVAL, "it is no ordinary file")
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    check_size(name, status.st_size)
    return status.st_size


def read_file(path: Path, name: str, layout: Layout) -> SourceTable:
    """The table of the file at `path`, called `name` in sentences. Raises FileRefused with the cure."""
    size_of(path, name)
    return read_table(name, _bytes(path, name), layout)


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError | ValueError) -> FileRefused:
    if isinstance(error, PermissionError):
        return FileRefused(
            "{name}: the user that runs the program may not read it; give that user the right to.", name=name
        )
    why = why_not(error) if isinstance(error, OSError) else Sentence("its name holds a sign no name may hold")
    return FileRefused("{name}: cannot be read ({why}); name a file that is there.", name=name, why=why)


def read_table(name: str, data: bytes, layout: Layout) -> SourceTable:
    """The file's table, with every column the layout names. Raises FileRefused with the cure."""
    kind = kind_of(name, data, layout.encoding)
    content = _handed_back(name, kind, data, layout)
    if content is None:
        _check_format(name, kind, layout)
        content = READERS[kind](name, data, layout)
    frame = content.frame
    check_width(name, frame.shape[1])
    check_columns(name, [str(column) for column in frame.columns], layout)
    geometry = content.geometry
    has_content = np.ones(len(frame), bool) if geometry is not None else (frame != "").to_numpy().any(axis=1)
    if not has_content.any():
        raise FileRefused("{name}: there is a heading and no row; export the file again.", name=name)
    return SourceTable(
        kind,
        hashlib.sha256(data).hexdigest(),
        frame[has_content].reset_index(drop=True),
        np.flatnonzero(has_content) + 1,
        geometry,
        content.faults,
        content.notes,
        content.read_from,
    )


def _check_format(name: str, kind: str, layout: Layout) -> None:
    if kind in layout.formats:
        return
    formats: Iterable[str | Sentence] = layout.formats
    raise FileRefused(
        "{name}: this is {kind}, and {mapping} reads {formats}; export it in that format, "
        "or add \"{kind}\" to 'format' in {mapping_file}.",
        name=name,
        kind=kind,
        mapping=layout.mapping,
        formats=reduce(lambda left, right: Sentence("{left} or {right}", left=left, right=right), formats),
        mapping_file=layout.mapping_file,
    )


def _handed_back(name: str, kind: str, data: bytes, layout: Layout) -> Content | None:
    """The rows of a file we wrote ourselves, mended and handed in again, whatever format the mapping reads; else None.

    Such rows come as CSV, and as GeoJSON where they had geometry.
    """
    if kind == "csv" and _is_rejected_rows(data):
        content = read_csv(name, data, HANDED_BACK)
        return Content(plain_cells(content.frame), read_from=content.read_from)
    formats = [SOURCE_FORMATS[one] for one in layout.formats]
    if kind == "geojson" and kind not in layout.formats and any(one.has_geometry for one in formats):
        content = _read_geojson(name, data, layout)
        return content if content.was_rejected else None
    return None


def _is_rejected_rows(data: bytes) -> bool:
    start = data[:CHUNK].decode("utf-8-sig", errors="replace")
    heading = first_rows(start, ",", 1)
    return bool(heading) and set(OWN_COLUMNS) <= set(heading[0])


def _read_geojson(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.geojson_files import read_geojson  # 0.2 s that other files need not wait for

    return read_geojson(name, data, layout)


def _read_gpkg(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.geometry_files import read_gpkg

    return read_gpkg(name, data, layout)


def _read_shapefile(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.shapefiles import read_shapefile

    return read_shapefile(name, data, layout)


def _read_parquet(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.parquet_files import read_parquet

    return read_parquet(name, data)


READERS: Mapping[str, Callable[[str, bytes, Layout], Content]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "geojson": _read_geojson,
    "gpkg": _read_gpkg,
    "shapefile": _read_shapefile,
    "parquet": _read_parquet,
    "geoparquet": _read_parquet,
}
