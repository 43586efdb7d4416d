"""Every format, encoding and datum gives the same buildings."""

import json

import pytest

from data.db.models.city import Building
from geo.coordinates import DATUMS, from_wgs84
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    PLUM,
    csv_bytes,
    write_csv,
    write_geojson,
    write_gpkg,
    write_xlsx,
)

NUMBERS = ("homes", "built", "lon", "lat")


def _as_cells(row):
    return {name: float(value) if name in NUMBERS and value != "N/A" else value for name, value in row.items()}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson", "gpkg"])
def test_every_format_gives_the_same_buildings(desk, kind):
    path = desk.folder / f"buildings.{kind}"
    if kind == "xlsx":
        write_xlsx(path, [_as_cells(row) for row in CAST])
    else:
        {"csv": write_csv, "geojson": write_geojson, "gpkg": write_gpkg}[kind](path, CAST)
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.faults == []
    plum, harbour = desk.building(PLUM), desk.building(HARBOUR)
    assert (plum.name, plum.homes, plum.built, plum.use) == ("Plum Court 梅苑", 12, 1998, "residential")
    assert (plum.lon, plum.lat) == (113.9001, 22.5501)
    assert plum.key is not None and plum.off_map is None
    assert (harbour.homes, harbour.use) == (None, "mixed")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_both_encodings_with_or_without_a_byte_order_mark(desk, encoding):
    desk.hand_in(BUILDINGS, write_csv(desk.folder / "buildings.csv", CAST, encoding))
    assert desk.building(HARBOUR).name == "Harbour Row 港湾里"


@pytest.mark.parametrize("datum", DATUMS)
def test_every_datum_lands_in_the_same_place(desk, datum):
    lon, lat = from_wgs84(float(PLUM["lon"]), float(PLUM["lat"]), datum)
    desk.buildings(PLUM | {"lon": repr(float(lon)), "lat": repr(float(lat))}, mapping=BUILDINGS.replace("WGS84", datum))
    assert desk.building(PLUM).lon == pytest.approx(113.9001, abs=1e-9)
    assert desk.building(PLUM).lat == pytest.approx(22.5501, abs=1e-9)


def test_a_place_may_come_from_the_geometry_of_the_file(desk):
    by_geometry = BUILDINGS.replace('["csv", "xlsx", "geojson", "gpkg"]', '"gpkg"')
    by_geometry = by_geometry.split("place = ")[0] + 'place = { geometry = true, datum = "CGCS2000" }\n'
    desk.hand_in(by_geometry, write_gpkg(desk.folder / "buildings.gpkg", CAST))
    assert desk.building(PLUM).lon == 113.9001


def test_projected_coordinates_are_turned_into_degrees(desk):
    import geopandas as gpd

    path = write_gpkg(desk.folder / "degrees.gpkg", [PLUM])
    gpd.read_file(path).to_crs(4547).to_file(desk.folder / "buildings.gpkg", driver="GPKG", layer="metres")
    by_geometry = BUILDINGS.replace('["csv", "xlsx", "geojson", "gpkg"]', '"gpkg"')
    by_geometry = by_geometry.split("place = ")[0] + 'place = { geometry = true, datum = "CGCS2000" }\n'
    desk.hand_in(by_geometry, desk.folder / "buildings.gpkg")
    assert desk.building(PLUM).lon == pytest.approx(113.9001, abs=1e-8)


def test_a_heading_further_down_another_delimiter_and_a_named_sheet_are_found(desk):
    data = csv_bytes([PLUM], delimiter=";")
    (desk.folder / "buildings.csv").write_bytes(b"Riverton 2024;;\n\n" + data)
    mapping = BUILDINGS.replace("\n[city]", '\ndelimiter = ";"\nheading_row = 3\n\n[city]', 1)
    assert desk.hand_in(mapping, desk.folder / "buildings.csv").tallies["buildings"].new == 1
    book = write_xlsx(desk.folder / "buildings.xlsx", [PLUM], sheet="楼栋")
    mapping = BUILDINGS.replace("\n[city]", '\nsheet = "楼栋"\n\n[city]', 1)
    assert desk.hand_in(mapping, book).tallies["buildings"].unchanged == 1


def test_codes_and_words_are_read_as_they_stand(desk):
    """001 stays 001, NA is a name, and a number of JSON is its digits."""
    desk.buildings(PLUM | {"code": "001", "name": "NA"})
    assert (desk.building({"code": "001"}).name, desk.count(Building)) == ("NA", 1)
    path = write_geojson(desk.folder / "buildings.geojson", [PLUM | {"code": 440306001001001009}])
    assert json.loads(path.read_text())["features"][0]["properties"]["code"] == 440306001001001009
    desk.hand_in(BUILDINGS, path)
    assert desk.building({"code": "440306001001001009"}).homes == 12
