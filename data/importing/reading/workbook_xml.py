"""What a workbook's own XML says and its reader does not: hidden rows and columns, errors, formulas without result."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from data.importing.reading.file_type import unpacked_chunks

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"[^>]*>')
HIDDEN_COLUMNS = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\bhidden="(?:1|true)")[^>]*>')
SPAN = re.compile(rb'\b(min|max)="(\d{1,5})"')
ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</(?:\w+:)?c>).)*?'
                   rb"<(?:\w+:)?v>([^<]{1,20})</", re.DOTALL)  # fmt: skip
WITHOUT_VALUE = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>)\s*)?"
                           rb"</(?:\w+:)?c>")  # fmt: skip
CELL = re.compile(rb'[<:]c\b[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>')
OPENINGS = (b"<c ", b":c ")
IS_TEXT = b't="str"'  # the type of a result that may be empty
LONGEST_FORMULA = 40_000  # bytes; Excel allows 8,192 signs
END_OF_ROW = b"row>"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_COLUMNS_WIDE = 16_384  # of any sheet


@dataclass
class SheetDetails:
    """hidden_rows, hidden_columns: how many. errors: row and column from 0, and the error as it is written.
    without_value: row and column from 0 of formulas whose result the file does not have."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    without_value: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class WorkbookDetails:
    """By the file of each sheet; members: name of a sheet → its file."""

    by_member: Mapping[str, SheetDetails]
    members: Mapping[str, str]

    def of(self, sheet: str) -> SheetDetails:
        return self.by_member.get(self.members.get(sheet, ""), SheetDetails())


def details_of(name: str, data: bytes) -> WorkbookDetails:
    """Unpacks the workbook once, a chunk at a time. Raises FileRefused where it is damaged or unfolds without end."""
    found: dict[str, SheetDetails] = {}
    rest: dict[str, bytes] = {}
    for member, chunk in unpacked_chunks(name, data):
        if SHEET.fullmatch(member):
            block = rest.get(member, b"") + chunk
            whole = block.rfind(END_OF_ROW) + len(END_OF_ROW) if END_OF_ROW in chunk else len(block)
            look_at(found.setdefault(member, SheetDetails()), block[:whole])
            rest[member] = block[whole:]
    for member, block in rest.items():
        look_at(found[member], block)
    return WorkbookDetails(found, _members(data))


def look_at(sheet: SheetDetails, chunk: bytes) -> None:
    """Adds what whole rows of a sheet's XML hold."""
    if b"hidden=" in chunk:
        sheet.hidden_rows += len(HIDDEN_ROW.findall(chunk))
        sheet.hidden_columns += sum(_columns(element) for element in HIDDEN_COLUMNS.findall(chunk))
    if b't="e"' in chunk:
        for letters, row, text in ERROR.findall(chunk):
            sheet.errors.append((int(row) - 1, _column(letters), text.decode("utf-8", errors="replace")))
    if b"<f" in chunk or b":f" in chunk:
        sheet.without_value.extend(_without_value(chunk))


def _without_value(chunk: bytes) -> Iterator[tuple[int, int]]:
    """Where formulas stand whose result is missing, as programs write them that do not calculate."""
    for end in WITHOUT_VALUE.finditer(chunk):
        start = max(chunk.rfind(opening, max(end.start() - LONGEST_FORMULA, 0), end.start()) for opening in OPENINGS)
        cell = CELL.match(chunk, start) if start >= 0 else None
        if cell and IS_TEXT not in cell.group():
            yield int(cell[2]) - 1, _column(cell[1])


def _columns(element: bytes) -> int:
    span = {side: int(number) for side, number in SPAN.findall(element)}
    width = span.get(b"max", 1) - span.get(b"min", 1) + 1
    return width if 0 < width < MOST_COLUMNS_WIDE // 2 else 0  # all columns to the end of the sheet hide nothing


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _members(data: bytes) -> dict[str, str]:
    """Name of a sheet → its file, as the workbook says; empty where it does not say so in the usual way."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except (ElementTree.ParseError, KeyError):
            return {}
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    return {
        sheet.get("name", ""): _path(targets[sheet.get(RELATION)])
        for sheet in _elements(book, "sheet")
        if sheet.get(RELATION) in targets
    }


def _elements(root: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == tag)


def _path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
