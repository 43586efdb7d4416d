"""The map itself: what it paints, and that it stays while the view changes."""

import base64

import pytest

from dashboard.palette import BY_GRADE, OPEN, OVERDUE
from tests.browser.picture import Picture

pytestmark = pytest.mark.browser


def test_the_map_shows_marks_in_the_colours_of_their_grades(open_city):
    city = open_city()
    city.wait_until_drawn()
    painted = city.painted()
    seen = Picture.of(base64.b64encode(city.map.screenshot()).decode())
    for grade in ("red", "yellow", "green"):
        assert painted.count(BY_GRADE[grade].colour) > 100, grade
        assert seen.count(BY_GRADE[grade].colour) > 100, grade


def test_another_theme_changes_marks_and_legend_and_leaves_the_map_where_it_is(open_city):
    city = open_city()
    city.wait_until_drawn()
    city.frame.evaluate("map.seenBefore = true")
    before, asked = city.view, len(city.requests)
    city.choose_theme("隐患")
    city.wait_until_drawn("show=hazards")
    assert city.frame.evaluate("map.seenBefore") is True
    assert city.view == before
    assert city.frame.evaluate("map.getPane('credit-marks').childElementCount") == 1
    assert any("/map/tiles/" in url and "show=hazards" in url for url in city.requests[asked:])
    assert list(city.legend) == ["逾期未整改", "未整改,未到期", "已整改"]
    assert city.painted().count(OVERDUE.colour) > 50
    assert city.painted().count(BY_GRADE["green"].colour) == 0
