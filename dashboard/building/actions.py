"""What can be done with a card, in one row: copy its link, print it, find the way there, close it."""

from urllib.parse import quote

import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from data.city.building_report import BuildingReport
from data.db.models.city import Building


def actions(card: BuildingReport, t: Translator) -> bool:
    """Whether the card is to be closed."""
    with st.container(horizontal=True, key="card-actions"):
        st.html(_buttons(card.building, t), width="content", unsafe_allow_javascript=True)
        return st.button(t("card.close"), key="close-card", icon=":material/close:", type="tertiary")


def _buttons(building: Building, t: Translator) -> str:
    """Of texts of ours alone, as a script stands beside them; the way there for phones, which know `geo:`."""
    buttons = _button("share", t("card.share"), done=t("card.shared")) + _button("print", t("card.print"))
    if building.lat is not None and building.lon is not None:
        buttons += _button("navigate", t("card.navigate"), place=geo_place(building.lat, building.lon))
    return f"<div class='card-actions'>{buttons}</div><script src='/map/assets/building-card.js'></script>"


def _button(deed: str, name: str, **data: str) -> str:
    more = "".join(f" data-{key}='{as_html(value)}'" for key, value in data.items())
    return f"<button type='button' data-card='{deed}'{more}><span aria-live='polite'>{as_html(name)}</span></button>"


def geo_place(lat: float, lon: float) -> str:
    """A place as RFC 5870 has it, WGS 84 degrees, with a mark to be set there, which Android asks for by `q`."""
    place = f"{lat:.6f},{lon:.6f}"
    return f"{place}?q={quote(place)}"
