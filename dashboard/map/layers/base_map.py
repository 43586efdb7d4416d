"""The ground of the map: the city's own outlines and what lies between them, or a tile service under the outlines."""

from collections.abc import Sequence

import folium
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

ASSETS = "/map/assets"
MIN_ZOOM, MAX_ZOOM = 3, 19  # a city's own bounds let nobody so far out
SCRIPTS = [
    ("leaflet", f"{ASSETS}/leaflet.js"),
    ("protomaps-leaflet", f"{ASSETS}/protomaps-leaflet.js"),
    ("geocoder", f"{ASSETS}/geocoder.js"),
    ("bottom-sheet", f"{ASSETS}/bottom-sheet.js"),
    ("map-controls", f"{ASSETS}/map-controls.js"),
    ("credit-ground", f"{ASSETS}/credit-ground.js"),
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
    """The ground as its settings have it: from the app's own tiles, or the city's bounds."""

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
    """Where the map opens (the place behind the # of the address, else all that is seen), how far it goes, its search
    box and its buttons."""

    _name = "InitialView"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = creditMap.search({{ this.search|tojavascript }});
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
            creditMap.start(
                {{ this._parent.get_name() }}, {{ this.bounds|tojavascript }}, {{ this.city|tojavascript }},
                {{ this.words|tojavascript }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, bounds: Sequence[float], city: Sequence[float], search: dict, words: dict[str, str]) -> None:
        super().__init__(name="beginning", control=False)
        self.words = words
        self.bounds, self.city = _corners(bounds), _corners(city)
        self.search = search


def _corners(bounds: Sequence[float]) -> list[list[float]]:
    """South-western and north-eastern corner, latitude first, of west, south, east, north."""
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def service_layer(service: tuple[str, str]) -> folium.TileLayer:
    """service: address and attribution."""
    return folium.TileLayer(service[0], attr=service[1] or " ", max_zoom=MAX_ZOOM)


def base_map(
    bounds: Sequence[float],
    city: Sequence[float],
    grounds: Sequence[dict],
    search: dict,
    words: dict[str, str],
    service: tuple[str, str] | None,
) -> LocalMap:
    """The part of the map that never changes while a city is open.

    bounds: of what is seen at first; city: of the city, by which the map is bounded; both west, south, east, north.
    grounds: settings of each layer of the ground, lowest first. words: what each button does, by its name in
    assets/map-controls.js. service: address and attribution of a tile service.
    """
    west, south, east, north = bounds
    middle = ((south + north) / 2, (west + east) / 2)
    ground = LocalMap(
        location=middle, tiles=None, zoom_start=11, max_zoom=MAX_ZOOM, min_zoom=MIN_ZOOM, track_resize=False
    )
    InitialView(bounds, city, search, words).add_to(ground)  # before any tiles: they are asked for where the map opens
    if service:
        service_layer(service).add_to(ground)
    for settings in grounds:
        AreaOutlines(settings).add_to(ground)
    return ground
