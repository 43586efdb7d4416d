import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import morton
from geo.errors import OffTheMap

lons, lats = st.floats(-180, 180), st.floats(-85.05, 85.05)
units = st.floats(0, 1, exclude_max=True)
zooms = st.integers(0, morton.BITS)


def bit_by_bit(column: int, row: int) -> int:
    return sum((column >> i & 1) << 2 * i | (row >> i & 1) << 2 * i + 1 for i in range(morton.BITS))


@given(units, units)
def test_the_bits_of_column_and_row_alternate_and_the_column_has_the_even_places(x, y):
    side = 1 << morton.BITS
    assert morton.keys_of_unit(x, y) == bit_by_bit(int(x * side), int(y * side))


@given(units, units, zooms)
def test_a_cell_gives_back_its_column_and_row_at_every_level(x, y, level):
    cell = morton.parents(morton.keys_of_unit(x, y), level)
    column, row = morton.cell_xy(cell, level)
    assert (column, row) == (int(x * 2**level), int(y * 2**level))
    assert morton.cell_at(column, row) == cell


@given(units, units, zooms, units, units)
def test_a_tile_range_holds_the_keys_of_the_points_in_the_tile_and_no_others(x, y, z, other_x, other_y):
    column, row = int(x * 2**z), int(y * 2**z)
    low, high = morton.tile_range(z, column, row)
    assert low <= morton.keys_of_unit(x, y) < high
    inside = (int(other_x * 2**z), int(other_y * 2**z)) == (column, row)
    assert (low <= morton.keys_of_unit(other_x, other_y) < high) == inside


@given(units, units, zooms)
def test_points_on_a_tiles_edges_belong_to_the_tile_east_and_south_of_it(x, y, z):
    column, row = int(x * 2**z), int(y * 2**z)
    assert morton.parents(morton.keys_of_unit(column / 2**z, row / 2**z), z) == morton.cell_at(column, row)


@given(lons, lats)
def test_longitude_and_latitude_come_back_from_web_mercator(lon, lat):
    assert morton.lonlat(*morton.unit_xy(lon, lat)) == pytest.approx((lon, lat), abs=1e-10)


def test_web_mercator_agrees_with_the_published_tile_of_a_known_place():
    # OpenStreetMap wiki, "Slippy map tilenames": 51.51202 N, 0.02435 E lies in tile 17/65544/43582.
    low, high = morton.tile_range(17, 65544, 43582)
    assert low <= morton.keys(0.02435, 51.51202) < high
    assert morton.unit_xy(0, 0) == (0.5, 0.5)


@given(st.lists(st.tuples(units, units), min_size=1, max_size=50), zooms)
def test_sorted_keys_stay_sorted_as_cells_of_every_level(places, level):
    keys = np.sort(morton.keys_of_unit(*np.array(places).T))
    assert (np.diff(morton.parents(keys, level)) >= 0).all()


@given(units, units, st.integers(1, 20))
def test_the_neighbours_of_a_cell_are_the_nine_around_it_that_are_on_the_map(x, y, level):
    column, row = int(x * 2**level), int(y * 2**level)
    found = morton.neighbours(morton.cell_at(column, row), level)
    expected = [
        int(morton.cell_at(column + dx, row + dy)) if 0 <= column + dx < 2**level and 0 <= row + dy < 2**level else -1
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
    ]
    assert found.tolist() == expected


def test_the_cells_of_a_rectangle_are_sorted_and_end_at_the_maps_edge():
    found = morton.cells_in(-1, -1, 3, 3, 1)
    assert found.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("lon, lat", [(float("nan"), 22), (114, float("nan")), (114, 89), (181, 22), (114, 2250)])
def test_a_place_that_is_not_on_the_map_is_refused_with_its_row(lon, lat):
    with pytest.raises(OffTheMap, match="Place 1 "):
        morton.keys([114, lon], [22, lat])


def test_the_far_corner_of_the_map_is_in_the_last_cell():
    assert morton.keys(180, -morton.MERCATOR_EDGE) == 2 ** (2 * morton.BITS) - 1
    assert morton.keys(-180, morton.MERCATOR_EDGE) == 0
