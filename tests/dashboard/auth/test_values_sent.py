"""A browser sends what no page has offered: it is passed over, and is no fault of ours."""

from types import SimpleNamespace

import pytest

from dashboard.map import folium_map

MINE = SimpleNamespace(city="demo", language="zh")
CLICKS = [  # what the map's frame may say, and the building opened or the filter chosen
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "12"}, 12),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "9" * 30}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": str(2**63)}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "<b>"}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": 12}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "narrow state=overdue"}, ("state", "overdue")),
    ({"last_object_clicked_count": 0, "last_object_clicked_tooltip": "narrow state=overdue"}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "narrow state="}, None),
    ({"last_object_clicked_count": 1, "last_object_clicked_tooltip": "widen state=overdue"}, None),
    ({"last_object_clicked_count": "x", "last_object_clicked_tooltip": "12"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("said", "opened"), CLICKS)
def test_a_click_opens_a_building_or_nothing(said, opened, monkeypatch):
    state = {"clicks-demo-zh": 0}
    monkeypatch.setattr(folium_map, "st", SimpleNamespace(session_state=state))
    assert folium_map._newly_clicked(said, MINE) == opened
    assert isinstance(state["clicks-demo-zh"], int)


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 30, "9" * 5_000, "-1", "x", "²"])
def test_an_import_of_a_number_that_none_can_have_is_not_there(visit, number):
    assert visit("administrator").get(f"/imports/{number}/set-aside.csv").status_code == 404


@pytest.mark.parametrize("words", ["a" * 50_000, "\0", "\0abc", '"' * 3_000, "%" * 20_000])
@pytest.mark.parametrize("role", ["leader", "grid_officer", "department", "operator"])
def test_a_search_for_what_no_building_can_be_called_finds_nothing(visit, role, words):
    groups = ("fire",) if role == "department" else None
    answer = visit(role, hazard_groups=groups).get("/map/search", params={"city": "demo", "q": words})
    assert answer.status_code == 200
    assert answer.json() == {"found": []}


def test_an_area_that_was_not_offered_is_passed_over(page):
    app = page(lang="en")
    app.session_state["demo.area"] = ["street:nowhere", "x"]
    app.run()
    assert not app.error and not app.exception
    assert app.session_state["demo.area"] == []
