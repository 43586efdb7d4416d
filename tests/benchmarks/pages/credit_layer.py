"""Our map as the dashboard shows it: base outlines, search, tiles in colours by grade, a legend with counts."""

from dashboard.address import view_of
from dashboard.components.city_map import city_map
from dashboard.text import words
from data.access.roles import EVERYTHING
from tests.benchmarks.pages.places import city

view, _ = view_of({}, city().choices)
city_map(EVERYTHING, city(), view, None, words(view.language))
