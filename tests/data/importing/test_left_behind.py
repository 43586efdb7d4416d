"""What of a file is read by nothing, and where the rows that are set aside lie."""

import numpy as np

from geo.coordinates import to_wgs84
from tests.data.riverton import BUILDINGS, HARBOUR, MILL, PLUM, VISITS, reasons, write_geojson

OUTSIDE = HARBOUR | {"lon": "113.7"}


def test_columns_from_which_nothing_is_read_are_named_and_those_of_conditions_are_not(desk):
    assert desk.buildings(PLUM | {"note": "x", "remarks": ""}).unread == ("note", "remarks")
    leaving_out = BUILDINGS + '[[leave_out]]\ncolumn = "note"\nequals = "old"\nreason = "旧 / old"\n'
    assert desk.buildings(PLUM | {"note": "x", "remarks": ""}, mapping=leaving_out).unread == ("remarks",)


def test_of_columns_in_each_others_place_those_that_stand_beside_the_one_that_is_read_are_named(desk):
    either = BUILDINGS.replace('{ column = "name" }', '{ column = ["title", "name"] }')
    assert desk.buildings(PLUM | {"title": "x"}, mapping=either).unread == ("name",)


def test_rows_set_aside_lie_where_they_say_in_wgs_84(desk):
    rows = (PLUM, OUTSIDE, MILL | {"lon": ""}, MILL | {"code": "9", "lat": "113.9", "lon": "22.5"})
    outcome = desk.buildings(*rows, mapping=BUILDINGS.replace('datum = "WGS84"', 'datum = "GCJ02"'))
    assert reasons(outcome) == ["place_outside", "place_missing", "place_swapped"]
    lon, lat = to_wgs84(np.array([113.7]), np.array([22.5602]), "GCJ02")
    assert np.allclose(outcome.rejected_places[0], [lon[0], lat[0]]) and lon[0] != 113.7
    assert np.isnan(outcome.rejected_places[1:]).all()


def test_rows_of_a_file_with_geometry_lie_where_that_lies(desk):
    mapping = BUILDINGS.replace(
        'place = { lon = { column = "lon" }, lat = { column = "lat" }, datum = "WGS84" }',
        'place = { geometry = true, datum = "WGS84" }',
    ).replace('["csv", "xlsx", "geojson", "gpkg"]', '["geojson"]')
    outcome = desk.hand_in(mapping, write_geojson(desk.folder / "b.geojson", [PLUM, OUTSIDE]))
    assert reasons(outcome) == ["place_outside"]
    assert outcome.rejected_places.tolist() == [[113.7, 22.5602]]


def test_rows_of_facts_lie_nowhere(desk):
    desk.buildings(PLUM)
    outcome = desk.visits({"id": "1", "building": "nowhere", "day": "2024-01-02", "score": "", "stairs": "1"}
        | {"doors": "1", "hazard": "", "mended": ""}, mapping=VISITS)  # fmt: skip
    assert outcome.rejected_places.shape == (1, 2) and np.isnan(outcome.rejected_places).all()
