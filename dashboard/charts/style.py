"""How every chart looks."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from dashboard.look.palette import INK

PLOTLY_CONFIG = {"displayModeBar": False, "displaylogo": False}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
MARKUP_OF_OURS = re.compile("<(?!/?extra>|br>|/?b>)")  # Plotly reads links and styles in any text


def without_markup(figure: Figure) -> Figure:
    """The figure with names as they stand: what looks like a tag in them is text, and no link."""
    for trace in figure.data:
        trace.update(_plain({name: value for name, value in trace.to_plotly_json().items() if name != "type"}))
    layout = figure.layout
    for titled in (layout.title, layout.xaxis.title, layout.yaxis.title, *layout.annotations):
        titled.text = _plain(titled.text)
    return figure


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return MARKUP_OF_OURS.sub("&lt;", value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return value if value.dtype.kind not in "OU" else np.array([_plain(one) for one in value], object)
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    return value


def plain_layout(figure: Figure, title: str, height: int) -> Figure:
    """The common look: a small title, a light grid, room for labels, the legend below."""
    figure.update_layout(
        title={"text": title, "font": {"size": 14, "color": INK}, "x": 0, "xanchor": "left"},
        font={"family": FONT, "size": 12, "color": INK},
        height=height,
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
        plot_bgcolor="white",
        paper_bgcolor="white",
        legend={"orientation": "h", "y": -0.14, "yanchor": "top", "x": 0, "title": None, "traceorder": "normal"},
        hoverlabel={"font": {"family": FONT}},
    )
    figure.update_xaxes(gridcolor="#e6ebf0", zerolinecolor="#c4ced8", automargin=True, title_standoff=4)
    figure.update_yaxes(gridcolor="#e6ebf0", zerolinecolor="#c4ced8", automargin=True, title_standoff=4)
    return figure
