"""The map of a city as every page embeds it: its ground, its height, and which clicks come back."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import LAND, LINE
from dashboard.map.layers.base_map import LocalMap, base_map
from dashboard.map.layers.layer_settings import area_settings, bounds_settings
from dashboard.view.basemap import basemap

MAP_HEIGHT_PX = 610
EDGE = "#8797a6"  # of the city
CLICKED = ["last_object_clicked_tooltip", "last_object_clicked_count"]  # a building's tooltip is its id


def city_base_map(context: CityContext, t: Translator, on: date) -> LocalMap:
    """on: the day whose areas are drawn; while these are the last day's, one map serves for every day."""
    service, options = basemap(), context.options
    city, is_past = options.city, options.areas_on(on) != options.areas_on(options.last_day)
    query = urlencode({"city": city, "lang": t.language} | ({"day": on.isoformat()} if is_past else {}))
    grounds = _grounds(context.options.levels, query, over_tiles=bool(service.url))
    if not (grounds or service.url):
        grounds = [bounds_settings(service.shifted_bounds(context.bounds), fill=LAND, line=LINE)]
    search = {"query": urlencode({"city": city}), "placeholder": t("map.search"), "nothing": t("map.nothing")}
    words = {name: t(f"map.{name}") for name in ("home", "screen", "marks", "zoom_in", "zoom_out")}
    return base_map(context.bounds, grounds, search, words, (service.url, service.credit) if service.url else None)


def _grounds(levels: Sequence[str], query: str, over_tiles: bool) -> list[dict]:
    """The widest level as the ground, and the next as lines upon it. A single one is both; where tiles lie under it,
    lines alone."""
    if len(levels) < 2:
        return [area_settings(level, query, fill="" if over_tiles else LAND, is_widest=True) for level in levels]
    lines = area_settings(levels[1], query, line=LINE, width=0.8)
    if over_tiles:
        return [lines]
    widest = area_settings(levels[0], query, fill=LAND, line=EDGE, width=1.4, names=False, is_widest=True)
    return [widest, lines]
