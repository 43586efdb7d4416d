"""Tables of the page. Of one without a row Streamlit draws a bare, English "empty" on a canvas: we say it ourselves."""

import pandas as pd
import streamlit as st

from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language


def show_table(table: pd.DataFrame, **frame) -> None:
    """frame: as st.dataframe."""
    if table.empty:
        no_records()
        return
    st.dataframe(table, hide_index=True, width="stretch", **frame)


def no_records() -> None:
    st.caption(translator(page_language())("shell.no_records"))
