"""The layer that shows ratings, hazards and vacant homes, with its legend; exchanged when the view changes."""

import folium
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template


class CreditLayer(JSCSSMixin, Layer):
    """settings: see `creditMap.layer` in assets/credit-map.js; plain values only, texts are shown as text."""

    _name = "CreditLayer"
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = creditMap.layer({{ this.settings|tojavascript }});
            {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, settings: dict) -> None:
        super().__init__(name="credit", control=False)
        self.settings = settings


def credit_group(settings: dict) -> folium.FeatureGroup:
    """The layer in a group of its own, as streamlit-folium takes it."""
    group = folium.FeatureGroup(name="credit", control=False)
    CreditLayer(settings).add_to(group)
    return group
