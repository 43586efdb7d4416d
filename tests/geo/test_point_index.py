import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import morton
from geo.coordinates import EARTH_RADIUS_M, metres_between
from geo.point_index import FIRST_ZOOM, LAST_ZOOM, PointIndex, Selection, most_a_tile
from tests.geo.small_city import EAST, NORTH, SOUTH, WEST, City, cities, city, crowded_city

lons, lats = st.floats(WEST, EAST), st.floats(SOUTH, NORTH)


def nearest_by_looking_at_all(city: City, lon: float, lat: float, metres: float) -> int | None:
    rows = city.rows
    x, y = city.places.x[rows], city.places.y[rows]
    distance = metres_between(lon, lat, *morton.lonlat(x, y))
    return int(rows[np.argmin(distance)]) if len(rows) and distance.min() <= metres else None


@given(cities, lons, lats, st.floats(0.1, 20_000))
def test_the_nearest_place_is_the_one_found_by_looking_at_all(city, lon, lat, metres):
    assert city.point_layer.selection.nearest(lon, lat, metres) == nearest_by_looking_at_all(city, lon, lat, metres)


@given(st.integers(0, 199), st.floats(0, 3))
def test_the_nearest_place_to_a_building_is_a_building_at_that_very_place(row, metres):
    found = CITY.point_layer.selection.nearest(CITY.lon[row], CITY.lat[row], metres)
    assert found is not None or metres < 1e-6
    if found is not None:
        assert metres_between(CITY.lon[row], CITY.lat[row], CITY.lon[found], CITY.lat[found]) < 1e-6


CITY = city(200, filtered=False)


@given(st.floats(-170, 170), st.floats(-75, 75), st.floats(1, 5000), st.floats(0, 360), st.floats(0.9, 0.999))
def test_a_place_just_within_reach_is_found_at_every_latitude_and_in_every_direction(lon, lat, metres, bearing, share):
    up = np.degrees(metres * share / EARTH_RADIUS_M)
    there = (
        [lon + up * np.sin(np.radians(bearing)) / np.cos(np.radians(lat))],
        [lat + up * np.cos(np.radians(bearing))],
    )
    if metres_between(lon, lat, *there) <= metres:
        assert Selection(PointIndex(*morton.unit_xy(*there), morton.keys(*there))).nearest(lon, lat, metres) == 0


def test_of_places_equally_near_the_first_row_is_taken():
    lon, lat = np.array([114.0, 114.0, 114.0]), np.array([22.5, 22.5, 22.5])
    same = PointIndex(*morton.unit_xy(lon, lat), morton.keys(lon, lat))
    assert Selection(same).nearest(114.0, 22.5, 5) == 0
    assert Selection(same, np.array([False, True, True])).nearest(114.0, 22.5, 5) == 1


@given(cities, st.integers(5, 20), st.integers(0, 3), st.integers(0, 3))
def test_the_rows_in_a_rectangle_of_cells_are_the_selected_places_that_lie_in_it(city, level, columns, rows):
    first_column, first_row = int(0.8163 * 2**level), int(0.4357 * 2**level)
    covering = morton.cells_in(first_column, first_row, columns, rows, level)
    column, row = np.floor(city.places.x * 2**level), np.floor(city.places.y * 2**level)
    inside = (column >= first_column) & (column < first_column + columns)
    inside &= (row >= first_row) & (row < first_row + rows)
    expected = [i for i in city.rows if inside[i]]
    assert city.point_layer.selection.rows_in(covering, level).tolist() == expected


def fullest_tile(selection: Selection, z: int) -> int:
    return int(np.unique(morton.parents(selection.take(selection.places.key), z), return_counts=True)[1].max(initial=0))


@pytest.fixture(scope="module")
def full_city() -> City:
    return crowded_city()


def test_buildings_are_shown_from_the_first_zoom_whose_fullest_tile_is_not_too_full(full_city):
    selection = full_city.point_layer.selection
    zoom = selection.first_building_zoom
    assert FIRST_ZOOM < zoom < LAST_ZOOM
    assert fullest_tile(selection, zoom) <= most_a_tile(zoom)
    assert fullest_tile(selection, zoom - 1) > most_a_tile(zoom - 1)


def test_a_strong_filter_shows_single_buildings_further_out(full_city):
    few = Selection(full_city.places, np.arange(20_000) % 100 == 0)
    assert few.first_building_zoom == FIRST_ZOOM < full_city.point_layer.selection.first_building_zoom


def test_ten_times_the_density_moves_the_buildings_further_in(full_city):
    places = full_city.places
    ten = PointIndex(*(np.repeat(column, 10) for column in (places.x, places.y, places.key)))
    assert Selection(ten).first_building_zoom > full_city.point_layer.selection.first_building_zoom


def test_a_spot_too_dense_for_any_zoom_is_drawn_building_by_building_at_the_last():
    lon, lat = np.full(9000, 114.0), np.full(9000, 22.5)
    assert Selection(PointIndex(*morton.unit_xy(lon, lat), morton.keys(lon, lat))).first_building_zoom == LAST_ZOOM


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1))
def test_memory_mapped_columns_serve_as_well_as_arrays_in_memory(tmp_path_factory, seed):
    folder, made = tmp_path_factory.mktemp("snapshot"), city(100, seed)
    for name in ("x", "y", "key"):
        np.save(folder / f"{name}.npy", getattr(made.places, name))
    mapped = PointIndex(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("x", "y", "key")))
    selection = Selection(mapped, made.chosen)
    assert selection.nearest(113.95, 22.55, 5000) == made.point_layer.selection.nearest(113.95, 22.55, 5000)
    assert selection.first_building_zoom == made.point_layer.selection.first_building_zoom
