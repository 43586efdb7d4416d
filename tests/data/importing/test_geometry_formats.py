"""Files with geometry: every format gives the same, a curve becomes lines, and one bad shape sinks no file."""

import json
import random
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from data.db.models.city import Area
from data.importing.errors import FileRefused, WrongMapping
from data.importing.mapping.guess_columns import ANY
from data.importing.reading.tables import read_table
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    PLUM,
    STREETS,
    reasons,
    square,
    write_geojson,
    write_geoparquet,
    write_gpkg,
    write_parquet,
    write_shapefile,
)

EVERY = '["csv", "xlsx", "geojson", "gpkg"]'
WRITERS = {"shapefile": write_shapefile, "parquet": write_parquet, "geoparquet": write_geoparquet}
BY_GEOMETRY = BUILDINGS.split("place = ")[0] + 'place = { geometry = true, datum = "CGCS2000" }\n'
OFF_MAP = '\n[[off_map]]\ngeometry = "missing"\nreason = "No shape."\n\n[building]'
POINT = {"type": "Point", "coordinates": [113.9, 22.55]}


def for_all(mapping: str, *formats: str) -> str:
    return mapping.replace(EVERY, json.dumps(list(formats)))


def by_geometry(*formats: str) -> str:
    return for_all(BY_GEOMETRY, *formats)


def arc(west: float) -> bytes:
    """A curve polygon in well-known binary: one circular string of five points."""
    points = [(west, 22.5), (west + 0.05, 22.55), (west + 0.1, 22.5), (west + 0.05, 22.45), (west, 22.5)]
    string = b"\x01" + (8).to_bytes(4, "little") + len(points).to_bytes(4, "little")
    return b"\x01" + (10).to_bytes(4, "little") + (1).to_bytes(4, "little") + string + np.array(points).tobytes()


def gpkg_with(path: Path, codes: list[str], wkbs: list[bytes | None]) -> Path:
    """A GeoPackage whose geometries are these bytes."""
    frame = pd.DataFrame({"code": codes, "name": codes})
    gpd.GeoDataFrame(frame, geometry=[shapely.box(113.8, 22.5, 113.81, 22.51)] * len(codes), crs=4326).to_file(
        path, driver="GPKG", layer="streets"
    )
    header = b"GP\x00\x01" + (4326).to_bytes(4, "little")
    with sqlite3.connect(path) as connection:
        for trigger in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger[0]}"')
        for code, wkb in zip(codes, wkbs, strict=True):
            connection.execute("UPDATE streets SET geom = ? WHERE code = ?", (wkb and header + wkb, code))
        connection.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'GEOMETRY'")
    return path


@pytest.mark.parametrize("kind", WRITERS)
def test_further_formats_give_the_same_buildings(desk, kind):
    path = WRITERS[kind](desk.folder / f"buildings.{kind}", CAST)
    outcome = desk.hand_in(for_all(BUILDINGS, kind), path)
    assert outcome.faults == [] and outcome.tallies["buildings"].new == 3
    harbour = desk.building(HARBOUR)
    assert (harbour.name, harbour.use, harbour.lon) == ("Harbour Row 港湾里", "mixed", 113.9102)


@pytest.mark.parametrize("kind", ["shapefile", "geoparquet"])
def test_the_place_may_come_from_their_geometry(desk, kind):
    desk.hand_in(by_geometry(kind), WRITERS[kind](desk.folder / "buildings.zip", CAST))
    assert desk.building(PLUM).lon == pytest.approx(113.9001, abs=1e-9)


@pytest.mark.parametrize("crs", [4326, 4490, 4547, 32649, 3857, 4269, 4258])
def test_every_system_near_wgs_84_lands_in_the_same_place(desk, crs):
    frame = gpd.GeoDataFrame(pd.DataFrame([PLUM]), geometry=[shapely.Point(113.9001, 22.5501)], crs=4326)
    datum = frame.to_crs(crs) if crs in (4547, 32649, 3857) else frame.set_crs(crs, allow_override=True)
    datum.to_file(desk.folder / "buildings.gpkg", driver="GPKG", layer="x")
    desk.hand_in(by_geometry("gpkg"), desk.folder / "buildings.gpkg")
    assert desk.building(PLUM).lon == pytest.approx(113.9001, abs=2e-8)


