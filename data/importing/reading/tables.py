"""From the bytes of a file to a table of texts, and the geometry beside it. Nothing is fetched, nothing is guessed."""

import csv
import errno
import hashlib
import io
import itertools
import os
import stat
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from data.importing.errors import FileRefused
from data.importing.mapping.schema import Layout
from data.importing.reading.file_type import check_size, kind_of
from data.importing.writing.rejected_rows import OWN_COLUMNS, plain_cells

MOST_COLUMNS = 2_000  # a hundred are many; far more only take time and memory
EXACT_DIGITS = 1e15  # from here on a spreadsheet's number is no longer what was typed
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class SourceTable:
    """The rows of one file, unchanged.

    frame: texts, "" where empty, one column a heading. row_numbers: 1 is the first row after the heading.
    geometry: shapely in lon, lat degrees or None, object (rows,); None where the file has none.
    geometry_faults: object (rows,), RowError or None.
    """

    kind: str
    sha256: str
    frame: pd.DataFrame
    row_numbers: np.ndarray
    geometry: np.ndarray | None = None
    geometry_faults: np.ndarray | None = None


def size_of(path: Path, name: str) -> int:
    """Bytes of a file that may be read. Raises FileRefused."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device has no end that could be known
            raise OSError(errno.EINVAL, "it is no ordinary file")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", error)
        raise FileRefused(f"{name}: cannot be read ({why}); name a file that is there.") from error
    check_size(name, status.st_size)
    return status.st_size


def read_file(path: Path, name: str, layout: Layout) -> SourceTable:
    """The table of the file at `path`, called `name` in sentences. Raises FileRefused with the cure."""
    size_of(path, name)
    try:
        return read_table(name, path.read_bytes(), layout)
    except OSError as error:
        raise FileRefused(f"{name}: cannot be read ({error.strerror}); name a file that is there.") from error


def read_table(name: str, data: bytes, layout: Layout) -> SourceTable:
    """The file's table, with every column the layout names. Raises FileRefused with the cure."""
    kind = kind_of(name, data)
    text = decoded(name, data) if kind == "csv" else ""
    is_rejected_rows = set(OWN_COLUMNS) <= set(_heading(text, ",", 0))
    if kind not in layout.formats and not (is_rejected_rows and "xlsx" in layout.formats):
        wanted = " or ".join(layout.formats)
        cure = f"export it in that format, or add \"{kind}\" to 'format' in {layout.mapping_file}"
        raise FileRefused(f"{name}: this is {kind}, and {layout.mapping} reads {wanted}; {cure}.")
    geometry = faults = None
    if is_rejected_rows:
        frame = plain_cells(_csv(name, text, ",", 0))
    elif kind == "csv":
        frame = _csv(name, text, layout.delimiter, layout.heading_row - 1)
    elif kind == "xlsx":
        frame = _xlsx(name, data, layout)
    else:
        frame, geometry, faults = _with_geometry(kind, name, data, layout.layer)
    _check_width(name, frame.shape[1])
    _check_columns(name, frame, layout)
    has_content = np.ones(len(frame), bool) if geometry is not None else (frame != "").to_numpy().any(axis=1)
    if not has_content.any():
        raise FileRefused(f"{name}: there is a heading and no row; export the file again.")
    numbers = np.flatnonzero(has_content) + 1
    sha256 = hashlib.sha256(data).hexdigest()
    return SourceTable(kind, sha256, frame[has_content].reset_index(drop=True), numbers, geometry, faults)


def _with_geometry(kind: str, name: str, data: bytes, layer: str | None):
    from data.importing.reading.geometry_files import (  # 0.2 s that other files need not wait for
        read_geojson,
        read_gpkg,
    )

    return read_geojson(name, data) if kind == "geojson" else read_gpkg(name, data, layer)


def decoded(name: str, data: bytes) -> str:
    """The text of UTF-8, with or without a byte order mark, or of GB18030. Raises FileRefused."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(f"{name}: the encoding is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'.")


def _csv(name: str, text: str, delimiter: str, skipped: int) -> pd.DataFrame:
    """skipped: lines above the heading."""
    heading = _heading(text, delimiter, skipped)
    _check_width(name, len(heading))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text),
                sep=delimiter,
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                index_col=False,
                skiprows=skipped,
                skip_blank_lines=False,
            )
    except pd.errors.EmptyDataError as error:
        raise FileRefused(f"{name}: the file is empty; export it again.") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        if "out of memory" in str(error):
            raise MemoryError from error
        why = str(error).replace("Error tokenizing data. C error: ", "").strip().rstrip(".")
        cure = "mend that line, or put quotes round its commas"
        raise FileRefused(f"{name}: the rows do not fit the heading ({why}); {cure}.") from error
    return _headed(name, frame, heading)


def _check_width(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        cure = "leave out those that are not needed"
        raise FileRefused(f"{name}: there are {columns:,} columns; at most {MOST_COLUMNS:,} are read, {cure}.")


def _heading(text: str, delimiter: str, skipped: int) -> list[str]:
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return next(itertools.islice(lines, skipped, None), [])
    except csv.Error:
        return []


def _headed(name: str, frame: pd.DataFrame, heading: list[str]) -> pd.DataFrame:
    names = [heading_cell.strip() for heading_cell in heading]
    twice = next((column for column, times in Counter(names).items() if column and times > 1), None)
    if twice:
        raise FileRefused(f"{name}: the heading has the column '{twice}' twice; rename or remove one.")
    return frame.set_axis(names, axis=1) if len(names) == frame.shape[1] else frame


def _xlsx(name: str, data: bytes, layout: Layout) -> pd.DataFrame:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = layout.sheet or book.sheet_names[0]
        if sheet not in book.sheet_names:
            known = ", ".join(book.sheet_names)
            raise FileRefused(f"{name}: there is no sheet '{sheet}', only {known}; correct 'sheet' in the mapping.")
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise FileRefused(f"{name}: the workbook is damaged ({error}); save it again.") from error
    rows = rows[layout.heading_row - 1 :]
    if not rows:
        raise FileRefused(f"{name}: the sheet '{sheet}' is empty; choose another with 'sheet' in the mapping.")
    columns = {index: [cell_text(row[index]) for row in rows[1:]] for index in range(len(rows[0]))}
    return _headed(name, pd.DataFrame(columns, dtype=str), [cell_text(cell) for cell in rows[0]])


def cell_text(cell: object) -> str:
    """A cell as text: days in ISO 8601; a number past 15 digits in the form that shows it was cut short."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_DIGITS:
            return f"{float(cell):.14e}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _check_columns(name: str, frame: pd.DataFrame, layout: Layout) -> None:
    missing = [column for column in layout.columns if column not in frame.columns]
    if not missing:
        return
    heading = ", ".join(str(column) for column in frame.columns)
    one_column = frame.shape[1] == 1 and any(mark in heading for mark in ";\t|")
    hint = " The heading is one column: say 'delimiter' in the mapping." if one_column else ""
    named = ", ".join(f"'{column}'" for column in missing[:5])
    there = heading if len(heading) <= 300 else f"{heading[:297]}…"
    verb = "column {} is" if len(missing) == 1 else "columns {} are"
    cure = f"correct the heading, or {layout.mapping_file}"
    raise FileRefused(f"{name}: the {verb.format(named)} missing (there are: {there}); {cure}.{hint}")
