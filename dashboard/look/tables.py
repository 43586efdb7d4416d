"""Every table of the dashboard is drawn here and nowhere else, so that none can be saved or copied from.

Streamlit's own download would leave no entry in the audit trail. The setting `client.disableDataExport` of
.streamlit/config.toml takes it, and the copy, out of all of them.
"""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language

ROW_PX, HEAD_PX = 35, 38


def draw_table(frame: pd.DataFrame, most_px: int | None = None, **settings: Any) -> Any:
    """A table without its index, as wide as its place. most_px: as high as its rows, up to so many pixels.

    settings: as of st.dataframe. What of it is chosen, where `on_select` asks for that; None of a table without a row.
    """
    if frame.empty:
        no_records()
        return None
    if most_px is not None:
        settings["height"] = min(height_of(len(frame)), most_px)
    return st.dataframe(frame, hide_index=True, width="stretch", **settings)


def editable_table(frame: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """A table that can be written in, and what is written. settings: as of st.data_editor."""
    return st.data_editor(frame, hide_index=True, width="stretch", **settings)


def height_of(rows: int) -> int:
    """The pixels in which so many rows are seen whole."""
    return HEAD_PX + ROW_PX * rows


def no_records() -> None:
    """What stands in the place of a table without a row, of which Streamlit would draw an English "empty"."""
    st.caption(translator(page_language())("shell.no_records"))
