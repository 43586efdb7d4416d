"""Bars drawn by the browser: a Streamlit component of ours, whose script and style are files of this folder."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from dashboard.charts.bar_chart import BarChart

FOLDER = Path(__file__).parent
CLICKED = "bar"  # under this name the place of a clicked bar comes back, as `on_bar_change` says


def bars(chart: BarChart, key: str, on_click: Callable[[], None] | None = None) -> None:
    """Draws the chart. on_click: bars become buttons; it finds the place of the one that was clicked by `clicked`."""
    draw = _component(get_bidi_component_manager())
    settings = {**chart.settings(), "clickable": on_click is not None}
    draw(key=key, data=settings, on_bar_change=on_click or _nothing)


def clicked(key: str) -> object:
    """The place of the bar that was clicked in the chart with that key, or whatever else a browser has sent."""
    state = st.session_state.get(key)
    return state.get(CLICKED) if isinstance(state, dict) else None


def _nothing() -> None:
    pass


@lru_cache(maxsize=4)
def _component(manager: BidiComponentManager) -> ComponentRenderer:
    """Its files come from this address, as the content security policy asks of scripts; a text would be a blob."""
    manager.register_from_manifest(
        ComponentManifest("credit_map", "1", [ComponentConfig("bars", asset_dir=FOLDER.name)]), FOLDER.parent
    )
    return st.components.v2.component("credit_map.bars", js="bars.js", css="bars.css")
