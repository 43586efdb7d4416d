"""Where the import page offers empty files to fill in; the route beside it makes them."""

from urllib.parse import quote

import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from data.access.roles import SYSTEM, AccessScope
from data.db.engine import reading
from data.importing.templates import COLUMNS, FORMATS
from data.importing.writing.history import cities_to_import_into


def template_links(scope: AccessScope, t: Translator) -> None:
    """A line a kind of record, for the first city the viewer may import into."""
    with reading(database(), SYSTEM) as session:
        city = next((one.code for one in cities_to_import_into(session, scope)), None)
    if city is None:
        return
    with st.expander(t("imports.templates")):
        rows = "".join(
            f"<tr><td>{t(f'imports.{target}')}</td><td>{_links(city, target)}</td></tr>" for target in COLUMNS
        )
        st.html(f"<table class='reasons'>{rows}</table>")
        st.caption(t("imports.templates_help"))


def _links(city: str, target: str) -> str:
    address = f"/imports/template/{quote(city, safe='')}/{target}"
    return " · ".join(f'<a href="{address}.{one}" download>{one.upper()}</a>' for one in FORMATS)
