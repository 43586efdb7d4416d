import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import BD09, CGCS2000, DATUMS, GCJ02, WGS84, from_wgs84, metres_between, to_wgs84
from geo.errors import UnknownDatum

# Published by eviltransform (googollee/eviltransform, its tests): WGS 84 lat, lon and GCJ-02 lat, lon.
SHANGHAI = (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215)
SHENZHEN = (22.543847, 113.912316, 22.540796131694766, 113.9171774808363)
BEIJING = (39.911954, 116.377817, 39.91334545536069, 116.38404722455657)
in_china = st.tuples(st.floats(73.5, 135.1), st.floats(18.1, 53.6))


@pytest.mark.parametrize("place", [SHANGHAI, SHENZHEN, BEIJING])
def test_gcj02_agrees_with_the_published_values_and_back(place):
    lat, lon, gcj_lat, gcj_lon = place
    # One published longitude, Shenzhen's, differs in its sixth decimal from what its own formula gives.
    assert from_wgs84(lon, lat, GCJ02) == pytest.approx((gcj_lon, gcj_lat), abs=1.1e-6)
    assert to_wgs84(gcj_lon, gcj_lat, GCJ02) == pytest.approx((lon, lat), abs=1.1e-6)


def test_gcj02_agrees_with_coordtransform_to_the_last_published_digit():
    assert from_wgs84(116.404, 39.915, GCJ02) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)


def test_bd09_agrees_with_the_published_values():
    # eviltransform's values for BD-09 are left out: it takes pi where all others take 3000 pi / 180, ten metres off.
    lon, lat = to_wgs84(116.404, 39.915, GCJ02)  # coordtransform: this GCJ-02 place in BD-09
    assert from_wgs84(lon, lat, BD09) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-11)
    # geotool and pjutils, which read theirs off Baidu's own map: WGS 84 and BD-09, lon and lat.
    for place, published, digits in (
        ((121.0917077, 30.6107779), (121.10271732371203, 30.61484572185035), 1e-6),
        ((121.4295896700, 31.1601435400), (121.4406138425, 31.1646093426), 1e-5),
    ):
        assert from_wgs84(*place, BD09) == pytest.approx(published, abs=digits)
        assert to_wgs84(*published, BD09) == pytest.approx(place, abs=digits)


@given(st.lists(in_china, min_size=1, max_size=20), st.sampled_from(DATUMS))
def test_a_place_comes_back_from_every_datum(places, datum):
    lon, lat = np.array(places).T
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert np.abs(np.array(back) - (lon, lat)).max() < 1e-10


def test_outside_china_gcj02_changes_nothing():
    for lon, lat in ((-79.38, 43.65), (139.77, 35.68), (2.35, 48.86)):
        assert from_wgs84(lon, lat, GCJ02) == (lon, lat)
        assert to_wgs84(lon, lat, GCJ02) == (lon, lat)


def test_an_array_with_places_inside_and_outside_china_shifts_only_those_inside():
    lon, lat = from_wgs84([114.0, -79.38], [22.5, 43.65], GCJ02)
    assert (lon[0], lat[0]) != (114.0, 22.5)
    assert (lon[1], lat[1]) == (-79.38, 43.65)


def test_cgcs2000_passes_as_wgs84():
    assert to_wgs84(114.0, 22.5, CGCS2000) == to_wgs84(114.0, 22.5, WGS84) == (114.0, 22.5)


def test_the_shift_in_shenzhen_is_some_hundreds_of_metres():
    assert 300 < metres_between(113.912316, 22.543847, *from_wgs84(113.912316, 22.543847, GCJ02)) < 800


def test_an_unknown_datum_is_named_with_those_that_are_known():
    with pytest.raises(UnknownDatum, match=r"'Xian80'.*WGS84, CGCS2000, GCJ02, BD09"):
        to_wgs84(114, 22, "Xian80")


def test_a_degree_of_latitude_is_about_111_kilometres_and_a_place_is_no_way_from_itself():
    assert metres_between(114, 22, 114, 23) == pytest.approx(111_195, abs=1)
    assert metres_between(114, 22, 114, 22) == 0
    assert metres_between(0, 0, 180, 0) == pytest.approx(np.pi * 6_371_008.8)


def test_shanghai_to_beijing_is_as_far_as_published():
    # eviltransform's tests: 1,078,164 m on a sphere of the equator's radius, 6,378,137 m; ours is the mean radius.
    metres = metres_between(121.531541859215, 31.17530398364597, 116.38404722455657, 39.91334545536069)
    assert metres == pytest.approx(1_078_164 * 6_371_008.8 / 6_378_137, abs=1)
