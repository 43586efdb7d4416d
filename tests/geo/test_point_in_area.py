import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BrokenOutline
from geo.point_in_area import area_of

WEST_HALF, EAST_HALF = shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_a_place_on_a_shared_border_has_exactly_one_area():
    found = area_of([0.5, 1.0, 1.0, 1.5, 1.0], [1, 0, 1, 1, 2], [WEST_HALF, EAST_HALF])
    assert found.tolist() == [0, 0, 0, 1, 0]


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5)), min_size=1, max_size=40))
def test_places_on_the_corners_of_a_grid_lie_in_the_first_square_that_touches_them(places):
    squares = [shapely.box(x, y, x + 1, y + 1) for y in range(4) for x in range(4)]
    lon, lat = np.array(places, float).T
    expected = [
        next((i for i, square in enumerate(squares) if square.intersects(shapely.Point(place))), -1) for place in places
    ]
    assert area_of(lon, lat, squares).tolist() == expected


def test_places_in_a_hole_beyond_all_areas_or_without_coordinates_lie_nowhere():
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    found = area_of([1.5, 0.5, 9, np.nan, 0.5], [1.5, 0.5, 9, 1, np.nan], [ring])
    assert found.tolist() == [-1, 0, -1, -1, -1]


def test_nothing_asked_or_no_areas_is_no_mistake():
    assert area_of([], [], [WEST_HALF]).tolist() == []
    assert area_of([1.0], [1.0], []).tolist() == [-1]


@pytest.mark.parametrize(
    "outline, wrong",
    [
        (BOW_TIE, "broken at 0.5 0.5"),
        (shapely.LineString([(0, 0), (1, 1)]), "no polygon"),
        (shapely.Polygon(), "no polygon"),
        (None, "no polygon"),
    ],
)
def test_a_broken_outline_is_named_with_its_reason_and_cure(outline, wrong):
    with pytest.raises(BrokenOutline, match=rf"Outline 1 .*{wrong}.*make_valid"):
        area_of([0.5], [0.5], [WEST_HALF, outline])