@pytest.mark.parametrize("crs", [4214, 2415, 4610, 4267, 4301, 27700, 4277, 4284])
@pytest.mark.parametrize("kind", ["gpkg", "shapefile", "geoparquet", "geojson"])
def test_a_datum_that_nothing_published_turns_into_wgs_84_there_is_refused_with_the_cure(desk, crs, kind):
    """Beijing 1954, Xi'an 1980, NAD27, Tokyo, the British grid and others lie up to hundreds of metres beside it."""
    path = desk.folder / f"buildings.{kind}"
    frame = gpd.GeoDataFrame(pd.DataFrame([PLUM]), geometry=[shapely.Point(1.0, 2.0)], crs=crs)
    if kind == "shapefile":
        write_shapefile(path, [PLUM], crs=crs)
    elif kind == "geojson":
        content = json.loads(write_geojson(path, [PLUM]).read_text())
        content["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
        path.write_text(json.dumps(content))
    elif kind == "geoparquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="GPKG", layer="x")
    with pytest.raises(FileRefused, match="cannot be turned into WGS 84 here to within 10 m; save the layer in WGS 84"):
        desk.hand_in(by_geometry(kind), path)


def test_a_system_nobody_knows_is_refused(desk):
    content = json.loads(write_geojson(desk.folder / "b.geojson", [PLUM]).read_text())
    content["crs"] = {"type": "name", "properties": {"name": "Riverton local"}}
    with pytest.raises(FileRefused, match="the reference system 'Riverton local' is not known"):
        read_table("b.geojson", json.dumps(content).encode(), ANY)


def test_curves_become_lines(desk):
    desk.buildings(PLUM)
    path = gpkg_with(desk.folder / "streets.gpkg", ["a", "b"], [arc(113.85), shapely.box(113.8, 22.5, 113.9, 22.6).wkb])
    outcome = desk.hand_in(STREETS, path)
    assert outcome.faults == [] and outcome.tallies["areas"].new == 2
    round_one = next(shapely.from_wkb(area.outline) for area in desk.rows(Area) if area.code == "a")
    assert round_one.area == pytest.approx(np.pi * 0.05**2, rel=0.01)


@pytest.mark.parametrize(
    ("wkb", "reason"),
    [
        (None, "geometry_missing"),
        (shapely.Polygon().wkb, "geometry_missing"),
        (shapely.MultiPolygon().wkb, "geometry_missing"),
        (
            shapely.Polygon([(113.8, 22.5), (113.9, 22.6), (113.9, 22.5), (113.8, 22.6), (113.8, 22.5)]).wkb,
            "geometry_broken",
        ),
        (shapely.Polygon([(113.8, 22.5), (np.inf, 22.6), (113.9, 22.5), (113.8, 22.5)]).wkb, "geometry_broken"),
        (shapely.Point(113.9, 22.5).wkb, "geometry_kind"),
    ],
)
def test_one_bad_outline_of_a_geopackage_is_set_aside_by_name(desk, wkb, reason):
    desk.buildings(PLUM)
    good = shapely.box(113.8, 22.5, 113.9, 22.6).wkb
    outcome = desk.hand_in(STREETS, gpkg_with(desk.folder / "streets.gpkg", ["bad", "good"], [wkb, good]))
    assert reasons(outcome) == [reason] and outcome.frame["code"].tolist() == ["bad"]
    assert outcome.tallies["areas"].new == 1


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "geometry_missing"),
        ({"type": "Polygon", "coordinates": []}, "geometry_missing"),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry_missing"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry_missing"),
        ({"type": "Polygon", "coordinates": [[[113.8, 22.5], [113.9, 22.6]]]}, "geometry_broken"),
        ({"type": "Polygon", "coordinates": "x"}, "geometry_broken"),
        ({"type": "Circle", "coordinates": [1, 2]}, "geometry_broken"),
        (
            {"type": "Polygon", "coordinates": [[[113.8, 1e999], [113.9, 22.6], [113.9, 22.5], [113.8, 22.5]]]},
            "geometry_broken",
        ),
        ({}, "geometry_broken"),
        (7, "geometry_broken"),
        (POINT, "geometry_kind"),
    ],
)
def test_one_bad_outline_of_a_geojson_is_set_aside_by_name(desk, shape, reason):
    desk.buildings(PLUM)
    rows = [{"code": "bad", "name": "x"}, {"code": "good", "name": "y"}]
    outcome = desk.hand_in(STREETS, write_geojson(desk.folder / "streets.geojson", rows, [shape, square(113.85, 22.5)]))
    assert reasons(outcome) == [reason] and outcome.tallies["areas"].new == 1


