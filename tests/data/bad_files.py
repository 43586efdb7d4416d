"""Files made to do harm, each written into a folder when it is asked for."""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
VRT += b"</OGRVRTDataSource>"
GDALG = json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}).encode()
CURL = b"/vsicurl/http://127.0.0.1:9/x.geojson"
KINDS = ("csv", "xlsx", "geojson", "gpkg")
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CELL = b'<c t="inlineStr"><is><t>' + b"x" * 32_000 + b"</t></is></c>"


def named(name: str, data: bytes) -> Callable[[Path], Path]:
    def written(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return written


def workbook(path: Path, megabytes: int) -> Path:
    """A workbook whose one sheet unfolds to so much; a thousandth of it packed."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    row = b"<row>" + CELL * 8 + b"</row>"
    with zipfile.ZipFile(plain) as like, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member in like.namelist():
            if not member.endswith("sheet1.xml"):
                archive.writestr(member, like.read(member))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(SHEET)
            for _ in range(megabytes * 2**20 // len(row)):
                sheet.write(row)
            sheet.write(b"</sheetData></worksheet>")
    return path


def bomb(folder: Path) -> Path:
    return workbook(folder / "bomb.xlsx", 820)


def bomb_within_the_size(folder: Path) -> Path:
    """Not so large unfolded that its size alone would refuse it."""
    return workbook(folder / "bomb.xlsx", 560)


def lying_sizes(folder: Path) -> Path:
    """A workbook whose directory says that its sheet is small."""
    path = workbook(folder / "liar.xlsx", 700)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)  # the unpacked size of the last member
    path.write_bytes(data)
    return path


def deep_json(folder: Path) -> Path:
    return named("deep.geojson", b'{"type": "FeatureCollection", "features": ' + b"[" * 5_000_000)(folder)


def wide_json(folder: Path) -> Path:
    """Small on disk, and fifty times as large as a table of Python's."""
    return named("wide.geojson", b'{"type": "FeatureCollection", "features": [' + b"{}," * 3_000_000 + b"{}]}")(folder)


def one_line(folder: Path) -> Path:
    path = folder / "line.csv"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"a,b,c,d;" * 2**17)
    return path


def many_columns(folder: Path) -> Path:
    return named("columns.csv", b",".join(b"c%d" % n for n in range(400_000)) + b"\n1\n")(folder)


def one_quote(folder: Path) -> Path:
    """A cell that never ends."""
    return named("quote.csv", b'code,name\n1,"' + b"x\n" * 5_000_000)(folder)


def layer_that_looks_elsewhere(folder: Path) -> Path:
    """A database under the name of a GeoPackage, whose table is a question about another file."""
    path = folder / "elsewhere.gpkg"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIRTUAL TABLE x USING fts5(a, content='/etc/passwd')")
        connection.execute('CREATE TABLE "x""; DROP TABLE y;--" (a)')
    return path


def packed_in_itself(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../outside.txt", b"x")
        archive.writestr("xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"&a;" * 1000 + b"]>")
    return named("zip.xlsx", inner.getvalue())(folder)


BAD_FILES: dict[str, Callable[[Path], Path]] = {
    **{f"vrt.{kind}": named(f"vrt.{kind}", VRT) for kind in KINDS},
    **{f"gdalg.{kind}": named(f"gdalg.{kind}", GDALG) for kind in KINDS},
    **{f"curl.{kind}": named(f"curl.{kind}", CURL) for kind in KINDS},
    "bomb": bomb,
    "bomb within the size": bomb_within_the_size,
    "lying sizes": lying_sizes,
    "deep json": deep_json,
    "wide json": wide_json,
    "one line": one_line,
    "many columns": many_columns,
    "one quote": one_quote,
    "elsewhere": layer_that_looks_elsewhere,
    "packed in itself": packed_in_itself,
}
