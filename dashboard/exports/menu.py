"""The buildings chosen, as files: links to the route that checks who asks."""

from html import escape
from urllib.parse import quote, urlencode

import numpy as np
import streamlit as st

from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import Words
from dashboard.view.view_state import View, drawing_query
from data.access.roles import Viewer

FORMATS = ("csv", "xlsx", "geojson", "gpkg")


def export_menu(viewer: Viewer, opened: OpenCity, view: View, rows: np.ndarray, say: Words) -> None:
    """rows: the buildings chosen, bool (n,)."""
    if not viewer.may("export"):
        return
    with st.popover(say("export.menu"), icon=":material/download:", key="export"):
        st.html(
            f"<div class='exports'><p>{escape(say('export.what_goes', n=f'{int(rows.sum()):,}', day=view.on))}</p>"
            f"{''.join(_link(opened, view, form, say) for form in FORMATS)}"
            f"<p>{escape(say('export.recorded'))}</p></div>"
        )


def _link(opened: OpenCity, view: View, form: str, say: Words) -> str:
    query = drawing_query(view, opened.choices) | {"lang": view.language}
    address = f"/export/{quote(view.city, safe='')}.{form}?{urlencode(query)}"
    name, about = (escape(say(f"export.{form}{part}")) for part in ("", "_about"))
    return f'<a href="{escape(address)}" download><b>{name}</b><span>{about}</span></a>'
