"""The map of a city as every page embeds it: its ground, its height, and which clicks come back."""

from datetime import date
from urllib.parse import urlencode

from dashboard.cache.city_cache import CityContext
from dashboard.cache.city_ground import city_ground, own_key
from dashboard.i18n import Translator
from dashboard.map.layers.base_map import LocalMap, base_map
from dashboard.map.layers.ground_settings import ground_settings
from dashboard.map.layers.layer_settings import bounds_settings
from dashboard.view.basemap import basemap

MAP_HEIGHT_PX = 610
CLICKED = ["last_object_clicked_tooltip", "last_object_clicked_count"]  # a building's tooltip is its id


def city_base_map(context: CityContext, t: Translator, on: date) -> LocalMap:
    """on: the day whose areas are drawn; while these are the last day's, one map serves for every day."""
    service, options = basemap(), context.options
    city, is_past = options.city, options.areas_on(on) != options.areas_on(options.last_day)
    if options.levels:
        query = {"city": city, "lang": t.language} | ({"day": on.isoformat()} if is_past else {})
        grounds = [_ground(context, query, t.language, over_tiles=bool(service.url))]
    else:
        shown = [] if service.url else [service.shifted_bounds(context.bounds)]
        grounds = [bounds_settings(bounds) for bounds in shown]
    west, south, east, north = context.city.bounds
    search = {"query": urlencode({"city": city}), "placeholder": t("map.search"), "nothing": t("map.nothing")}
    return base_map(
        context.bounds,
        service.shifted_bounds((west, south, east, north)),
        grounds,
        search,
        {name: t(f"map.{name}") for name in ("home", "screen", "marks", "zoom_in", "zoom_out")},
        (service.url, service.credit) if service.url else None,
    )


def _ground(context: CityContext, areas: dict[str, str], language: str, over_tiles: bool) -> dict:
    """areas: the query of area tiles."""
    ground = city_ground(context)
    same_for_all = {"city": context.options.city, "lang": language, "v": ground.version}
    own = None if context.own_areas is None else urlencode({"city": context.options.city, "v": own_key(context)})
    return ground_settings(
        context.options.levels,
        urlencode(areas),
        ground=urlencode(same_for_all) if len(ground.index) and not over_tiles else None,
        own=own,
        over_tiles=over_tiles,
    )
