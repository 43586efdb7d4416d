"""An Excel workbook of two sheets, the rows and a description; streamed.

XlsxWriter makes the workbook with the headings only. The rows are written into its sheet as they are streamed: by
XlsxWriter they would take three times as long, and a file on the disk.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data.errors import DataError
from data.exports.formula_escape import safe_cell
from data.exports.rows import Export
from data.exports.streaming_zip import DrainingZipTarget

MOST_ROWS = 1_048_575  # a sheet has 1,048,576, the first for headings
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
READ_AS_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x003D_ as "="
WIDTHS = {"text": 16, "whole": 10, "decimal": 12}  # in characters
WIDER = {"code": 24, "name": 24, "address": 36}
DATA = "xl/worksheets/sheet1.xml"
END, RANGE = b"</sheetData>", re.compile(rb'<dimension ref="[^"]*"/>')
LEVEL = 4  # of compression: twice as quick as the usual 6, a few per cent larger


class TooManyRows(DataError):
    """More rows than a sheet of Excel has."""


def workbook(export: Export, data_sheet: str, about_sheet: str) -> Iterator[bytes]:
    """Raises TooManyRows, before anything is read."""
    if len(export.rows) > MOST_ROWS:
        raise TooManyRows(
            "An Excel sheet holds {most_rows:,} rows, not {rows:,}; filter, or take CSV.",
            most_rows=MOST_ROWS,
            rows=len(export.rows),
        )
    return _pieces(export, _without_rows(export, data_sheet, about_sheet))


def _pieces(export: Export, empty: BytesIO) -> Iterator[bytes]:
    target = DrainingZipTarget()
    with ZipFile(empty) as parts, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for part in parts.infolist():
            if part.filename != DATA:
                archive.writestr(part.filename, parts.read(part))
        before, after = RANGE.sub(_range(export), parts.read(DATA)).split(END)
        with archive.open(DATA, "w", force_zip64=True) as file:
            file.write(before)
            yield target.drain()
            letters, row = [xl_col_to_name(index) for index in range(len(export.columns))], 1
            for batch in export.batches():
                rows = list(zip(*batch.values(), strict=True))
                file.write("".join(_row(letters, row + n, values) for n, values in enumerate(rows, 1)).encode())
                row += len(rows)
                yield target.drain()
            file.write(END + after)
    yield target.drain()


def _range(export: Export) -> bytes:
    last = f"{xl_col_to_name(len(export.columns) - 1)}{len(export.rows) + 1}"
    return f'<dimension ref="A1:{last}"/>'.encode()


def _row(letters: list[str], number: int, values: Iterable[Any]) -> str:
    cells = [
        f'<c r="{letter}{number}"{_content(value)}</c>'
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _content(value: str | int | float) -> str:
    """A text is always written as a text, whatever it looks like."""
    return _text(value) if isinstance(value, str) else f"><v>{value!r}</v>"


@lru_cache(maxsize=10_000)  # grades and areas come again and again
def _text(value: str) -> str:
    text = escape(READ_AS_AN_ESCAPE.sub("_x005F_", text_cell(value)))
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is>'


def text_cell(text: str) -> str:
    """The text as a cell may hold it: no formula, and no character a workbook cannot hold."""
    return NOT_IN_XML.sub("\ufffd", safe_cell(text))


def _without_rows(export: Export, data_sheet: str, about_sheet: str) -> BytesIO:
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        wrapped.set_align("top")
        _headings(book.add_worksheet(data_sheet), export, bold)
        _about(book.add_worksheet(about_sheet), export, wrapped)
    return file


def _headings(sheet: Worksheet, export: Export, bold) -> None:
    for index, column in enumerate(export.columns):
        sheet.set_column(index, index, WIDER.get(column.key, WIDTHS[column.kind]))
        sheet.write_string(0, index, text_cell(column.heading), bold)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(export.rows), len(export.columns) - 1)


def _about(sheet: Worksheet, export: Export, wrapped) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for row, line in enumerate(export.about):
        sheet.write_string(row, 0, text_cell(line.heading), wrapped)
        sheet.write_string(row, 1, text_cell(line.text), wrapped)
