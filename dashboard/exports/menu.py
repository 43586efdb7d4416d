"""The buildings chosen, as files: links to the route that checks who asks."""

from urllib.parse import quote, urlencode

import numpy as np
import streamlit as st

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from dashboard.view.view_state import ViewState, layer_query
from data.access.roles import AccessScope

FORMATS = ("csv", "xlsx", "geojson", "gpkg")


def export_menu(scope: AccessScope, context: CityContext, view: ViewState, rows: np.ndarray, t: Translator) -> None:
    """rows: the buildings chosen, bool (n,)."""
    if not scope.can("export"):
        return
    with st.popover(t("exports.menu"), icon=":material/download:", key="export"):
        st.html(
            f"<div class='exports'><p>{as_html(t('exports.what_goes', n=f'{int(rows.sum()):,}', day=view.on))}</p>"
            f"{''.join(_link(context, view, form, t) for form in FORMATS)}"
            f"<p>{as_html(t('exports.recorded'))}</p></div>"
        )


def _link(context: CityContext, view: ViewState, form: str, t: Translator) -> str:
    query = layer_query(view, context.options) | {"lang": view.language}
    address = f"/export/{quote(view.city, safe='')}.{form}?{urlencode(query)}"
    name, about = (as_html(t(f"exports.{form}{part}")) for part in ("", "_about"))
    return f'<a href="{as_html(address)}" download><b>{name}</b><span>{about}</span></a>'
