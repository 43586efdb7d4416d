"""CSV: any of the usual delimiters, lines that end in any way, "sep=" as Excel writes it."""

import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress

import pandas as pd

from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import Content, ReadFrom
from data.importing.reading.encodings import decoded
from data.importing.reading.headings import LOOKED_AT, Heading, check_columns, heading_of
from scoring.errors import Sentence

MOST_COLUMNS = 2_000  # a hundred are many; far more only take time and memory
DELIMITERS = ",;\t|"
SEP_LINE = re.compile(r'"?sep=(.)"?[ ,;\t|]*(\r\n|\r|\n)', re.IGNORECASE)
LONGEST_START = 2**20  # characters of a file in which its heading stands


def read_csv(name: str, data: bytes, layout: Layout) -> Content:
    """The table of a text file. Raises FileRefused."""
    text, delimiter, above = _without_sep_line(decoded(name, data, layout.encoding), layout)
    rows = first_rows(text, delimiter)
    heading = heading_of(name, rows, layout)
    check_width(name, len(heading.names))
    check_columns(name, heading.names, layout, rows)
    frame, notes = _rows_below(name, text, delimiter, heading, above)
    read_from = ReadFrom(heading_row=heading.row + 2 - heading.lines, delimiter=delimiter, is_text=True)
    return Content(frame, notes=(*heading.note(), *notes), read_from=read_from)


def _without_sep_line(text: str, layout: Layout) -> tuple[str, str, int]:
    """The text below a first line "sep=;", the delimiter, and how many lines stood above."""
    if said := SEP_LINE.match(text):
        return text[said.end() :], said.group(1), 1
    return text, layout.delimiter or (likely_delimiter(text) if layout.looking else ","), 0


def likely_delimiter(text: str) -> str:
    """The sign that parts the first lines into the most cells."""
    widths = {sign: max(map(len, first_rows(text, sign, 10)), default=0) for sign in DELIMITERS}
    return max(widths, key=lambda sign: widths[sign])


def first_rows(text: str, delimiter: str, most: int = LOOKED_AT) -> list[list[str]]:
    """The first lines as cells; those before the first that is no CSV."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(itertools.islice(_records(text[:LONGEST_START], delimiter), most))
    return rows


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def check_width(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise FileRefused(
            "{name}: there are {columns:,} columns; at most {most_columns:,} are read, leave out those that are not "
            "needed.",
            name=name,
            columns=columns,
            most_columns=MOST_COLUMNS,
        )


def _rows_below(
    name: str, text: str, delimiter: str, heading: Heading, above: int
) -> tuple[pd.DataFrame, tuple[Sentence, ...]]:
    width = max(len(heading.names), 1)
    try:
        frame = _parsed(text, delimiter, heading, width)
    except pd.errors.EmptyDataError as error:
        raise FileRefused("{name}: the file is empty; export it again.", name=name) from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        if "out of memory" in str(error):
            raise MemoryError from error
        return _uneven(name, text, delimiter, heading, above), ()
    return frame, _short_rows(text, delimiter, heading, frame, above)


def _parsed(text: str, delimiter: str, heading: Heading, width: int) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            header=None,
            names=list(range(width)),
            skiprows=heading.row + 1,
            skip_blank_lines=False,
        )
    return frame.set_axis(list(heading.names or ("",)), axis=1)


def _uneven(name: str, text: str, delimiter: str, heading: Heading, above: int) -> pd.DataFrame:
    """The rows where some are longer than the heading, if only by empty cells. Raises FileRefused with the line."""
    width = len(heading.names)
    rows = []
    for number, line, cells in _numbered(name, text, delimiter, above):
        if number > heading.row:
            if any(cell.strip() for cell in cells[width:]):
                raise FileRefused(
                    "{name}: line {line} has {cells} cells and the heading {width}; take out what is too much, or put "
                    "quotes round cells that hold the delimiter.",
                    name=name,
                    line=line,
                    cells=len(cells),
                    width=width,
                )
            rows.append([*cells[:width], *[""] * (width - len(cells))])
    return pd.DataFrame(rows, columns=list(heading.names), dtype=str)


def _numbered(name: str, text: str, delimiter: str, above: int) -> Iterator[tuple[int, int, list[str]]]:
    """Each record with its number from 0, and the line it begins in as an editor counts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in itertools.count():
        line = reader.line_num + 1 + above
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(
                "{name}: from line {line} on a quotation mark is not closed, or stands within a cell; correct that "
                "line.",
                name=name,
                line=line,
            ) from error
        yield number, line, cells


def _short_rows(text: str, delimiter: str, heading: Heading, frame: pd.DataFrame, above: int) -> tuple[Sentence, ...]:
    """How many rows have fewer cells than the heading, if any: they were cut, or their cells moved."""
    width = len(heading.names)
    if width < 2 or not (frame.iloc[:, -1] == "").any():
        return ()
    if '"' not in text and text.count(delimiter) == (width - 1) * (len(frame) + heading.row + 1):
        return ()
    lines = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number in itertools.count():
        line = reader.line_num + 1 + above
        cells = next(reader, None)
        if cells is None:
            break
        if number > heading.row and 0 < len(cells) < width and (len(cells) > 1 or cells[0].strip()):
            lines.append(line)
    if not lines:
        return ()
    return (
        Sentence(
            "Rows with fewer cells than the heading: {rows:,}, the first in line {line}; what they lack counts as "
            "empty.",
            rows=len(lines),
            line=lines[0],
        ),
    )
