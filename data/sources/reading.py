"""From the bytes of a file to a table of texts, and the geometry beside it. Nothing is fetched, nothing is guessed."""

import csv
import io
import itertools
import warnings
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from data.sources.errors import FileRefused
from data.sources.geometry_files import read_geojson, read_gpkg
from data.sources.mapping import SourceMapping
from data.sources.set_aside import OWN_COLUMNS, plain_cells
from data.sources.sniffing import kind_of

EXACT_DIGITS = 1e15  # from here on a spreadsheet's number is no longer what was typed
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class SourceTable:
    """The rows of one file as they stand in it.

    frame: texts, "" where empty, one column a heading. row_numbers: 1 is the first row after the heading.
    geometry: shapely in lon, lat degrees or None, object (rows,); None where the file has none.
    geometry_faults: object (rows,), Fault or None.
    """

    kind: str
    frame: pd.DataFrame
    row_numbers: np.ndarray
    geometry: np.ndarray | None = None
    geometry_faults: np.ndarray | None = None


def read_table(name: str, data: bytes, mapping: SourceMapping) -> SourceTable:
    """The file's table, with every column the mapping reads. Raises FileRefused with the cure."""
    kind = kind_of(name, data)
    text = decoded(name, data) if kind == "csv" else ""
    handed_back = set(OWN_COLUMNS) <= set(_heading(text, ",", 0))
    if kind not in mapping.formats and not (handed_back and "xlsx" in mapping.formats):
        wanted = " or ".join(mapping.formats)
        cure = f"export it in that format, or add \"{kind}\" to 'format' in {mapping.path.name}"
        raise FileRefused(f"{name}: this is {kind}, and {mapping.name} reads {wanted}; {cure}.")
    geometry = faults = None
    if handed_back:
        frame = plain_cells(_csv(name, text, ",", 0))
    elif kind == "csv":
        frame = _csv(name, text, mapping.delimiter, mapping.heading_row - 1)
    elif kind == "xlsx":
        frame = _xlsx(name, data, mapping)
    else:
        reader = read_geojson if kind == "geojson" else read_gpkg
        frame, geometry, faults = reader(name, data, mapping)
    _check_columns(name, frame, mapping)
    filled = np.ones(len(frame), bool) if geometry is not None else (frame != "").to_numpy().any(axis=1)
    if not filled.any():
        raise FileRefused(f"{name}: there is a heading and no row; export the file again.")
    numbers = np.flatnonzero(filled) + 1
    return SourceTable(kind, frame[filled].reset_index(drop=True), numbers, geometry, faults)


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
        why = str(error).replace("Error tokenizing data. C error: ", "").strip().rstrip(".")
        cure = "mend that line, or put quotes round its commas"
        raise FileRefused(f"{name}: the rows do not fit the heading ({why}); {cure}.") from error
    return _headed(name, frame, _heading(text, delimiter, skipped))


def _heading(text: str, delimiter: str, skipped: int) -> list[str]:
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return next(itertools.islice(lines, skipped, None), [])
    except csv.Error:
        return []


def _headed(name: str, frame: pd.DataFrame, heading: list[str]) -> pd.DataFrame:
    names = [one.strip() for one in heading]
    twice = next((one for one in names if one and names.count(one) > 1), None)
    if twice:
        raise FileRefused(f"{name}: the heading has the column '{twice}' twice; rename or remove one.")
    return frame.set_axis(names, axis=1) if len(names) == frame.shape[1] else frame


def _xlsx(name: str, data: bytes, mapping: SourceMapping) -> pd.DataFrame:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = mapping.sheet or book.sheet_names[0]
        if sheet not in book.sheet_names:
            known = ", ".join(book.sheet_names)
            raise FileRefused(f"{name}: there is no sheet '{sheet}', only {known}; correct 'sheet' in the mapping.")
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise FileRefused(f"{name}: the workbook is damaged ({error}); save it again.") from error
    rows = rows[mapping.heading_row - 1 :]
    if not rows:
        raise FileRefused(f"{name}: the sheet '{sheet}' is empty; choose another with 'sheet' in the mapping.")
    columns = {place: [cell_text(row[place]) for row in rows[1:]] for place in range(len(rows[0]))}
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


def _check_columns(name: str, frame: pd.DataFrame, mapping: SourceMapping) -> None:
    missing = [column for column in mapping.columns() if column not in frame.columns]
    if not missing:
        return
    heading = ", ".join(str(column) for column in frame.columns)
    one_column = frame.shape[1] == 1 and any(mark in heading for mark in ";\t|")
    hint = " The heading is one column: say 'delimiter' in the mapping." if one_column else ""
    named = ", ".join(f"'{column}'" for column in missing[:5])
    there = heading if len(heading) <= 300 else f"{heading[:297]}…"
    verb = "column {} is" if len(missing) == 1 else "columns {} are"
    cure = f"correct the heading, or {mapping.path.name}"
    raise FileRefused(f"{name}: the {verb.format(named)} missing (there are: {there}); {cure}.{hint}")
