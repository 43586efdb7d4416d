import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import NoSuchTile
from geo.ground_tiles import FROM_ZOOM, GroundIndex, ground_tile
from geo.morton import lonlat
from geo.mvt import EXTENT
from tests.geo.small_city import features

Z, X, Y = 16, 53502, 28600  # a tile over the invented town, deep enough for every kind
MARGIN = EXTENT // 16
TILE = shapely.box(0, 0, EXTENT, EXTENT)
LAYER_OF = {"water": "water", "green": "green", "block": "blocks", "footprint": "footprints"}
Feature = tuple[str, list[tuple[float, float]]]


def on_tile(corners: list[tuple[float, float]], z: int = Z, x: int = X, y: int = Y) -> np.ndarray:
    """Corners in tile units, counted from a tile, as degrees."""
    across, down = np.array(corners, float).T / EXTENT
    return np.column_stack(lonlat((across + x) / 2**z, (down + y) / 2**z))


def geometry(kind: str, corners: list[tuple[float, float]], z: int = Z, x: int = X, y: int = Y) -> shapely.Geometry:
    shape = shapely.Polygon if kind in LAYER_OF else shapely.LineString
    return shape(on_tile(corners, z, x, y))


def tile_of(ground: list[Feature], names: list[str] | None = None, address=(Z, X, Y)) -> bytes:
    index = GroundIndex.of([geometry(kind, corners) for kind, corners in ground], [kind for kind, _ in ground])
    return ground_tile(*address, index, names or [""] * len(ground))


def drawn(tile: bytes, layer: str) -> shapely.Geometry:
    return shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in features(tile, layer)])


def square(west: float, north: float, side: float) -> list[tuple[float, float]]:
    return [(west, north), (west + side, north), (west + side, north + side), (west, north + side)]


SEVERAL_TILES = st.integers(-EXTENT, 2 * EXTENT)
POINTS = st.tuples(SEVERAL_TILES, SEVERAL_TILES)
SQUARES = st.tuples(
    st.sampled_from(sorted(LAYER_OF)), st.builds(square, SEVERAL_TILES, SEVERAL_TILES, st.integers(40, 3 * EXTENT))
)
LINES = st.tuples(
    st.sampled_from(["motorway", "main", "street", "path", "rail"]), st.lists(POINTS, min_size=2, max_size=5)
)


def is_large(corners: list[tuple[float, float]]) -> bool:
    return bool(np.ptp(np.array(corners), axis=0).max() >= 40)


@given(st.lists(st.one_of(SQUARES, LINES.filter(lambda line: is_large(line[1]))), max_size=6))
def test_all_that_crosses_a_tile_is_there_and_nothing_beyond_its_margin(ground):
    tile = tile_of(ground)
    for layer in (*LAYER_OF.values(), "roads"):
        found = drawn(tile, layer)
        if not found.is_empty:
            west, north, east, south = found.bounds
            assert min(west, north) >= -MARGIN and max(east, south) <= EXTENT + MARGIN
    for kind, corners in ground:
        here = (shapely.Polygon if kind in LAYER_OF else shapely.LineString)(corners).intersection(TILE)
        if here.length > 8:
            missing = here.difference(drawn(tile, LAYER_OF.get(kind, "roads")).buffer(3))
            assert missing.is_empty


@given(st.lists(SQUARES, min_size=1, max_size=8))
def test_every_ring_is_closed_and_does_not_cross_itself(ground):
    tile = tile_of(ground)
    for layer in LAYER_OF.values():
        for feature in features(tile, layer):
            for part in shapely.get_parts(shapely.geometry.shape(feature["geometry"])):
                assert part.is_valid and part.area > 0


@pytest.mark.parametrize(("kind", "zoom"), FROM_ZOOM.items())
def test_a_kind_is_in_the_tiles_of_its_first_zoom_and_in_none_further_out(kind, zoom):
    x, y = X >> (Z - zoom) if zoom <= Z else X, Y >> (Z - zoom) if zoom <= Z else Y
    across = [(400.0, 400.0), (3600.0, 400.0), (3600.0, 3600.0)]
    index = GroundIndex.of([geometry(kind, across, zoom, x, y)], [kind])
    layer = LAYER_OF.get(kind, "roads")
    assert features(ground_tile(zoom, x, y, index, [""]), layer)
    if zoom:
        assert not features(ground_tile(zoom - 1, x // 2, y // 2, index, [""]), layer)


def test_roads_carry_class_and_name_and_those_of_one_name_are_one_feature_under_the_wider():
    west, east = [(0.0, 100.0), (900.0, 100.0)], [(900.0, 100.0), (1800.0, 100.0)]
    cross: list[Feature] = [("street", west), ("main", [(0.0, 300.0), (900.0, 300.0)]), ("street", east)]
    roads = features(tile_of(cross, ["榕路", "海大道", "榕路"]), "roads")
    assert [road["properties"] for road in roads] == [
        {"class": "street", "name": "榕路"},
        {"class": "main", "name": "海大道"},
    ]
    assert shapely.geometry.shape(roads[0]["geometry"]).length == pytest.approx(1800, abs=2)


def test_a_name_of_water_stands_in_the_one_tile_that_holds_its_point():
    lake = [("water", square(EXTENT - 900, 100, 1500))]
    named = [features(tile_of(lake, ["镜湖"], (Z, X + step, Y)), "labels") for step in (-1, 0, 1)]
    (label,) = [label for labels in named for label in labels]
    assert label["properties"] == {"kind": "water", "name": "镜湖"}


def test_further_out_lines_have_fewer_corners_and_stay_where_they_are():
    wave = [(t, 2000 + 40 * np.sin(t / 60)) for t in range(0, EXTENT, 4)]
    index = GroundIndex.of([geometry("main", wave)], ["main"])
    far = drawn(ground_tile(12, X >> 4, Y >> 4, index, [""]), "roads")
    exact = drawn(ground_tile(Z, X, Y, index, [""]), "roads")
    assert len(shapely.get_coordinates(far)) < len(shapely.get_coordinates(exact)) / 4


def test_a_tile_without_ground_is_empty_and_one_outside_the_map_is_refused():
    assert tile_of([]) == b""
    assert tile_of([("water", square(0, 0, 100))], address=(Z, X + 5, Y)) == b""
    with pytest.raises(NoSuchTile):
        tile_of([], address=(2, 4, 0))
