"""A small map of places alone, on the ground of the big one."""

from collections.abc import Sequence

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from dashboard.map.layers.base_map import MAX_ZOOM, AreaOutlines, LocalMap, service_layer


class Points(JSCSSMixin, Layer):
    """Places as dots, and the map moved to hold them all, without a link to the site of its library.

    places: [latitude, longitude] in the ground's datum. beside: more of them, to be held though not drawn.
    """

    _name = "Points"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.layerGroup({{ this.places|tojavascript }}.map(
                (place) => L.circleMarker(place, {{ this.look|tojavascript }})
            ));
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
            {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
            {{ this._parent.get_name() }}.fitBounds({{ this.bounds|tojavascript }}, {maxZoom: 16, animate: false});
        {% endmacro %}
        """
    )

    def __init__(self, places: Sequence[Sequence[float]], colour: str, beside: Sequence[Sequence[float]] = ()) -> None:
        super().__init__(name="points", control=False)
        self.places = places
        self.look = {"radius": 3, "weight": 1, "color": "#ffffff", "fillColor": colour, "fillOpacity": 0.9}
        lats, lons = zip(*places, *beside, strict=True)
        self.bounds = [[min(lats), min(lons)], [max(lats), max(lons)]]


def points_map(
    places: Sequence[Sequence[float]],
    colour: str,
    grounds: Sequence[dict],
    service: tuple[str, str] | None,
    beside: Sequence[Sequence[float]] = (),
) -> LocalMap:
    """places: [latitude, longitude], at least one. grounds, service: as base_map takes them. beside: as in Points."""
    small = LocalMap(location=places[0], tiles=None, zoom_start=12, max_zoom=MAX_ZOOM, prefer_canvas=True)
    if service:
        service_layer(service).add_to(small)
    for settings in grounds:
        AreaOutlines(settings).add_to(small)
    Points(places, colour, beside).add_to(small)
    return small
