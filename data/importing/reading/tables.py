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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from data.errors import why_not
from data.importing.errors import FileRefused
from data.importing.mapping.schema import Layout
from data.importing.reading.file_type import CHUNK, check_size, kind_of
from data.importing.writing.rejected_rows import OWN_COLUMNS, plain_cells
from scoring.errors import Sentence

MOST_COLUMNS = 2_000  # a hundred are many; far more only take time and memory
EXACT_DIGITS = 1e15  # from here on a spreadsheet's number is no longer what was typed
ENCODINGS = ("utf-8-sig", "gb18030")
Content = tuple[pd.DataFrame, np.ndarray | None, np.ndarray | None]  # frame, geometry and its faults, as in a table


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
    kind = kind_of(name, data)
    is_rejected_rows = kind == "csv" and _is_rejected_rows(data)
    if kind not in layout.formats and not (is_rejected_rows and "xlsx" in layout.formats):
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
    if is_rejected_rows:
        frame, geometry, faults = plain_cells(_csv(name, decoded(name, data), ",", 0)), None, None
    else:
        frame, geometry, faults = READERS[kind](name, data, layout)
    _check_width(name, frame.shape[1])
    _check_columns(name, frame, layout)
    has_content = np.ones(len(frame), bool) if geometry is not None else (frame != "").to_numpy().any(axis=1)
    if not has_content.any():
        raise FileRefused("{name}: there is a heading and no row; export the file again.", name=name)
    numbers = np.flatnonzero(has_content) + 1
    sha256 = hashlib.sha256(data).hexdigest()
    return SourceTable(kind, sha256, frame[has_content].reset_index(drop=True), numbers, geometry, faults)


def _is_rejected_rows(data: bytes) -> bool:
    """Whether these are rows we rejected ourselves, mended and handed in again; such files are UTF-8."""
    start = data[:CHUNK].decode("utf-8-sig", errors="replace")
    return set(OWN_COLUMNS) <= set(_heading(start, ",", 0))


def _read_csv(name: str, data: bytes, layout: Layout) -> Content:
    return _csv(name, decoded(name, data), layout.delimiter, layout.heading_row - 1), None, None


def _read_xlsx(name: str, data: bytes, layout: Layout) -> Content:
    return _xlsx(name, data, layout), None, None


def _read_geojson(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.geometry_files import read_geojson  # 0.2 s that other files need not wait for

    return read_geojson(name, data)


def _read_gpkg(name: str, data: bytes, layout: Layout) -> Content:
    from data.importing.reading.geometry_files import read_gpkg

    return read_gpkg(name, data, layout.layer)


READERS: Mapping[str, Callable[[str, bytes, Layout], Content]] = {
    "csv": _read_csv,
    "xlsx": _read_xlsx,
    "geojson": _read_geojson,
    "gpkg": _read_gpkg,
}


def decoded(name: str, data: bytes) -> str:
    """The text of UTF-8, with or without a byte order mark, or of GB18030. Raises FileRefused."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("{name}: the encoding is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'.", name=name)


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
        raise FileRefused("{name}: the file is empty; export it again.", name=name) from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        if "out of memory" in str(error):
            raise MemoryError from error
        why = str(error).replace("Error tokenizing data. C error: ", "").strip().rstrip(".")
        raise FileRefused(
            "{name}: the rows do not fit the heading ({why}); mend that line, or put quotes round its commas.",
            name=name,
            why=why,
        ) from error
    return _headed(name, frame, heading)


def _check_width(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise FileRefused(
            "{name}: there are {columns:,} columns; at most {most_columns:,} are read, leave out those that are not "
            "needed.",
            name=name,
            columns=columns,
            most_columns=MOST_COLUMNS,
        )


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
        raise FileRefused(
            "{name}: the heading has the column '{twice}' twice; rename or remove one.", name=name, twice=twice
        )
    return frame.set_axis(names, axis=1) if len(names) == frame.shape[1] else frame


def _xlsx(name: str, data: bytes, layout: Layout) -> pd.DataFrame:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = layout.sheet or book.sheet_names[0]
        if sheet not in book.sheet_names:
            known = tuple(book.sheet_names)
            raise FileRefused(
                "{name}: there is no sheet '{sheet}', only {known}; correct 'sheet' in the mapping.",
                name=name,
                sheet=sheet,
                known=known,
            )
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise FileRefused("{name}: the workbook is damaged ({why}); save it again.", name=name, why=error) from error
    rows = rows[layout.heading_row - 1 :]
    if not rows:
        raise FileRefused(
            "{name}: the sheet '{sheet}' is empty; choose another with 'sheet' in the mapping.", name=name, sheet=sheet
        )
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
    hint = Sentence(" The heading is one column: say 'delimiter' in the mapping.") if one_column else ""
    named = tuple(f"'{column}'" for column in missing[:5])
    there = heading if len(heading) <= 300 else f"{heading[:297]}…"
    verb = Sentence("column {columns} is" if len(missing) == 1 else "columns {columns} are", columns=named)
    raise FileRefused(
        "{name}: the {verb} missing (there are: {there}); correct the heading, or {mapping_file}.{hint}",
        name=name,
        verb=verb,
        there=there,
        mapping_file=layout.mapping_file,
        hint=hint,
    )
