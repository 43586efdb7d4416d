"""The map of a city as every page embeds it: its ground, its height, and which clicks come back."""

from urllib.parse import urlencode

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import LAND, LINE
from dashboard.map.layers.base_map import LocalMap, base_map
from dashboard.map.layers.layer_settings import area_settings
from dashboard.view.basemap import basemap

MAP_HEIGHT_PX = 610
CLICKED = ["last_object_clicked_tooltip", "last_object_clicked_count"]  # a building's tooltip is its id


def city_base_map(context: CityContext, t: Translator) -> LocalMap:
    service, city = basemap(), context.options.city
    levels = context.options.levels
    query = urlencode({"city": city, "lang": t.language})
    grounds = (
        [] if service.url else [area_settings(levels[0], query, fill=LAND, line="#8797a6", width=1.4, names=False)]
    )
    if len(levels) > 1:
        grounds.append(area_settings(levels[1], query, line=LINE, width=0.8))
    else:
        grounds = [area_settings(levels[0], query, fill="" if service.url else LAND)] if levels else []
    search = {"query": urlencode({"city": city}), "placeholder": t("map.search"), "nothing": t("map.nothing")}
    return base_map(context.bounds, grounds, search, (service.url, service.credit) if service.url else None)