@pytest.mark.parametrize("shape", [None, {"type": "Point", "coordinates": []}, {"type": "Polygon", "coordinates": []}])
def test_a_building_without_a_shape_is_set_aside_unless_it_may_stay_off_the_map(desk, shape):
    path = write_geojson(desk.folder / "buildings.geojson", [PLUM, MILL], [POINT, shape])
    assert reasons(desk.hand_in(by_geometry("geojson"), path)) == ["geometry_missing"]
    outcome = desk.hand_in(by_geometry("geojson").replace("\n[building]", OFF_MAP, 1), path)
    assert outcome.faults == [] and outcome.off_map == {"No shape.": 1}
    assert (desk.building(MILL).lon, desk.building(MILL).off_map) == (None, "No shape.")
    assert desk.building(PLUM).off_map is None


def test_rows_without_a_shape_can_be_left_out_and_no_other_word_is_known(desk):
    path = write_geojson(desk.folder / "buildings.geojson", [PLUM, MILL], [POINT, None])
    mapping = by_geometry("geojson").replace("\n[building]", OFF_MAP.replace("off_map", "leave_out"), 1)
    assert reasons(desk.hand_in(mapping, path)) == ["left_out"]
    with pytest.raises(WrongMapping, match="'geometry' says 'broken'; it must be one of missing"):
        desk.mapping(mapping.replace('"missing"', '"broken"'))


def test_a_layer_without_geometry_is_read_as_rows_without_places(desk):
    pyogrio.write_dataframe(pd.DataFrame(CAST), desk.folder / "buildings.gpkg", layer="plain", driver="GPKG")
    assert desk.hand_in(BUILDINGS, desk.folder / "buildings.gpkg").tallies["buildings"].new == 3


def test_the_one_layer_with_shapes_is_read_beside_the_styles_of_qgis(desk):
    path = write_gpkg(desk.folder / "buildings.gpkg", CAST)
    for layer in ("layer_styles", "qgis_projects", "notes"):
        pyogrio.write_dataframe(pd.DataFrame({"styleQML": ["<qgis/>"]}), path, layer=layer)
    assert desk.hand_in(BUILDINGS, path).tallies["buildings"].new == 3


def test_of_several_layers_the_one_with_the_columns_is_read_else_one_is_asked_for(desk):
    path = write_gpkg(desk.folder / "buildings.gpkg", CAST)
    write_gpkg(path, [{"lon": "113.9", "lat": "22.5", "other": "x"}], layer="trees")
    assert desk.hand_in(BUILDINGS, path).tallies["buildings"].new == 3
    write_gpkg(path, [MILL], layer="more")
    with pytest.raises(FileRefused, match=r"there are 3 layers, not one \(buildings, trees, more\); name one"):
        desk.hand_in(BUILDINGS, path)


def test_values_of_every_kind_of_parquet_become_texts(tmp_path):
    table = pa.table(
        {
            "text": pa.array(["001", None]),
            "whole": pa.array([7, None]),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "day": pa.array([1, None], pa.date32()),
            "instant": pa.array([0, 1], pa.timestamp("s")),
            "list": pa.array([[1, 2], None]),
            "bytes": pa.array([b"\xff", None]),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    frame = read_table("x.parquet", (tmp_path / "x.parquet").read_bytes(), ANY).frame
    assert frame.to_dict("list") == {
        "text": ["001", ""],
        "whole": ["7", ""],
        "kind": ["a", "b"],
        "day": ["1970-01-02", ""],
        "instant": ["1970-01-01T00:00:00", "1970-01-01T00:00:01"],
        "list": ["[1, 2]", ""],
        "bytes": ["", ""],
    }


@pytest.mark.parametrize("kind", [*WRITERS, "gpkg", "geojson"])
def test_bytes_cut_off_or_flipped_are_refused_with_a_sentence_or_read(tmp_path, kind):
    writer = {"gpkg": write_gpkg, "geojson": write_geojson, **WRITERS}[kind]
    data, chance = writer(tmp_path / "whole", CAST).read_bytes(), random.Random(5)
    for number in range(60):
        damaged = bytearray(data[: chance.randrange(len(data))] if number % 2 else data)
        for _ in range(chance.choice((0, 1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read_table("x", bytes(damaged), ANY)
        except FileRefused as refused:
            assert str(refused).endswith(".") and "\n" not in str(refused)
        except MemoryError:
            pass
