"""Walking over roads. A town with a street along, a lane across, an island that no bridge leads to."""

import heapq

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import metres_between
from geo.walking import UNREACHED_S, walking_seconds
from geo.walking_roads import MARGIN_M, Roads, roads_of, walking_seconds_by_road

SOUTH_WEST = (113.9, 22.55)
A_METRE_EAST, A_METRE_NORTH = 1 / 102_690, 1 / 111_195  # degrees
METRES_A_SECOND = 1.25


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return SOUTH_WEST[0] + east_m * A_METRE_EAST, SOUTH_WEST[1] + north_m * A_METRE_NORTH


def road(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([at(*point) for point in points])


HIGH_STREET = road((0, 0), (400, 0))
MILL_LANE = road((200, 0), (200, 300))
ISLAND_PATH = road((0, 600), (100, 600))
TOWN = roads_of([HIGH_STREET, MILL_LANE, ISLAND_PATH])
PLACES = st.lists(st.tuples(st.integers(-50, 450), st.integers(-50, 700)), min_size=1, max_size=10)


def metres(roads: Roads, *places: tuple[float, float]) -> np.ndarray:
    lon, lat = np.array([at(*place) for place in places]).T
    return walking_seconds_by_road(roads, lon, lat).seconds * METRES_A_SECOND


def test_the_way_leads_along_the_roads_and_from_the_nearest_point_of_the_nearest_one():
    walked = metres(TOWN, (50, 0), (350, 0), (200, 100), (60, 10))
    assert walked[0] == pytest.approx([0, 300, 250, 20], abs=3)
    assert walked[2, 3] == pytest.approx(100 + 140 + 10, abs=3)


def test_two_places_on_one_piece_of_road_do_not_go_round_by_its_ends():
    assert metres(TOWN, (10, 5), (40, -5))[0, 1] == pytest.approx(40, abs=2)


def test_the_same_place_is_no_way_from_itself():
    assert metres(TOWN, (60, 30), (60, 30))[0, 1] == 0


def test_roads_are_joined_where_they_touch_or_cross_without_a_common_point():
    crossing = roads_of([road((0, 0), (400, 0)), road((200, -100), (200, 300))])
    assert metres(crossing, (50, 0), (200, 100))[0, 1] == pytest.approx(250, abs=3)
    assert len(crossing.ends) == 4
    assert len(TOWN.ends) == 4


def test_where_no_road_leads_the_straight_line_and_the_factor_do_and_it_is_counted():
    lon, lat = np.array([at(50, 0), at(350, 0), at(50, 600)]).T
    walked = walking_seconds_by_road(TOWN, lon, lat)
    assert walked.unreached == 1
    assert walked.seconds[0, 2] == walking_seconds(lon, lat)[0, 2]
    assert walked.seconds[0, 1] == pytest.approx(300 / METRES_A_SECOND, abs=3)


@pytest.mark.parametrize("roads", [roads_of([]), roads_of([road((9_000, 9_000), (9_100, 9_000))])])
def test_without_roads_near_by_everything_is_by_the_straight_line(roads):
    lon, lat = np.array([at(50, 0), at(350, 0)]).T
    walked = walking_seconds_by_road(roads, lon, lat)
    np.testing.assert_array_equal(walked.seconds, walking_seconds(lon, lat))
    assert walked.unreached == 1


def test_a_place_nobody_has_put_on_the_map_is_reached_by_nobody_and_no_fault_of_the_roads():
    lon, lat = np.array([at(50, 0), (np.nan, np.nan), at(350, 0)]).T
    walked = walking_seconds_by_road(TOWN, lon, lat)
    assert walked.unreached == 0
    assert walked.seconds[0, 1] == UNREACHED_S and walked.seconds[0, 2] < UNREACHED_S
    assert walking_seconds_by_road(TOWN, [], []).seconds.shape == (0, 0)


def test_roads_further_off_than_the_margin_do_not_count():
    bow = [(0, 0), (0, -MARGIN_M - 200), (100, -MARGIN_M - 200), (100, 0)]
    lon, lat = np.array([at(0, 0), at(100, 0)]).T
    assert walking_seconds_by_road(roads_of([road(*bow)]), lon, lat).unreached == 1
    nearer = [(east, max(north, -MARGIN_M / 2)) for east, north in bow]
    assert walking_seconds_by_road(roads_of([road(*nearer)]), lon, lat).unreached == 0


@given(PLACES)
def test_no_way_is_shorter_than_the_straight_line_and_both_ways_are_as_long(places):
    lon, lat = np.array([at(*place) for place in places]).T
    walked = walking_seconds_by_road(TOWN, lon, lat).seconds
    assert walked.dtype == np.int64
    np.testing.assert_array_equal(walked, walked.T)
    assert (walked >= np.floor(metres_between(lon[:, None], lat[:, None], lon, lat) / METRES_A_SECOND)).all()


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_ways_are_those_of_a_plain_search_from_junction_to_junction(seed, side):
    """Places at the junctions of a bent grid of streets, some of them closed."""
    chance = np.random.default_rng(seed)
    junctions = np.array([(100.0 * column, 100.0 * row) for row in range(side) for column in range(side)])
    junctions += chance.uniform(-20, 20, junctions.shape)
    beside = [(one, one + 1) for one in range(side * side) if (one + 1) % side]
    above = [(one, one + side) for one in range(side * side - side)]
    streets = [pair for pair in [*beside, *above] if chance.random() < 0.8] or [(0, 1)]
    roads = roads_of([road(*junctions[list(pair)]) for pair in streets])
    on_street = sorted({one for pair in streets for one in pair})
    walked = metres(roads, *junctions[on_street])
    for row, one in enumerate(on_street):
        plain = _plain_search(junctions, streets, one)
        for column, other in enumerate(on_street):
            if other in plain:
                assert walked[row, column] == pytest.approx(plain[other], abs=2.5)


def _plain_search(junctions: np.ndarray, streets: list[tuple[int, int]], start: int) -> dict[int, float]:
    found: dict[int, float] = {}
    waiting = [(0.0, start)]
    while waiting:
        far, one = heapq.heappop(waiting)
        if one in found:
            continue
        found[one] = far
        for pair in streets:
            if one in pair:
                other = sum(pair) - one
                heapq.heappush(waiting, (far + float(np.hypot(*(junctions[one] - junctions[other]))), other))
    return found
