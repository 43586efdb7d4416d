import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import morton
from geo.errors import WrongTheme
from geo.point_index import FIRST_ZOOM
from geo.point_layer import Theme
from tests.geo.small_city import CLASSES, EAST, NORTH, SOUTH, WEST, City, cities, crowded_city

edges = st.tuples(st.floats(WEST - 0.01, EAST + 0.01), st.floats(SOUTH - 0.01, NORTH + 0.01))


def sums_by_hand(city: City, level: int) -> dict[int, list[float]]:
    """Per cell: count, sum of x, sum of y, places by class, amounts and buildings that show each mark."""
    theme, overlays = city.point_layer.theme, city.point_layer.overlays
    table: dict[int, list[float]] = {}
    for row in city.rows:
        cell = int(city.places.key[row]) >> 2 * (morton.BITS - level)
        held = table.setdefault(cell, [0.0] * (3 + CLASSES + 2 * len(overlays)))
        held[0] += 1
        held[1] += city.places.x[row]
        held[2] += city.places.y[row]
        held[3 + theme.codes[row] % CLASSES] += 1
        for i, overlay in enumerate(overlays.values()):
            held[3 + CLASSES + i] += overlay.amounts[row]
            held[3 + CLASSES + len(overlays) + i] += overlay.states[row] > 0
    return table


@given(cities, st.integers(0, FIRST_ZOOM + 2))
def test_the_sums_of_every_level_are_those_made_by_hand(city, level):
    sums = city.point_layer.sums(level)
    expected = sums_by_hand(city, level)
    assert sums.cells.tolist() == sorted(expected)
    rows = np.column_stack((sums.count, sums.x, sums.y, sums.by_class, sums.amounts, sums.showing))
    wanted = np.array([expected[cell] for cell in sorted(expected)]).reshape(rows.shape)
    assert rows == pytest.approx(wanted, rel=1e-12)


@given(cities, st.lists(st.integers(0, 4**8 - 1), unique=True, max_size=30))
def test_sums_asked_for_cells_are_given_for_those_that_hold_a_place(city, some):
    sums = city.point_layer.sums(8)
    wanted = np.unique(np.array([*some, *sums.cells[::2]], np.int64))
    assert sums.of_cells(wanted).cells.tolist() == [
        cell for cell in wanted.tolist() if cell in set(sums.cells.tolist())
    ]


@given(cities | st.builds(crowded_city), edges, edges)
def test_the_legend_counts_what_a_look_at_every_place_in_view_counts(city, corner, other):
    (west, east), (south, north) = sorted((corner[0], other[0])), sorted((corner[1], other[1]))
    (left, right), (top, bottom) = morton.unit_xy((west, east), (north, south))
    x, y = city.places.x[city.rows], city.places.y[city.rows]
    rows = city.rows[(x >= left) & (x <= right) & (y >= top) & (y <= bottom)]
    counts = city.point_layer.counts_in_view(west, south, east, north)
    codes = city.point_layer.theme.codes[rows] % CLASSES
    assert counts.by_class == tuple(np.bincount(codes, minlength=CLASSES))
    for name, overlay in city.point_layer.overlays.items():
        assert counts.amounts[name] == overlay.amounts[rows].sum()
        assert counts.buildings[name] == (overlay.states[rows] > 0).sum()


@given(cities)
def test_a_view_of_more_than_the_world_counts_everything(city):
    assert sum(city.point_layer.counts_in_view(-400, -95, 400, 95).by_class) == len(city.rows)


def test_a_place_without_a_class_counts_in_the_last_class():
    assert Theme(np.array([-1, 0, 2], np.int8), 4).class_of.tolist() == [3, 0, 2]


@pytest.mark.parametrize("code", [-2, 3])
def test_a_code_that_names_no_class_is_refused(code):
    with pytest.raises(WrongTheme, match=r"-1\.\.2"):
        Theme(np.array([0, code], np.int8), 4)
