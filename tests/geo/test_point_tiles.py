from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NoSuchTile
from geo.morton import unit_xy
from geo.mvt import EXTENT
from geo.point_index import Selection
from geo.point_layer import PointLayer
from geo.point_tiles import tile
from tests.geo.small_city import CLASSES, City, cities, city, features, points, tiles_over

MARGIN = EXTENT // 16  # 32 css pixels
CELL = EXTENT // 8


def in_tile(point: tuple[int, int]) -> bool:
    return 0 <= point[0] < EXTENT and 0 <= point[1] < EXTENT


def own_cells(cells: list[dict]) -> list[dict]:
    """The cells that lie in the tile itself and not in the ring around it."""
    south_west = [(points(cell)[1], cell) for cell in cells]
    return [cell for (x, y), cell in south_west if 0 <= x < EXTENT and 0 < y <= EXTENT]


@settings(max_examples=30)
@given(cities, st.integers(5, 8))
def test_the_cells_of_all_tiles_of_a_zoom_add_up_to_the_selection(city, z):
    totals: Counter[str] = Counter()
    for address in tiles_over(city.places, z):
        for cell in own_cells(features(tile(city.point_layer, *address), "cells")):
            assert cell["properties"]["n"] == sum(cell["properties"].get(f"c{c}", 0) for c in range(CLASSES))
            totals.update(cell["properties"])
    rows = city.rows
    wanted = Counter(
        {"n": len(rows)} | {name: overlay.amounts[rows].sum() for name, overlay in city.point_layer.overlays.items()}
    )
    wanted.update(f"c{code % CLASSES}" for code in city.point_layer.theme.codes[rows].tolist())
    assert totals == +wanted


@settings(max_examples=20)
@given(cities)
def test_the_buildings_of_all_tiles_of_a_zoom_are_the_selection(city):
    z, found = 11, Counter()
    for _, column, row in tiles_over(city.places, z):
        for look in features(tile(city.point_layer, z, column, row), "buildings"):
            mix = tuple(look["properties"].get(name, 0) for name in ("c", "h", "v"))
            found.update(
                (px + column * EXTENT, py + row * EXTENT, *mix) for px, py in points(look) if in_tile((px, py))
            )
    places, overlays, side = city.places, city.point_layer.overlays, EXTENT * 2**z
    codes, states = city.point_layer.theme.codes % CLASSES, [overlay.states for overlay in overlays.values()]
    wanted = Counter(
        (round(places.x[row] * side), round(places.y[row] * side), codes[row], *(state[row] for state in states))
        for row in city.rows
    )
    assert found == wanted


@settings(max_examples=20)
@given(cities, st.integers(9, 16))
def test_every_tile_that_the_symbol_of_a_building_touches_holds_the_building(city, z):
    side = EXTENT * 2**z
    reach = (1 - MARGIN, 0, MARGIN - 1)
    where = {(round(city.places.x[row] * side), round(city.places.y[row] * side)) for row in city.rows[:8]}
    for x, y in where:
        touched = {((x + dx) // EXTENT, (y + dy) // EXTENT) for dx in reach for dy in reach}
        for column, row in touched:
            looks = features(tile(city.point_layer, z, column, row), "buildings")
            held = {point for look in looks for point in points(look)}
            assert (x - column * EXTENT, y - row * EXTENT) in held


@settings(max_examples=20)
@given(cities, st.integers(4, 8))
def test_a_cell_beside_a_tile_is_the_same_in_both_tiles(city, z):
    seen: dict[tuple, dict] = {}
    for _, column, row in tiles_over(city.places, z):
        for cell in features(tile(city.point_layer, z, column, row), "cells"):
            moved = tuple((x + column * EXTENT, y + row * EXTENT) for x, y in points(cell))
            assert seen.setdefault(moved[1], (moved, cell["properties"])) == (moved, cell["properties"])


@pytest.fixture(scope="module")
def town() -> City:
    return city(300, seed=7, filtered=False)


def test_a_tile_holds_its_own_cells_and_one_ring_of_cells_around_it(town):
    z, ring = 8, set()
    for address in tiles_over(town.places, z):
        for cell in features(tile(town.point_layer, *address), "cells"):
            x, y = points(cell)[1]
            assert -CELL <= x <= EXTENT
            assert 0 <= y <= EXTENT + CELL
            ring |= {(x, y)} if not (0 <= x < EXTENT and 0 < y <= EXTENT) else set()
    assert ring


def test_a_cells_points_are_its_mean_place_and_two_corners_that_span_it(town):
    cells = [
        cell for address in tiles_over(town.places, 8) for cell in features(tile(town.point_layer, *address), "cells")
    ]
    assert cells
    for cell in cells:
        (x, y), (west, south), (east, north) = points(cell)
        assert (east - west, south - north) == (CELL, CELL)
        assert west <= x <= east
        assert north <= y <= south


def test_the_mean_place_of_a_cell_is_the_mean_of_its_buildings(town):
    x, y = town.places.x.mean(), town.places.y.mean()
    z = 3
    column, row = int(x * 2**z), int(y * 2**z)
    (only,) = own_cells(features(tile(town.point_layer, z, column, row), "cells"))
    assert points(only)[0] == (round((x * 2**z - column) * EXTENT), round((y * 2**z - row) * EXTENT))


def test_buildings_appear_at_the_first_building_zoom_and_cells_below_it(town):
    zoom = town.point_layer.selection.first_building_zoom
    for z, shown, missing in ((zoom - 1, "cells", "buildings"), (zoom, "buildings", "cells")):
        made = tile(town.point_layer, z, int(town.places.x[0] * 2**z), int(town.places.y[0] * 2**z))
        assert features(made, shown)
        assert not features(made, missing)


def test_a_mix_of_class_and_marks_is_one_feature_and_the_first_class_lies_on_top(town):
    z = 10
    looks = features(tile(town.point_layer, z, int(town.places.x[0] * 2**z), int(town.places.y[0] * 2**z)), "buildings")
    mixes = [tuple(look["properties"].get(name, 0) for name in ("c", "h", "v")) for look in looks]
    assert len(set(mixes)) == len(mixes) > CLASSES
    assert [mix[0] for mix in mixes] == sorted((mix[0] for mix in mixes), reverse=True)


def test_a_drawing_without_places_or_marks_is_an_empty_tile(town):
    nothing = PointLayer(Selection(town.places, np.zeros(300, bool)), town.point_layer.theme)
    assert tile(nothing, 8, 209, 111) == b""
    assert tile(nothing, 12, 3345, 1784) == b""
    assert nothing.counts_in_view(113, 22, 115, 23).by_class == (0,) * CLASSES
    assert nothing.selection.nearest(113.95, 22.55, 1000) is None


@pytest.mark.parametrize("address", [(20, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_a_tile_outside_the_map_is_refused(town, address):
    with pytest.raises(NoSuchTile, match="There is no tile"):
        tile(town.point_layer, *address)


def test_the_deepest_tile_still_holds_its_building(town):
    x, y = (float(unit) for unit in unit_xy(town.lon[0], town.lat[0]))
    looks = features(tile(town.point_layer, 19, int(x * 2**19), int(y * 2**19)), "buildings")
    assert any(in_tile(point) for look in looks for point in points(look))


def test_as_many_buildings_as_a_tile_may_hold_take_less_than_forty_kilobytes():
    crowd = city(16000, seed=3, filtered=True)
    zoom = crowd.point_layer.selection.first_building_zoom
    sizes = [len(tile(crowd.point_layer, *address)) for address in tiles_over(crowd.places, zoom)]
    assert 5_000 < max(sizes) < 40_000
