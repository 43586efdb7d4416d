"""What kind of file some bytes are, by their content: a name proves nothing, and no library may guess a driver."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from data.errors import why_not
from data.importing.errors import FileRefused
from data.importing.reading.encodings import fits, start_of
from data.importing.source_formats import titles
from scoring.errors import Sentence

LARGEST_BYTES = 300 * 2**20  # 175,700 buildings with 40 columns are 50 MB
LARGEST_UNPACKED_BYTES = 600 * 2**20  # 500 KB of XLSX can unfold to 820 MB
LONGEST_LINE = 4 * 2**20  # bytes; a row of 40 columns has 300
CHUNK = 2**20
JSON_LIST = re.compile(r'\[\s*(?:[\[{"]|-?\d+\s*[,\]]|null|true|false|\])')
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
FOOTER = 2**20  # bytes at the end of a Parquet file that say what is in it
GEO_KEY = re.compile(rb"\x03geo.{0,8}\{", re.DOTALL)
ENDINGS_WITHIN = (".csv", ".txt", ".xlsx", ".geojson", ".json", ".gpkg", ".parquet")
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", Sentence("an old Excel file (.xls)"), Sentence("save it as .xlsx")),
    (b"%PDF", Sentence("a PDF"), Sentence("ask for the table itself")),
    (b"\x1f\x8b", Sentence("a gzip archive"), Sentence("unpack it first")),
    (b"7z\xbc\xaf", Sentence("a 7z archive"), Sentence("unpack it first")),
    (b"Rar!", Sentence("a RAR archive"), Sentence("unpack it first")),
    (b"\x89PNG", Sentence("a picture"), Sentence("ask for the table itself")),
)
MARKUP = (
    (
        "<ogrvrtdatasource",
        Sentence("a VRT description of other files"),
        Sentence("hand in the file with the data itself"),
    ),
    ("<!doctype html", Sentence("a web page"), Sentence("download the file behind it")),
    ("<html", Sentence("a web page"), Sentence("download the file behind it")),
    ("<", Sentence("an XML file"), Sentence("save it as CSV, XLSX, GeoJSON or GeoPackage")),
)


def kind_of(name: str, data: bytes, stated: str | None = None) -> str:
    """The name of its format. Raises FileRefused for anything else, with what it is and the cure.

    stated: the encoding somebody named; only UTF-16 says that a text may hold noughts.
    """
    if not data[:CHUNK].strip() and not data.strip():
        raise FileRefused("{name}: the file is empty; export it again.", name=name)
    check_size(name, len(data))
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(name, data)
    if data.startswith(b"SQLite format 3\0"):
        return "gpkg"
    if data.startswith(b"PAR1"):
        return "geoparquet" if b"geo" in data[-FOOTER:] and GEO_KEY.search(data[-FOOTER:]) else "parquet"
    for signature, what, cure in SIGNATURES:
        if data.startswith(signature):
            raise FileRefused("{name}: this is {what}; {cure}.", name=name, what=what, cure=cure)
    return _kind_of_text(name, data, stated)


def check_size(name: str, size: int) -> None:
    """size: bytes. Raises FileRefused when no file of that size is read."""
    if size > LARGEST_BYTES:
        raise FileRefused(
            "{name}: {size} MB are more than {largest}; cut the file in parts.",
            name=name,
            size=size >> 20,
            largest=LARGEST_BYTES >> 20,
        )


def _kind_of_archive(name: str, data: bytes) -> str:
    with _opened(name, data) as archive:
        members = archive.namelist()
    if "xl/workbook.xml" in members:
        return "xlsx"
    if any(member.lower().endswith(".shp") for member in members):
        return "shapefile"
    inside = tuple(member for member in members if member.lower().endswith(ENDINGS_WITHIN))[:3]
    if inside:
        raise FileRefused(
            "{name}: this is a zip archive and no Excel workbook or shapefile; unpack it and hand in {inside}.",
            name=name,
            inside=inside,
        )
    raise FileRefused("{name}: this is a zip archive and no Excel workbook or shapefile; unpack it first.", name=name)


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever goes wrong with it within the block is one refusal."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # zipfile raises six kinds, zlib its own
        what = Sentence("zip archive" if b".shp" in data else "workbook")
        raise FileRefused(
            "{name}: the {what} is damaged ({why}); save it again.", name=name, what=what, why=why_not(error)
        ) from error


def unpacked_chunks(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each member's name and its bytes, a chunk at a time. Raises FileRefused where they are too many or damaged.

    Counted as they come: the sizes an archive states of itself may be a lie.
    """
    unpacked = 0
    with _opened(name, data) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    unpacked += len(chunk)
                    if unpacked > LARGEST_UNPACKED_BYTES:
                        raise FileRefused(
                            "{name}: it unfolds to more than {limit} MB; save it as CSV.",
                            name=name,
                            limit=LARGEST_UNPACKED_BYTES >> 20,
                        )
                    yield member.filename, chunk


def _kind_of_text(name: str, data: bytes, stated: str | None) -> str:
    start = start_of(data, CHUNK).lstrip()
    for opening, what, cure in MARKUP:
        if start[:200].lower().startswith(opening):
            raise FileRefused("{name}: this is {what}; {cure}.", name=name, what=what, cure=cure)
    if start.startswith("{"):
        return "geojson"  # read_geojson looks whether it is one
    if JSON_LIST.match(start):
        raise FileRefused(
            "{name}: this is JSON, and neither CSV nor GeoJSON; save it as CSV, or as a GeoJSON FeatureCollection.",
            name=name,
        )
    if b"\0" in data and not data.startswith(UTF16_MARKS) and not (stated or "").startswith("utf-16"):
        raise _no_text(name, data)
    _check_lines(name, data)
    return "csv"


def _no_text(name: str, data: bytes) -> FileRefused:
    for encoding in ("utf-16-le", "utf-16-be"):
        if fits(data[:CHUNK], encoding):
            return FileRefused(
                '{name}: the text seems to be UTF-16 without a byte order mark; say encoding = "{encoding}", or save '
                "it as 'CSV UTF-8'.",
                name=name,
                encoding=encoding,
            )
    return FileRefused(
        "{name}: this is no text and no format known here; hand in {formats}.", name=name, formats=titles()
    )


def _check_lines(name: str, data: bytes) -> None:
    """A line without end would be copied several times over before anybody saw what it is."""
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = start + LONGEST_LINE
        last = max(data.rfind(b"\n", start, end), data.rfind(b"\r", start, end))
        if last < 0:
            raise FileRefused(
                "{name}: a line is longer than {longest} MB; export it with one row a line.",
                name=name,
                longest=LONGEST_LINE >> 20,
            )
        start = last + 1
