"""The small map of places alone."""

import re

from dashboard.map.layers.points import points_map


def test_it_links_to_no_other_site_and_holds_every_place():
    small = points_map([[22.55, 113.9], [22.65, 114.1]], "#b3261e", [], None)
    page = "".join(small.get_root().render().split())
    assert "attributionControl.setPrefix(false)" in page
    assert re.findall(r"https?://[^\s\"'<]+", page) == []
    assert "fitBounds([[22.55,113.9,],[22.65,114.1,],]" in page
