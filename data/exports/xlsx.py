"""An Excel workbook of two sheets: the rows, and what they are."""

import re
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from data.errors import DataError
from data.exports.rows import Export
from data.spreadsheets import safe_cell

MOST_ROWS = 1_048_575  # a sheet has 1,048,576, the first for headings
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WIDTHS = {"text": 16, "whole": 10, "decimal": 12}  # in characters
WIDER = {"code": 24, "name": 24, "address": 36}
ONLY_AS_TOLD = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class TooManyRows(DataError):
    """More rows than a sheet of Excel has."""


def write_workbook(path: Path, export: Export, data_sheet: str, about_sheet: str) -> None:
    """Raises TooManyRows. Rows go to the disk as they come, so that memory does not grow with them."""
    if len(export.rows) > MOST_ROWS:
        raise TooManyRows(f"An Excel sheet holds {MOST_ROWS:,} rows, not {len(export.rows):,}; filter, or take CSV.")
    settings = {"constant_memory": True, "tmpdir": str(path.parent), **ONLY_AS_TOLD}
    with Workbook(str(path), settings) as workbook:
        workbook.set_properties({"created": datetime.now(UTC).replace(tzinfo=None)})
        bold = workbook.add_format({"bold": True, "bottom": 1})
        _data(workbook.add_worksheet(data_sheet), export, bold)
        _about(workbook.add_worksheet(about_sheet), export, workbook.add_format({"text_wrap": True, "valign": "top"}))


def _data(sheet: Worksheet, export: Export, bold) -> None:
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, WIDER.get(column.key, WIDTHS[column.kind]))
        sheet.write_string(0, place, text_cell(column.heading), bold)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(export.rows), len(export.columns) - 1)
    row = 0
    for batch in export.batches():
        for values in zip(*batch.values(), strict=True):
            row += 1
            for place, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, place, text_cell(value))
                elif value is not None:
                    sheet.write_number(row, place, value)


def _about(sheet: Worksheet, export: Export, wrapped) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for row, line in enumerate(export.about):
        sheet.write_string(row, 0, text_cell(line.heading), wrapped)
        sheet.write_string(row, 1, text_cell(line.text), wrapped)


def text_cell(text: str) -> str:
    """The text as a cell may hold it: no formula, and no sign a workbook cannot hold."""
    return NOT_IN_XML.sub("\ufffd", safe_cell(text))
