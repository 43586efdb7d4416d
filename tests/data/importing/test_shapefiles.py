"""Shapefiles in a zip archive: read in their encoding and system, or refused with what is missing."""

import io
import zipfile
from pathlib import Path

import pytest

from data.db.models.city import Building
from data.importing.errors import FileRefused
from data.importing.mapping.guess_columns import ANY
from data.importing.reading import file_type
from data.importing.reading.tables import read_table
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, PLUM, write_shapefile

OURS = BUILDINGS.replace('["csv", "xlsx", "geojson", "gpkg"]', '"shapefile"')
BY_GEOMETRY = OURS.split("place = ")[0] + 'place = { geometry = true, datum = "CGCS2000" }\n'


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
@pytest.mark.parametrize("says_so", [True, False])
def test_a_shapefile_is_read_in_its_encoding_whether_it_says_so_or_not(desk, encoding, says_so):
    rows = [PLUM, HARBOUR, MILL]
    path = repacked(write_shapefile(desk.folder / "b.zip", rows), re_encoded(encoding, says_so))
    desk.hand_in(OURS, path)
    assert [desk.building(row).name for row in rows] == [row["name"] for row in rows]


def re_encoded(encoding: str, says_so: bool):
    """Writes the texts of the .dbf in another encoding, each in the width it had, and says so in the .cpg or not."""

    def changed(name: str, data: bytes) -> bytes | None:
        if name.endswith(".cpg"):
            return encoding.encode() if says_so else None
        if name.endswith(".dbf"):
            for text in ("梅苑", "住宅", "港湾里", "商住", "磨坊"):
                wide = len(text.encode())
                data = data.replace(text.encode(), text.encode(encoding).ljust(wide))
        return data

    return changed


def repacked(path: Path, changed) -> Path:
    """The archive with each part as `changed` leaves it, None to leave it out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: changed(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def without(*endings: str):
    return lambda name, data: None if name.endswith(endings) else data


def test_a_shapefile_in_an_uncertain_encoding_is_refused_and_the_mapping_may_say_it(desk):
    """A .cpg that says ISO-8859-1 is what programs write that do not know."""

    def latin(name: str, data: bytes) -> bytes:
        text, plain = "Müller".encode("latin-1"), b"Muller"
        return b"ISO-8859-1" if name.endswith(".cpg") else data.replace(plain, text)

    path = repacked(write_shapefile(desk.folder / "b.zip", [PLUM | {"name": "Muller", "use": ""}]), latin)
    mapping = OURS
    with pytest.raises(FileRefused, match="say 'encoding'"):
        desk.hand_in(mapping, path)
    desk.hand_in(mapping.replace("\n[city]", '\nencoding = "windows-1252"\n\n[city]', 1), path)
    assert desk.building(PLUM).name == "Müller"


def test_a_shapefile_without_prj_is_taken_for_degrees_where_it_can_be_and_it_is_said(desk):
    path = repacked(write_shapefile(desk.folder / "b.zip", [PLUM]), without(".prj"))
    outcome = desk.hand_in(BY_GEOMETRY, path)
    assert [str(note) for note in outcome.notes] == [
        "There is no .prj: the coordinates are taken for degrees in the datum the mapping names."
    ]
    metres = write_shapefile(desk.folder / "m.zip", [PLUM | {"lon": "480000", "lat": "2495000"}], crs=4547)
    with pytest.raises(FileRefused, match=r"no degrees and no .prj says what they are"):
        desk.hand_in(BY_GEOMETRY, repacked(metres, without(".prj")))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (without(".dbf"), "the shapefile 'buildings' lacks its part .dbf"),
        (lambda name, data: b"<OGRVRTDataSource/>" if name.endswith(".shp") else data, "'buildings' is damaged"),
        (lambda name, data: data[:60] if name.endswith(".shp") else data, "the shapefile cannot be read"),
    ],
)
def test_a_shapefile_that_is_not_whole_is_refused(desk, changed, words):
    path = repacked(write_shapefile(desk.folder / "b.zip", CAST), changed)
    with pytest.raises(FileRefused, match=words):
        desk.hand_in(OURS, path)
    assert desk.count(Building) == 0


def test_of_several_shapefiles_in_an_archive_one_is_asked_for(desk):
    write_shapefile(desk.folder / "b.zip", CAST)
    with zipfile.ZipFile(desk.folder / "b.zip") as archive:
        parts = {Path(name): archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(desk.folder / "b.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name.name, data)
            archive.writestr(f"old/other{name.suffix}", data)
            archive.writestr(f"__MACOSX/._third{name.suffix}", b"\0\5\x16\7")
    mapping = OURS
    with pytest.raises(FileRefused, match=r"there are 2 layers, not one \(buildings, other\)"):
        desk.hand_in(mapping, desk.folder / "b.zip")
    named = mapping.replace("\n[city]", '\nlayer = "other"\n\n[city]', 1)
    assert desk.hand_in(named, desk.folder / "b.zip").tallies["buildings"].new == 3


def test_no_path_in_an_archive_leads_out_of_it_and_none_unfolds_without_end(desk, monkeypatch):
    write_shapefile(desk.folder / "b.zip", CAST)
    with zipfile.ZipFile(desk.folder / "b.zip") as archive:
        parts = {Path(name): archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(desk.folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(f"../../outside/{name.name}", data)
        archive.writestr("/etc/more.txt", b"x" * 3_000_000)
    assert desk.hand_in(OURS, desk.folder / "b.zip").tallies["buildings"].new == 3
    assert not (desk.folder.parent / "outside").exists()
    monkeypatch.setattr(file_type, "LARGEST_UNPACKED_BYTES", 2**20)
    with pytest.raises(FileRefused, match="unfolds to more than 1 MB"):
        desk.hand_in(OURS, desk.folder / "b.zip")


def test_a_zip_archive_of_something_else_says_what_to_hand_in():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("data/buildings.csv", "code\n1\n")
    with pytest.raises(FileRefused, match=r"unpack it and hand in data/buildings\.csv"):
        read_table("x.zip", packed.getvalue(), ANY)
