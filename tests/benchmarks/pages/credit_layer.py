"""Our map as the dashboard shows it: base outlines, search, tiles in colours by grade, a legend with counts."""

from dashboard.i18n import translator
from dashboard.map.folium_map import city_map
from dashboard.view.view_state import view_of
from data.access.roles import SYSTEM
from tests.benchmarks.pages.places import city

view, _ = view_of({}, city().options)
city_map(SYSTEM, city(), view, None, translator(view.language))
