"""Officers against what their colleagues let expect; the flagged ones apart."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.funnel import unit_points
from dashboard.charts.style import LEGEND, axis, plain_layout
from dashboard.look.palette import INK, LINE

LOW_LEGEND = LEGEND | {"y": -0.22}


def seen_and_expected(
    expected: np.ndarray,
    seen: np.ndarray,
    labels: Sequence[str],
    flagged: np.ndarray,
    names: tuple[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """Shares seen over shares expected, with the line on which they are the same; all of (officers,)."""
    same = {"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1, "line": {"color": INK, "width": 1, "dash": "dot"}}
    along = axis(axes[0], tickformat=".0%")
    up = axis(axes[1], tickformat=".0%", range=[-0.02, 1.02])
    layout = plain_layout("", 400, legend=LOW_LEGEND, xaxis=along, yaxis=up, shapes=[same])
    return go.Figure(unit_points(expected, seen, labels, flagged, names), layout)


def effects(
    effect: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    labels: Sequence[str],
    flagged: np.ndarray,
    effect_threshold: float,
    names: tuple[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """Officers from the strictest to the most lenient with 95 % intervals, and the lines beyond which it matters."""
    order = np.argsort(effect, kind="stable")
    rank = np.arange(1, len(order) + 1)
    band = []
    for edge, fill in ((low, None), (high, "tonexty")):
        line = {"color": "rgba(127,176,216,0.5)", "width": 0.5}
        look = {"mode": "lines", "line": line, "fill": fill, "hoverinfo": "skip", "showlegend": False}
        band.append(go.Scatter(x=rank, y=edge[order], fillcolor="rgba(127,176,216,0.35)", **look))
    points = unit_points(rank, effect[order], [labels[k] for k in order], flagged[order], names)
    along, up = axis(axes[0], showgrid=False), axis(axes[1], zerolinecolor=LINE)
    figure = go.Figure([*band, *points], plain_layout("", 400, legend=LOW_LEGEND, xaxis=along, yaxis=up))
    for bound in (-effect_threshold, effect_threshold):
        figure.add_hline(y=bound, line={"color": INK, "width": 1, "dash": "dot"})
    return figure


def counts(
    x: np.ndarray,
    y: np.ndarray,
    labels: Sequence[str],
    flagged: np.ndarray,
    names: tuple[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """How often something happened over how often it could have; all of (officers,)."""
    along, up = axis(axes[0]), axis(axes[1], rangemode="tozero")
    layout = plain_layout("", 400, legend=LOW_LEGEND, xaxis=along, yaxis=up)
    return go.Figure(unit_points(x, y, labels, flagged, names), layout)
