import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.density_tiles import DENSITY_CLASSES, DENSITY_LEVELS, FINEST, Density
from geo.mvt import EXTENT
from geo.point_index import Selection
from tests.geo.small_city import City, cities, city, features, points, tiles_over

SQUARE = EXTENT // 32


def squares_by_hand(city: City, z: int) -> dict[tuple[int, int], int]:
    side = 2 ** (z + DENSITY_LEVELS)
    held: dict[tuple[int, int], int] = {}
    for row in city.rows:
        square = int(city.places.x[row] * side), int(city.places.y[row] * side)
        held[square] = held.get(square, 0) + 1
    return held


@settings(max_examples=25)
@given(cities, st.sampled_from([7, 9, FINEST - DENSITY_LEVELS, FINEST - DENSITY_LEVELS + 1]))
def test_every_square_with_places_is_in_its_tile_in_the_class_of_its_count(city, z):
    density = Density(city.point_layer.selection)
    expected = squares_by_hand(city, z)
    addresses = {(z, column >> DENSITY_LEVELS, row >> DENSITY_LEVELS) for column, row in expected}
    found = {}
    for _, x, y in addresses:
        for feature in features(density.tile(z, x, y), "density"):
            for px, py in points(feature):
                square = (px + x * EXTENT) // SQUARE, (py + y * EXTENT) // SQUARE
                assert (px % SQUARE, py % SQUARE) == (SQUARE // 2, SQUARE // 2)
                assert -SQUARE <= px - SQUARE // 2 <= EXTENT
                found[square] = feature["properties"]["d"]
    assert found == {square: sum(count >= step for step in density.breaks(z)) for square, count in expected.items()}


@given(cities, st.integers(0, 19))
def test_the_classes_of_a_zoom_rise_and_hold_for_the_whole_selection(city, z):
    breaks = Density(city.point_layer.selection).breaks(z)
    assert len(breaks) == DENSITY_CLASSES - 1
    assert breaks[0] >= 2
    assert list(breaks) == sorted(set(breaks))


def test_a_tile_of_density_has_at_most_six_features():
    town = city(400, seed=2, filtered=False)
    density = Density(Selection(town.places))
    for z in (8, 11, 14):
        assert all(len(features(density.tile(*at), "density")) <= 6 for at in list(tiles_over(town.places, z))[:40])


def test_density_of_nothing_is_an_empty_tile():
    town = city(50)
    nothing = Density(Selection(town.places, np.zeros(50, bool)))
    assert nothing.tile(9, 418, 223) == b""
    assert nothing.tile(17, 107_000, 57_000) == b""
