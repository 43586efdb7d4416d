"""The small map of places alone."""

import re

from dashboard.map.layers.points import points_map


def test_it_links_to_no_other_site_and_holds_every_place():
    small = points_map([[22.55, 113.9], [22.65, 114.1]], "#b3261e", [], None)
    page = "".join(small.get_root().render().split())
    assert "attributionControl.setPrefix(false)" in page
    assert re.findall(r"https?://[^\s\"'<]+", page) == []
    assert "fitBounds([[22.55,113.9,],[22.65,114.1,],]" in page


def test_what_lies_beside_the_places_is_in_sight_and_not_drawn():
    small = points_map([[22.55, 113.9]], "#b3261e", [], None, beside=[[22.5, 113.8], [22.6, 114.0]])
    page = "".join(small.get_root().render().split())
    assert "fitBounds([[22.5,113.8,],[22.6,114.0,],]" in page and page.count("[22.55,113.9,]") == 1
