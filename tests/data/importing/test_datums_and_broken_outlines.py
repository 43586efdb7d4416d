"""A stated datum is followed or refused by its name, and a broken outline is refused or, on request, mended."""

import json
import sqlite3

import geopandas as gpd
import pyproj
import pytest
import shapely

from data.db.models.city import Area
from data.importing.command import summary
from data.importing.errors import FileRefused, WrongMapping
from data.importing.mapping.guess_columns import ANY
from data.importing.reading.geojson_files import read_geojson
from data.importing.reading.geometry_files import read_gpkg
from tests.data.riverton import CITY, STREETS, Desk, reasons, sentence, write_geojson

SHENZHEN, CHICAGO, LOS_ANGELES, LONDON = (113.9, 22.55), (-87.65, 41.85), (-118.2, 34.05), (-0.12, 51.5)
AS_WGS84 = {  # the same frame: degrees stay as they are
    "WGS 84": (4326, SHENZHEN),
    "CGCS2000": (4490, SHENZHEN),
    "CGCS2000 by its degrees": (4547, SHENZHEN),
    "Web Mercator": (3857, SHENZHEN),
    "NAD83": (4269, CHICAGO),
    "NAD83, Illinois in feet": (3435, CHICAGO),
    "ETRS89": (4258, LONDON),
}
SHIFTED = {  # CRS, place, metres by which it is off when taken for WGS 84: least and most
    "NAD27": (4267, LOS_ANGELES, 60, 120),
    "British National Grid": (27700, LONDON, 80, 150),
    "Hong Kong 1980": (2326, (114.17, 22.3), 150, 350),
}
REFUSED = {
    "Beijing 1954": (4214, SHENZHEN),
    "Beijing 1954 in metres": (2437, SHENZHEN),
    "Xian 1980": (4610, SHENZHEN),
    "Xian 1980 in metres": (2382, SHENZHEN),
    "Tokyo, far from Japan": (4301, SHENZHEN),
}


def stated_in(crs: int, place: tuple[float, float], folder) -> bytes:
    """A GeoPackage with a square about a place of WGS 84 degrees, as if they were of the datum of the CRS."""
    own = pyproj.CRS(crs)
    shape = shapely.Point(place).buffer(0.01, cap_style="square")
    frame = gpd.GeoDataFrame({"code": ["001"]}, geometry=[shape], crs=own.geodetic_crs).to_crs(own)
    frame.to_file(folder / "x.gpkg", driver="GPKG")
    return (folder / "x.gpkg").read_bytes()


def metres_from(geometry, place: tuple[float, float]) -> float:
    middle = shapely.centroid(geometry)
    return pyproj.Geod(ellps="WGS84").inv(middle.x, middle.y, *place)[2]


@pytest.mark.parametrize("name", AS_WGS84)
def test_a_datum_of_the_same_frame_leaves_places_where_they_are(tmp_path, name):
    crs, place = AS_WGS84[name]
    geometry = read_gpkg("x.gpkg", stated_in(crs, place, tmp_path), ANY).geometry
    assert metres_from(geometry[0], place) < 2


@pytest.mark.parametrize("name", SHIFTED)
def test_a_datum_with_a_published_operation_is_turned_into_wgs84(tmp_path, name):
    crs, place, least, most = SHIFTED[name]
    geometry = read_gpkg("x.gpkg", stated_in(crs, place, tmp_path), ANY).geometry
    assert least < metres_from(geometry[0], place) < most


@pytest.mark.parametrize("name", REFUSED)
def test_a_datum_that_cannot_be_turned_into_wgs84_is_refused_by_its_name(tmp_path, name):
    crs, place = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        read_gpkg("x.gpkg", stated_in(crs, place, tmp_path), ANY)
    assert f"'{pyproj.CRS(crs).geodetic_crs.name}' cannot be turned into WGS 84" in str(refused.value)


def test_a_geojson_that_states_an_old_datum_is_refused_too():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4214"}}
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.Point(SHENZHEN).__geo_interface__}
    content = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    with pytest.raises(FileRefused, match="'Beijing 1954' cannot be turned into WGS 84"):
        read_geojson("x.geojson", json.dumps(content).encode(), ANY)


