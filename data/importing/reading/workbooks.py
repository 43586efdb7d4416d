"""XLSX: the sheet that is named or has the columns, and what would otherwise be overlooked in it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from data.errors import why_not
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import Content, ReadFrom
from data.importing.reading.headings import LOOKED_AT, Heading, check_columns, elsewhere, heading_of, lacking
from data.importing.reading.workbook_xml import SheetDetails, details_of
from scoring.errors import Sentence

EXACT_DIGITS = 1e15  # from here on a spreadsheet's number is no longer what was typed
DAMAGE = (CalamineError, ValueError, IndexError, OSError)


@dataclass(frozen=True)
class Sheets:
    """The sheets of a workbook that hold cells, those that are shown before hidden ones, and their first lines.

    tables: each sheet is unpacked once, which is most of the work. names: of all sheets, empty ones too.
    """

    tables: dict[str, CalamineSheet]
    starts: dict[str, list[list[str]]]
    names: tuple[str, ...]


def read_xlsx(name: str, data: bytes, layout: Layout) -> Content:
    """The table of a sheet. Raises FileRefused."""
    details = details_of(name, data)
    try:
        sheets = _sheets(CalamineWorkbook.from_filelike(io.BytesIO(data)))
        sheet = _chosen(name, sheets, layout)
        rows = sheets.tables[sheet].to_python(skip_empty_area=False)
        merged = sheets.tables[sheet].merged_cell_ranges or []
        of_sheets = _sheet_notes(sheets, sheet, layout)
    except PasswordError as error:
        raise FileRefused("{name}: the workbook is locked by a password; save it without one.", name=name) from error
    except DAMAGE as error:
        raise FileRefused(
            "{name}: the {what} is damaged ({why}); save it again.",
            name=name,
            what=Sentence("workbook"),
            why=why_not(error),
        ) from error
    found = details.of(sheet)
    for row, column, text in found.errors:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    start = sheets.starts[sheet]
    heading = heading_of(name, start, layout)
    check_columns(name, heading.names, layout, start)
    cells = rows[heading.row + 1 :]
    columns = {index: [cell_text(row[index]) for row in cells] for index in range(len(heading.names))}
    frame = pd.DataFrame(columns, dtype=str).set_axis(list(heading.names), axis=1)
    notes = (*heading.note(), *_notes(found, heading, merged), *of_sheets)
    read_from = ReadFrom(sheet, tuple(sheets.starts), heading.row + 2 - heading.lines)
    return Content(frame, notes=notes, read_from=read_from)


def _sheets(book: CalamineWorkbook) -> Sheets:
    tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    hidden = frozenset(sheet.name for sheet in tables if sheet.visible != SheetVisibleEnum.Visible)
    names = sorted((sheet.name for sheet in tables), key=lambda one: one in hidden)
    unpacked, starts = {}, {}
    for sheet in names:
        table = book.get_sheet_by_name(sheet)
        rows = table.to_python(skip_empty_area=False, nrows=LOOKED_AT)
        start = [[cell_text(cell) for cell in row] for row in rows]
        if any(cell for row in start for cell in row):
            unpacked[sheet], starts[sheet] = table, start
    return Sheets(unpacked, starts, tuple(names))


def _chosen(name: str, sheets: Sheets, layout: Layout) -> str:
    known = tuple(sheets.starts)
    if layout.sheet and layout.sheet not in sheets.starts:
        if layout.sheet in sheets.names:
            raise FileRefused(
                "{name}: the sheet '{sheet}' is empty; choose another with 'sheet' in the mapping.",
                name=name,
                sheet=layout.sheet,
            )
        raise FileRefused(
            "{name}: there is no sheet '{sheet}', only {known}; correct 'sheet' in the mapping.",
            name=name,
            sheet=layout.sheet,
            known=known,
        )
    if layout.sheet:
        return layout.sheet
    if not known:
        raise FileRefused("{name}: no sheet of the workbook holds anything; export it again.", name=name)
    if layout.looking:
        return max(known, key=lambda sheet: (_is_table(sheets.starts[sheet]), -known.index(sheet)))
    return _with_the_columns(name, sheets, layout)


def _is_table(start: Sequence[Sequence[str]]) -> bool:
    return len(start) > 1 and sum(bool(cell) for row in start for cell in row[1:]) > 1


def _with_the_columns(name: str, sheets: Sheets, layout: Layout) -> str:
    """The first sheet if it has the columns, else the only one that has. Raises FileRefused."""
    having = [sheet for sheet, start in sheets.starts.items() if _has_columns(start, layout)]
    first = next(iter(sheets.starts))
    if first in having or not having:
        others = [sheet for sheet, start in sheets.starts.items() if elsewhere(start, layout) is not None]
        return others[0] if not having and len(others) == 1 else first
    if len(having) > 1:
        raise FileRefused(
            "{name}: the sheets {sheets} all have the columns; name one with 'sheet' in {mapping_file}.",
            name=name,
            sheets=tuple(having),
            mapping_file=layout.mapping_file,
        )
    return having[0]


def _has_columns(start: Sequence[Sequence[str]], layout: Layout) -> bool:
    try:
        return not lacking(heading_of("", start, layout).names, layout)
    except FileRefused:  # a column stands twice; said when the sheet is read
        return True


def _sheet_notes(sheets: Sheets, chosen: str, layout: Layout) -> tuple[Sentence, ...]:
    """Which sheet is read where it is not the first, and what is not read: the other sheets with a table, and how many
    rows they hold. A sheet that is named is meant."""
    if layout.sheet:
        return ()
    others = [sheet for sheet, start in sheets.starts.items() if sheet != chosen and _is_table(start)]
    told = tuple(f"'{sheet}' ({sheets.tables[sheet].height - 1:,})" for sheet in others)
    if told and layout.looking:
        return (
            Sentence(
                "Only the sheet '{sheet}' is read. Others hold rows too: {others}; choose one above if it is meant.",
                sheet=chosen,
                others=told,
            ),
        )
    if told:
        return (
            Sentence(
                "Only the sheet '{sheet}' is read. Others hold rows too: {others}; 'sheet' in the mapping names "
                "another.",
                sheet=chosen,
                others=told,
            ),
        )
    if chosen != next(iter(sheets.starts)) and not layout.looking:
        return (Sentence("The sheet '{sheet}' is read: no other has the columns.", sheet=chosen),)
    return ()


def _notes(found: SheetDetails, heading: Heading, merged: Sequence) -> tuple[Sentence, ...]:
    below = [area for area in merged if area[0][0] > heading.row]
    said = []
    if found.hidden_rows:
        said.append(
            Sentence(
                "Hidden rows of the sheet are read like the others: {rows:,}; delete them if they are not meant.",
                rows=found.hidden_rows,
            )
        )
    if found.hidden_columns:
        said.append(
            Sentence(
                "Hidden columns of the sheet can be read like the others: {columns:,}.", columns=found.hidden_columns
            )
        )
    if found.without_value:
        first = min(row for row, _ in found.without_value) + 1
        said.append(
            Sentence(
                "Cells with a formula of which no result is saved: {cells:,}, the first in row {first}; they count as "
                "empty. Open the workbook in a spreadsheet program and save it.",
                cells=len(found.without_value),
                first=first,
            )
        )
    if below:
        said.append(
            Sentence(
                "Merged cells among the rows: {cells:,}; only the first row and column of each has the text.",
                cells=len(below),
            )
        )
    return tuple(said)


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
