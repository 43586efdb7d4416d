"""Walking between places."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import metres_between
from geo.walking import UNREACHED_S, walking_seconds

PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE = (113.900, 22.550), (113.910, 22.550), (113.900, 22.560)
PLACES = st.lists(st.tuples(st.floats(113.8, 114.1), st.floats(22.4, 22.8)), min_size=1, max_size=12)


def seconds(*places: tuple[float, float], **how: float) -> np.ndarray:
    lon, lat = np.array(places).T
    return walking_seconds(lon, lat, **how)


def test_a_kilometre_as_the_crow_flies_is_eighteen_minutes_by_streets():
    assert round(float(metres_between(*PLUM_COURT, *HARBOUR_ROW))) == 1027
    assert seconds(PLUM_COURT, HARBOUR_ROW, factor=1.0, kmh=3.6)[0, 1] == 1027
    assert seconds(PLUM_COURT, HARBOUR_ROW)[0, 1] == 1069  # 1,026.97 m x 1.3 at 1.25 m/s


def test_the_way_to_the_same_place_takes_no_time():
    assert seconds(PLUM_COURT, PLUM_COURT).tolist() == [[0, 0], [0, 0]]


def test_a_place_nobody_has_put_on_the_map_is_reached_by_nobody():
    walked = seconds(PLUM_COURT, (np.nan, np.nan), LANTERN_HOUSE)
    assert walked[0, 1] == walked[1, 2] == UNREACHED_S
    assert walked[0, 2] < UNREACHED_S
    assert np.diag(walked).tolist() == [0, 0, 0]


@given(PLACES)
def test_walking_is_the_same_both_ways_and_no_way_round_is_shorter(places):
    walked = seconds(*places)
    assert walked.dtype == np.int64
    np.testing.assert_array_equal(walked, walked.T)
    assert (walked[:, None, :] <= walked[:, :, None] + walked[None, :, :]).all()


@given(PLACES)
def test_many_places_are_answered_as_each_pair_by_itself(places):
    walked = seconds(*places)
    for row, one in enumerate(places):
        for column, other in enumerate(places):
            assert walked[row, column] == seconds(one, other)[0, 1]
