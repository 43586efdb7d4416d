"""Water, roads and the like of a city come in by a mapping, and those of the latest file of a kind are drawn."""

import numpy as np
import pytest
import shapely

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.city.ground import ground_features
from data.db.engine import reading, writing
from data.db.models.city import City, GroundFeature
from data.importing.errors import WrongMapping
from data.importing.writing.undo import undo_import
from geo.coordinates import from_wgs84
from tests.data.riverton import CITY, Desk, reasons, sentence, square, write_geojson

GROUND = (
    'title = "Riverton: ground"\nfiles = "ground*"\nformat = ["geojson", "gpkg", "shapefile"]\n'
    + CITY
    + """
[ground]
kind = { column = "what", values = { "水面" = "water", "道路" = "road", "铁路" = "rail" } }
road_class = { column = "class", values = { "主干路" = "main", "支路" = "street" } }
name = { column = "name" }
name_en = { column = "name_en" }
"""
)
LAKE = {"what": "水面", "class": "", "name": "镜湖", "name_en": "Mirror Lake"}
QUAY = {"what": "道路", "class": "主干路", "name": "港湾路", "name_en": ""}
LANE = {"what": "道路", "class": "", "name": "", "name_en": ""}
WATER = square(113.9, 22.5)
ROAD = shapely.LineString([(113.9, 22.5), (113.95, 22.6)]).__geo_interface__
FAR_AWAY = shapely.LineString([(114.5, 22.5), (114.6, 22.6)]).__geo_interface__


def hand_in(desk: Desk, *features: tuple[dict, object], mapping: str = GROUND):
    rows, shapes = zip(*features, strict=True)
    return desk.hand_in(mapping, write_geojson(desk.folder / "ground.geojson", rows, shapes))


def drawn(desk: Desk) -> set[tuple]:
    with reading(desk.engine, SYSTEM) as session:
        frame = ground_features(session, session.query(City).one())
    return set(frame[["kind", "road_class", "name", "name_en"]].itertuples(index=False, name=None))


def test_features_carry_kind_class_and_names_and_a_road_of_no_class_is_a_plain_street(desk):
    outcome = hand_in(desk, (LAKE, WATER), (QUAY, ROAD), (LANE, ROAD))
    assert not outcome.faults
    assert vars(outcome.tallies["ground_features"]) == {"new": 3, "changed": 0, "unchanged": 0}
    assert drawn(desk) == {
        ("water", None, "镜湖", "Mirror Lake"),
        ("road", "main", "港湾路", None),
        ("road", "street", None, None),
    }


def test_of_a_kind_the_latest_file_is_drawn_and_its_undo_brings_back_the_one_before(desk):
    hand_in(desk, (LAKE, WATER), (QUAY, ROAD))
    later = hand_in(desk, (LANE, ROAD))
    assert drawn(desk) == {("water", None, "镜湖", "Mirror Lake"), ("road", "street", None, None)}
    with writing(desk.engine, SYSTEM) as session:
        undo_import(session, SYSTEM, later.import_id, actor=COMMAND_LINE)
    assert drawn(desk) == {("water", None, "镜湖", "Mirror Lake"), ("road", "main", "港湾路", None)}


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        ((LAKE, ROAD), "geometry_kind"),
        ((QUAY, WATER), "geometry_kind"),
        ((QUAY, None), "geometry_missing"),
        ((QUAY, FAR_AWAY), "place_outside"),
        ((LAKE | {"what": "沙漠"}, WATER), "value_unknown"),
    ],
)
def test_what_cannot_be_drawn_is_set_aside(desk, feature, reason):
    outcome = hand_in(desk, feature, (QUAY, ROAD))
    assert reasons(outcome) == [reason], sentence(outcome)
    assert drawn(desk) == {("road", "main", "港湾路", None)}


def test_a_lake_that_reaches_beyond_the_city_is_drawn_whole(desk):
    hand_in(desk, (LAKE, square(113.95, 22.5, side=0.5)))
    (lake,) = desk.rows(GroundFeature)
    assert shapely.bounds(shapely.from_wkb(lake.geometry))[2] == pytest.approx(114.45)


def test_ground_of_another_datum_is_turned_into_wgs84(desk):
    corners = [(113.9, 22.5), (113.95, 22.6)]
    moved = shapely.LineString([tuple(map(float, from_wgs84(*corner, "GCJ02"))) for corner in corners])
    mapping = GROUND.replace("[city]", 'outline_datum = "GCJ02"\n[city]', 1)
    hand_in(desk, (QUAY, moved.__geo_interface__), mapping=mapping)
    (road,) = desk.rows(GroundFeature)
    assert shapely.get_coordinates(shapely.from_wkb(road.geometry)) == pytest.approx(np.array(corners), abs=1e-6)


def test_a_mapping_of_the_ground_needs_a_format_with_geometry(desk):
    with pytest.raises(WrongMapping, match=r"\[ground\] reads the file's geometry"):
        desk.mapping(GROUND.replace('["geojson", "gpkg", "shapefile"]', '"csv"'))
