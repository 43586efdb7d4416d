"""What kind of file some bytes are, by their content: a name proves nothing, and no library may guess a driver."""

import io
import zipfile

from data.importing.errors import FileRefused
from data.importing.source_formats import titles
from scoring.errors import Sentence

LARGEST_BYTES = 300 * 2**20  # 175,700 buildings with 40 columns are 50 MB
LARGEST_UNPACKED_BYTES = 600 * 2**20  # 500 KB of XLSX can unfold to 820 MB
LONGEST_LINE = 4 * 2**20  # bytes; a row of 40 columns has 300
CHUNK = 2**20
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", Sentence("an old Excel file (.xls)"), Sentence("save it as .xlsx")),
    (b"%PDF", Sentence("a PDF"), Sentence("ask for the table itself")),
    (b"\x1f\x8b", Sentence("a gzip archive"), Sentence("unpack it first")),
    (b"7z\xbc\xaf", Sentence("a 7z archive"), Sentence("unpack it first")),
    (b"Rar!", Sentence("a RAR archive"), Sentence("unpack it first")),
    (b"\x89PNG", Sentence("a picture"), Sentence("ask for the table itself")),
    (b"PAR1", Sentence("a Parquet file"), Sentence("save it as CSV or GeoPackage")),
)
MARKUP = (
    (
        b"<ogrvrtdatasource",
        Sentence("a VRT description of other files"),
        Sentence("hand in the file with the data itself"),
    ),
    (b"<!doctype html", Sentence("a web page"), Sentence("download the file behind it")),
    (b"<html", Sentence("a web page"), Sentence("download the file behind it")),
    (b"<", Sentence("an XML file"), Sentence("save it as CSV, XLSX, GeoJSON or GeoPackage")),
)


def kind_of(name: str, data: bytes) -> str:
    """csv, xlsx, geojson or gpkg. Raises FileRefused for anything else, with what it is and the cure."""
    if not data[:CHUNK].strip() and not data.strip():
        raise FileRefused("{name}: the file is empty; export it again.", name=name)
    check_size(name, len(data))
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(name, data)
    if data.startswith(b"SQLite format 3\0"):
        return "gpkg"
    for signature, what, cure in SIGNATURES:
        if data.startswith(signature):
            raise FileRefused("{name}: this is {what}; {cure}.", name=name, what=what, cure=cure)
    return _kind_of_text(name, data)


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
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise FileRefused("{name}: this is a zip archive and no Excel workbook; unpack it first.", name=name)
            _check_unpacked(name, archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileRefused("{name}: the workbook is damaged ({why}); save it again.", name=name, why=error) from error
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # zlib.error and the like; not worth an import each
        raise FileRefused("{name}: the workbook is damaged ({why}); save it again.", name=name, why=error) from error
    return "xlsx"


def _check_unpacked(name: str, archive: zipfile.ZipFile) -> None:
    """Unpacks for real, a chunk at a time: the sizes an archive states of itself may be a lie."""
    unpacked = 0
    for member in archive.infolist():
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > LARGEST_UNPACKED_BYTES:
                    raise FileRefused(
                        "{name}: the workbook unfolds to more than {limit} MB; save it as CSV.",
                        name=name,
                        limit=LARGEST_UNPACKED_BYTES >> 20,
                    )


def _kind_of_text(name: str, data: bytes) -> str:
    start = data[:CHUNK].removeprefix(b"\xef\xbb\xbf").lstrip()
    for opening, what, cure in MARKUP:
        if start[:200].lower().startswith(opening):
            raise FileRefused("{name}: this is {what}; {cure}.", name=name, what=what, cure=cure)
    if start.startswith(b"{"):
        return "geojson"  # read_geojson looks whether it is one
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("{name}: the text is UTF-16; save it as UTF-8.", name=name)
    if b"\0" in data:
        raise FileRefused(
            "{name}: this is no text and no format known here; hand in {formats}.", name=name, formats=titles()
        )
    _check_lines(name, data)
    return "csv"


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
