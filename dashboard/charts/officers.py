"""Officers against what their colleagues let expect; the flagged ones apart."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.funnel import unit_points
from dashboard.charts.style import plain_layout
from dashboard.look.palette import INK, LINE


def seen_and_expected(
    expected: np.ndarray,
    seen: np.ndarray,
    labels: Sequence[str],
    flagged: np.ndarray,
    names: tuple[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """Shares seen over shares expected, with the line on which they are the same; all of (officers,)."""
    figure = go.Figure(unit_points(expected, seen, labels, flagged, names))
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"color": INK, "width": 1, "dash": "dot"})
    figure = plain_layout(figure, "", 400).update_layout(legend={"y": -0.22})
    figure.update_xaxes(title=axes[0], tickformat=".0%")
    figure.update_yaxes(title=axes[1], tickformat=".0%", range=[-0.02, 1.02])
    return figure


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
    figure = go.Figure()
    for edge, fill in ((low, None), (high, "tonexty")):
        line = {"color": "rgba(127,176,216,0.5)", "width": 0.5}
        band = {"mode": "lines", "line": line, "fill": fill, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=rank, y=edge[order], fillcolor="rgba(127,176,216,0.35)", **band)
    figure.add_traces(unit_points(rank, effect[order], [labels[k] for k in order], flagged[order], names))
    for bound in (-effect_threshold, effect_threshold):
        figure.add_hline(y=bound, line={"color": INK, "width": 1, "dash": "dot"})
    figure = plain_layout(figure, "", 400).update_layout(legend={"y": -0.22})
    figure.update_xaxes(title=axes[0], showgrid=False)
    figure.update_yaxes(title=axes[1], zerolinecolor=LINE)
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
    figure = plain_layout(go.Figure(unit_points(x, y, labels, flagged, names)), "", 400).update_layout(
        legend={"y": -0.22}
    )
    figure.update_xaxes(title=axes[0])
    figure.update_yaxes(title=axes[1], rangemode="tozero")
    return figure
