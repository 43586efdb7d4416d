"""The ground of the map: the city's own outlines, and a tile service under them where one is configured."""

from collections.abc import Sequence

import folium
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

ASSETS = "/map/assets"
MAX_ZOOM = 19
SCRIPTS = [
    ("leaflet", f"{ASSETS}/leaflet.js"),
    ("protomaps-leaflet", f"{ASSETS}/protomaps-leaflet.js"),
    ("geocoder", f"{ASSETS}/geocoder.js"),
    ("credit-map", f"{ASSETS}/credit-map.js"),
]
STYLES = [
    ("leaflet", f"{ASSETS}/leaflet.css"),
    ("geocoder", f"{ASSETS}/geocoder.css"),
    ("credit-map", f"{ASSETS}/credit-map.css"),
]


class LocalMap(folium.Map):
    """A Folium map whose scripts come from the app's own address, and only those it needs."""

    default_js = SCRIPTS
    default_css = STYLES


class AreaOutlines(JSCSSMixin, Layer):
    """The ground as its settings have it: area outlines from the app's own tiles, or the city's bounds."""

    _name = "AreaOutlines"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = creditMap.ground({{ this.settings|tojavascript }});
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, settings: dict) -> None:
        super().__init__(name="ground", control=False)
        self.settings = settings


class InitialView(JSCSSMixin, Layer):
    """Where the map opens (the place behind the # of the address, else the whole city), and its search box."""

    _name = "InitialView"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = creditMap.search({{ this.search|tojavascript }});
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
            creditMap.start(
                {{ this._parent.get_name() }}, {{ this.bounds|tojavascript }}, {{ this.zoom|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: Sequence[float], search: dict) -> None:
        super().__init__(name="beginning", control=False)
        west, south, east, north = bounds
        self.bounds = [[south, west], [north, east]]
        self.search = search
        self.zoom = {way: search[way] for way in ("zoomIn", "zoomOut")}


def service_layer(service: tuple[str, str]) -> folium.TileLayer:
    """service: address and attribution."""
    return folium.TileLayer(service[0], attr=service[1] or " ", max_zoom=MAX_ZOOM)


def base_map(
    bounds: Sequence[float], grounds: Sequence[dict], search: dict, service: tuple[str, str] | None
) -> LocalMap:
    """The part of the map that never changes while a city is open.

    bounds: west, south, east, north. grounds: settings of each layer of the ground, lowest first.
    service: address and attribution of a tile service.
    """
    west, south, east, north = bounds
    middle = ((south + north) / 2, (west + east) / 2)
    ground = LocalMap(location=middle, tiles=None, zoom_start=11, max_zoom=MAX_ZOOM, min_zoom=8)
    InitialView(bounds, search).add_to(ground)  # before any tiles: they are asked for where the map opens
    if service:
        service_layer(service).add_to(ground)
    for settings in grounds:
        AreaOutlines(settings).add_to(ground)
    return ground
