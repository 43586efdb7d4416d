"""A file that cannot be taken whole is not taken at all, and the sentence says what it is and what to do."""

import gzip
import io
import json
import zipfile

import pytest
from sqlalchemy import text

from data.db.models.city import Base, City, Import
from data.errors import DataError
from data.importing.errors import FileRefused
from data.importing.reading import file_type
from tests.data.riverton import (
    BLOCKED_STAIRS,
    BUILDINGS,
    CAST,
    MILL,
    PLUM,
    QUIET_VISIT,
    STREETS,
    VISITS,
    csv_bytes,
    square,
    write_geojson,
    write_gpkg,
    write_xlsx,
)

VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
VRT += b"</OGRVRTDataSource>"
GDALG = json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}).encode()


def _zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("buildings.csv", b"", "the file is empty"),
        ("buildings.csv", b" \n\n", "the file is empty"),
        ("buildings.csv", b"code,name\n", "are missing (there are: code, name)"),
        ("buildings.csv", csv_bytes([PLUM]).splitlines()[0] + b"\n", "a heading and no row"),
        ("buildings.csv", csv_bytes([PLUM]).replace(b"homes", b"households"), "the column 'homes' is missing"),
        ("buildings.csv", csv_bytes([PLUM], delimiter=";"), "say 'delimiter' in the mapping"),
        ("buildings.csv", csv_bytes([PLUM]).replace(b"built", b"homes"), "the column 'homes' twice"),
        (
            "buildings.csv",
            csv_bytes(CAST) + b"1,2,3,4,5,6,7,8,9,10\n",
            "line 5 has 10 cells and the heading 8; take out",
        ),
        (
            "buildings.csv",
            csv_bytes([PLUM]).replace(b"1 Plum Lane", b'"1 Plum Lane'),
            "from line 2 on a quotation mark is not closed",
        ),
        ("buildings.csv", csv_bytes([PLUM]) + b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (
            "buildings.csv",
            csv_bytes([PLUM], "utf-16-le"),
            'UTF-16 without a byte order mark; say encoding = "utf-16-le"',
        ),
        ("buildings.csv", b"\x00\x01\x02 nothing known", "no format known here"),
        ("buildings.csv", gzip.compress(csv_bytes([PLUM])), "a gzip archive; unpack it first"),
        ("buildings.csv", b"<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        ("buildings.xlsx", _zipped("buildings.csv", csv_bytes([PLUM])), "a zip archive and no Excel workbook"),
        ("buildings.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file"),
        ("buildings.xlsx", b"PK\x03\x04 cut off", "the workbook is damaged"),
        ("buildings.xlsx", _zipped("xl/workbook.xml", b"<nonsense/>"), "the workbook is damaged"),
        ("buildings.geojson", VRT, "a VRT description of other files"),
        ("buildings.geojson", GDALG, "JSON of type 'gdal_streamed_alg'"),
        ("buildings.geojson", b'{"type": "FeatureCollection", "features": [', "the JSON is broken"),
        ("buildings.geojson", b'{"type": "FeatureCollection", "features": []}', "there is no feature"),
        ("buildings.geojson", b'{"type": "FeatureCollection", "features": 3}', "no list of features"),
        ("buildings.geojson", b'{"type":' * 5000, "the JSON is broken"),
        ("buildings.gpkg", VRT, "a VRT description of other files"),
        ("buildings.gpkg", b"SQLite format 3\0" + b"\0" * 200, "the GeoPackage cannot be read"),
    ],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name(desk, name, data, words):
    path = desk.folder / name
    path.write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        desk.hand_in(BUILDINGS, path)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{name}: ") and "\n" not in str(refused.value)
    assert desk.count(Import) == desk.count(City) == 0


def test_a_file_of_a_kind_the_mapping_does_not_read_is_refused(desk):
    with pytest.raises(FileRefused, match=r"this is xlsx, and riverton_visits reads csv; export it in that format"):
        desk.hand_in(VISITS, write_xlsx(desk.folder / "visits.csv", [QUIET_VISIT]))


def test_a_workbook_that_unfolds_without_end_is_refused(desk, monkeypatch):
    monkeypatch.setattr(file_type, "LARGEST_UNPACKED_BYTES", 2**20)
    path = desk.folder / "buildings.xlsx"
    write_xlsx(path, [PLUM | {"name": "x" * 30_000} | {str(n): "y" * 30_000 for n in range(60)}])
    assert path.stat().st_size < 100_000
    with pytest.raises(FileRefused, match="unfolds to more than 1 MB"):
        desk.hand_in(BUILDINGS, path)


def test_a_file_larger_than_memory_should_hold_is_refused(desk, monkeypatch):
    monkeypatch.setattr(file_type, "LARGEST_BYTES", 100)
    with pytest.raises(FileRefused, match="cut the file in parts"):
        desk.buildings(*CAST)


def test_a_geopackage_with_several_layers_must_say_which(desk):
    path = write_gpkg(desk.folder / "buildings.gpkg", [PLUM], layer='x"; DROP TABLE y;--')
    write_gpkg_layer = write_gpkg(desk.folder / "buildings.gpkg", [MILL], layer="other")
    with pytest.raises(FileRefused, match="there are 2 layers, not one"):
        desk.hand_in(BUILDINGS, write_gpkg_layer)
    named = BUILDINGS.replace("\n[city]", "\nlayer = 'x\"; DROP TABLE y;--'\n\n[city]", 1)
    assert desk.hand_in(named, path).tallies["buildings"].new == 1


def test_a_city_that_is_not_there_yet_is_named(desk):
    with pytest.raises(DataError, match="the city 'riverton' is not there yet"):
        desk.visits(QUIET_VISIT)


def test_areas_that_are_not_there_yet_are_named(desk):
    with pytest.raises(FileRefused, match="no areas of level 'street' yet; import their file first"):
        desk.buildings(PLUM, mapping=BUILDINGS + '\n[building.areas]\nstreet = "by place"\n')
    with pytest.raises(FileRefused, match="no level 'grid', only street"):
        desk.buildings(PLUM, mapping=BUILDINGS + '\n[building.areas]\ngrid = "by place"\n')
    desk.buildings(PLUM)
    grids = STREETS.replace('level = "street"', 'level = "grid"')
    outlines = write_geojson(desk.folder / "s.geojson", [{"code": "1", "name": "x"}], [square(113.85, 22.5)])
    outcome = desk.hand_in(grids, outlines)
    assert [reason for _, reason, _ in outcome.faults] == ["level_unknown"]


def test_a_checklist_never_changes_its_items(desk):
    desk.buildings(*CAST)
    desk.visits(QUIET_VISIT)
    before = _everything(desk)
    other = VISITS.replace('stairs = "stairs", doors', 'doors = "stairs", stairs')
    with pytest.raises(FileRefused, match="give the new one a code of its own"):
        desk.visits(BLOCKED_STAIRS, mapping=other)
    assert _everything(desk) == before


def _everything(desk) -> dict[str, list]:
    with desk.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table.name}"))]
            for table in Base.metadata.sorted_tables
        }


def test_a_fault_of_ours_in_the_middle_of_a_file_leaves_the_database_as_it_was(desk, monkeypatch):
    desk.buildings(PLUM)
    before = _everything(desk)

    def breaks(*_):
        raise RuntimeError("the power went")

    monkeypatch.setattr("data.importing.writing.run._insert_rejected_rows", breaks)
    with pytest.raises(RuntimeError):
        desk.buildings(PLUM | {"homes": "99"}, MILL)
    assert _everything(desk) == before
