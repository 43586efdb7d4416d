from itertools import pairwise

import numpy as np
import pytest
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from geo.area_tiles import JOINED_BELOW_PX, AreaIndex, outline_tile
from geo.errors import BrokenOutline, NoSuchTile
from geo.morton import lonlat
from geo.mvt import EXTENT
from tests.geo.small_city import features

Z, X, Y = 10, 836, 446  # a tile over the invented town
MARGIN = EXTENT // 16


def on_tile(*corners: tuple[float, float]) -> shapely.Polygon:
    """A polygon in WGS 84 from corners in tiles of zoom Z, counted from the tile X, Y."""
    x, y = np.array(corners).T
    return shapely.Polygon(np.column_stack(lonlat((x + X) / 2**Z, (y + Y) / 2**Z)))


def box(west: float, north: float, east: float, south: float) -> shapely.Polygon:
    return on_tile((west, north), (east, north), (east, south), (west, south))


def grid(side: int) -> list[shapely.Polygon]:
    edges = list(pairwise(np.linspace(0, 1, side + 1)))
    return [box(west, north, east, south) for north, south in edges for west, east in edges]


def tile_of(outlines: list[shapely.Polygon], values, address=(Z, X, Y)) -> bytes:
    numbers = range(101, 101 + len(outlines))
    return outline_tile(*address, AreaIndex.of(outlines, numbers), values, [f"区{i}" for i in range(len(outlines))])


def drawn_area(feature: dict) -> float:
    return shapely.area(shapely.geometry.shape(feature["geometry"]))


def test_an_area_carries_its_class_and_id_and_its_corners_to_the_unit():
    (area,) = features(tile_of([box(0.25, 0.25, 0.5, 0.75)], [3]), "areas")
    assert (area["id"], area["properties"]) == (101, {"v": 3})
    assert shapely.bounds(shapely.geometry.shape(area["geometry"])).tolist() == [1024, 1024, 2048, 3072]


def test_an_area_without_a_class_has_no_v():
    assert features(tile_of([box(0.25, 0.25, 0.5, 0.75)], [-1]), "areas")[0]["properties"] == {}


def test_an_area_is_cut_off_a_margin_beyond_the_tile():
    (area,) = features(tile_of([box(-3, -3, 3, 3)], [0]), "areas")
    bounds = shapely.bounds(shapely.geometry.shape(area["geometry"])).tolist()
    assert bounds == [-MARGIN, -MARGIN, EXTENT + MARGIN, EXTENT + MARGIN]


def test_neighbours_leave_no_gap_and_do_not_overlap():
    areas = features(tile_of(grid(7), [0] * 49), "areas")
    assert len(areas) == 49
    assert sum(map(drawn_area, areas)) == EXTENT**2
    together = shapely.union_all([shapely.geometry.shape(area["geometry"]) for area in areas])
    assert shapely.bounds(together).tolist() == [0, 0, EXTENT, EXTENT]
    assert shapely.area(together) == EXTENT**2


def test_a_ring_is_closed_by_its_command_and_not_by_a_corner():
    message = vector_tile_pb2.tile.FromString(tile_of([box(0.25, 0.25, 0.5, 0.75)], [0]))
    move_to, four_corners, line_to, close = 1, 2 * 4, 1, 1
    assert len(message.layers[0].features[0].geometry) == move_to + four_corners + line_to + close


def test_borders_that_areas_share_stay_shared_when_simplified():
    wave = [(0.5 + 0.02 * np.sin(40 * t) + 0.0004 * (-1) ** i, t) for i, t in enumerate(np.linspace(0, 1, 400))]
    west, east = on_tile((0, 0), *wave, (0, 1)), on_tile((1, 0), *wave, (1, 1))
    areas = features(tile_of([west, east], [0, 1]), "areas")
    corners = [len(shapely.get_coordinates(shapely.geometry.shape(area["geometry"]))) for area in areas]
    assert max(corners) < 200
    assert sum(map(drawn_area, areas)) == pytest.approx(EXTENT**2, abs=1)


def test_a_hole_stays_a_hole_and_islands_stay_together():
    ring = box(0.1, 0.1, 0.9, 0.9).difference(box(0.4, 0.4, 0.6, 0.6))
    islands = shapely.MultiPolygon([box(0.92, 0.1, 0.95, 0.2), box(0.96, 0.1, 0.99, 0.2)])
    with_hole, two = features(tile_of([ring, islands], [0, 1]), "areas")
    assert drawn_area(with_hole) == pytest.approx((0.8**2 - 0.2**2) * EXTENT**2, rel=1e-3)
    assert two["geometry"]["type"] == "MultiPolygon"


def test_outer_rings_run_clockwise_on_the_screen_as_the_format_demands():
    for outline in (box(0.2, 0.2, 0.4, 0.4), box(-1, -1, 0.5, 0.5), box(0.2, 0.2, 0.4, 0.4).reverse()):
        message = vector_tile_pb2.tile.FromString(tile_of([outline], [0]))
        geometry = np.array(message.layers[0].features[0].geometry)
        n = int(geometry[3] >> 3) + 1
        numbers = np.concatenate((geometry[1:3], geometry[4 : 2 + 2 * n]))
        x, y = np.cumsum(((numbers >> 1) ^ -(numbers & 1)).reshape(-1, 2), axis=0).T
        assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0


def test_areas_too_small_to_click_share_one_feature_for_each_class():
    side = 512 // JOINED_BELOW_PX + 4
    values = np.arange(side * side) % 4 - 1
    areas = features(tile_of(grid(side), values), "areas")
    assert [area["properties"].get("v") for area in areas] == [None, 0, 1, 2]
    assert {area["id"] for area in areas} == {0}
    assert sum(map(drawn_area, areas)) == pytest.approx(EXTENT**2, rel=1e-3)


def test_each_name_stands_in_one_tile_only_and_inside_its_area():
    horseshoe = on_tile((0, 0), (1.5, 0), (1.5, 0.2), (0.2, 0.2), (0.2, 0.8), (1.5, 0.8), (1.5, 1), (0, 1))
    places = []
    for x in (X - 1, X, X + 1):
        for y in (Y - 1, Y, Y + 1):
            for name in features(tile_of([horseshoe], [0], (Z, x, y)), "names"):
                assert (name["id"], name["properties"]) == (101, {"name": "区0"})
                px, py = name["geometry"]["coordinates"]
                places.append(shapely.Point(lonlat((x + px / EXTENT) / 2**Z, (y + py / EXTENT) / 2**Z)))
    (place,) = places
    assert horseshoe.contains(place)


def test_an_area_too_narrow_for_its_name_has_none():
    assert not features(tile_of([box(0.5, 0.5, 0.53, 0.53)], [0]), "names")


def test_a_tile_without_areas_is_empty():
    assert tile_of([box(0, 0, 1, 1)], [0], (Z, X + 9, Y)) == b""


def test_broken_outlines_and_tiles_outside_the_map_are_refused():
    with pytest.raises(BrokenOutline):
        AreaIndex.of([on_tile((0, 0), (1, 1), (1, 0), (0, 1))], [1])
    with pytest.raises(NoSuchTile):
        tile_of([box(0, 0, 1, 1)], [0], (2, 4, 0))
