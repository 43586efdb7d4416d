"""One officer's way of a day: from the post through the visits in their order and back, on the ground of the city."""

from collections.abc import Sequence

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from dashboard.map.layers.base_map import MAX_ZOOM, AreaOutlines, LocalMap, service_layer

LINE, FILL, INK = "#1f5fa8", "#ffffff", "#1c2733"
DOT_PX = 24


class Route(JSCSSMixin, Layer):
    """The stops as numbered dots, joined by a line that begins and ends at the post; the map is moved to hold them all.

    post, stops: [latitude, longitude] in the ground's datum; at least one stop.
    """

    _name = "Route"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.layerGroup();
            L.polyline({{ this.way|tojavascript }}, {{ this.line|tojavascript }}).addTo({{ this.get_name() }});
            {{ this.stops|tojavascript }}.forEach((place, n) => {
                const number = document.createElement("b");
                number.textContent = n + 1;
                number.style.cssText = {{ this.dot|tojavascript }};
                const icon = L.divIcon({ className: "", html: number, iconSize: {{ this.size|tojavascript }} });
                L.marker(place, { icon, interactive: false, keyboard: false }).addTo({{ this.get_name() }});
            });
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
            {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
            {{ this._parent.get_name() }}.fitBounds({{ this.way|tojavascript }}, {{ this.fit|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self, post: Sequence[float], stops: Sequence[Sequence[float]]) -> None:
        super().__init__(name="route", control=False)
        self.stops, self.way = stops, [post, *stops, post]
        self.line = {"color": LINE, "weight": 2, "opacity": 0.7, "dashArray": "4 4"}
        self.size = [DOT_PX, DOT_PX]
        self.dot = (
            f"display:block;width:{DOT_PX}px;height:{DOT_PX}px;line-height:{DOT_PX - 4}px;box-sizing:border-box;"
            f"border:2px solid {LINE};border-radius:50%;background:{FILL};color:{INK};text-align:center;font-size:12px"
        )
        self.fit = {"maxZoom": 17, "animate": False, "padding": [24, 24]}


def route_map(
    post: Sequence[float],
    stops: Sequence[Sequence[float]],
    grounds: Sequence[dict],
    service: tuple[str, str] | None,
) -> LocalMap:
    """post, stops: as Route takes them. grounds, service: as base_map takes them."""
    small = LocalMap(location=post, tiles=None, zoom_start=15, max_zoom=MAX_ZOOM)
    if service:
        service_layer(service).add_to(small)
    for settings in grounds:
        AreaOutlines(settings).add_to(small)
    Route(post, stops).add_to(small)
    return small