@pytest.mark.parametrize("number", [None, 0, -1])
def test_a_geopackage_that_states_no_datum_is_never_taken_for_wgs84(tmp_path, number):
    gpd.GeoDataFrame({"code": ["001"]}, geometry=[shapely.Point(SHENZHEN)]).to_file(tmp_path / "x.gpkg", driver="GPKG")
    if number is not None:
        with sqlite3.connect(tmp_path / "x.gpkg") as connection:
            for table in ("gpkg_geometry_columns", "gpkg_contents"):
                connection.execute(f"UPDATE {table} SET srs_id = ?", (number,))
    with pytest.raises(FileRefused, match=r"no reference system is stated|is not known|cannot be turned into WGS 84"):
        read_gpkg("x.gpkg", (tmp_path / "x.gpkg").read_bytes(), ANY)


BOW_TIE = [[113.85, 22.5], [113.95, 22.6], [113.95, 22.5], [113.85, 22.6], [113.85, 22.5]]
SPIKE = [[113.85, 22.5], [113.95, 22.5], [113.95, 22.6], [113.95, 22.55], [113.95, 22.6], [113.85, 22.6], BOW_TIE[0]]
FLAT = [[113.85, 22.5], [113.95, 22.5], [113.85, 22.5]]
MENDING = STREETS.replace('city = "riverton"\n', "mend_outlines = true\n") + CITY
STRICT = STREETS.replace('city = "riverton"\n', "") + CITY


def streets(desk: Desk, mapping: str, **rings: list):
    rows = [{"code": code, "name": code} for code in rings]
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in rings.values()]
    return desk.hand_in(mapping, write_geojson(desk.folder / "streets.geojson", rows, shapes))


def test_a_broken_outline_is_set_aside_by_name_with_both_cures(desk):
    outcome = streets(desk, STRICT, tie=BOW_TIE, plain=[*BOW_TIE[:1], *BOW_TIE[2:3], *BOW_TIE[1:2], *BOW_TIE[:1]])
    assert reasons(outcome) == ["geometry_broken"]
    assert "Self-intersection" in sentence(outcome) and "mend_outlines = true" in sentence(outcome)
    assert [area.code for area in desk.rows(Area)] == ["plain"]


def test_on_request_it_is_mended_and_the_change_of_its_area_is_stated(desk):
    outcome = streets(desk, MENDING, tie=BOW_TIE)
    assert outcome.faults == []
    (area,) = desk.rows(Area)
    assert shapely.is_valid(shapely.from_wkb(area.outline))
    (mended,) = outcome.mended
    assert (mended.code, mended.km2_before) == ("tie", pytest.approx(0, abs=1e-6))
    assert "Self-intersection" in str(mended.why)
    half = shapely.from_wkb(area.outline).area * 111.2**2 * 0.924  # cos 22.5°
    assert mended.km2_after == pytest.approx(half, rel=0.01)
    assert f"'tie' was broken ({mended.why})" in summary(outcome)
    assert outcome.counts()["mended"][0]["code"] == "tie"


def test_an_outline_of_which_no_polygon_can_be_made_is_set_aside_even_then(desk):
    outcome = streets(desk, MENDING, flat=FLAT, spike=SPIKE)
    assert reasons(outcome) == ["geometry_broken"]
    assert [one.code for one in outcome.mended] == [area.code for area in desk.rows(Area)]


def test_good_outlines_are_not_touched(desk):
    good = [[113.85, 22.5], [113.95, 22.5], [113.95, 22.6], [113.85, 22.6], [113.85, 22.5]]
    outcome = streets(desk, MENDING, good=good)
    assert outcome.mended == ()
    (area,) = desk.rows(Area)
    assert shapely.get_coordinates(shapely.from_wkb(area.outline)).tolist() == good


def test_mending_is_asked_for_where_there_are_areas(desk):
    with pytest.raises(WrongMapping, match="'mend_outlines' speaks of areas"):
        desk.mapping(
            'title = "Riverton: x"\nmend_outlines = true\nfiles = "x"\nformat = "csv"\n'
            + CITY
            + '[building]\ncode = "x"\n'
        )
