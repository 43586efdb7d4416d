"""Units' pass rates against their size, between the limits of chance and the limits that allow for real differences."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import LOW_LEGEND, axis, plain_layout
from dashboard.look.palette import INK, NOTHING, OPEN

LIMIT = {"chance": "#8d99a6", "corrected": "#24629f"}
DASH = {"inner": "dot", "outer": "solid"}


def funnel_plot(
    size: np.ndarray,
    rate: np.ndarray,
    labels: Sequence[str],
    flagged: np.ndarray,
    overall: float,
    grid: np.ndarray,
    limits: dict[tuple[str, str, str], tuple[np.ndarray, np.ndarray]],
    names: tuple[str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """size (buildings of a unit), rate, flagged: (units,).

    limits: (kind, which, name) → lower and upper limit at the sizes `grid`.
    names: of the units that are not flagged and of those that are. axes: titles of size and rate.
    """
    edges = []
    for (kind, which, name), both in limits.items():
        line = {"color": LIMIT[kind], "dash": DASH[which], "width": 1.4}
        for side, edge in enumerate(both):
            group = {"legendgroup": name, "showlegend": side == 0, "hoverinfo": "skip"}
            edges.append(go.Scatter(x=grid, y=edge, mode="lines", line=line, name=name, **group))
    wide = size.max(initial=1) > 20 * max(size.min(initial=1), 1)
    along = axis(axes[0], type="log" if wide else "linear")
    up = axis(axes[1], tickformat=".0%", range=[-0.03, 1.03])
    points = unit_points(size, rate, labels, flagged, names)
    figure = go.Figure([*edges, *points], plain_layout("", 430, legend=LOW_LEGEND, xaxis=along, yaxis=up))
    return figure.add_hline(y=overall, line={"color": INK, "width": 1})


def unit_points(
    x: np.ndarray, y: np.ndarray, labels: Sequence[str], flagged: np.ndarray, names: tuple[str, str]
) -> list[go.Scatter]:
    """Points of units, the flagged ones apart in colour, shape and size. labels: the text shown for each."""
    texts = np.array(labels, object)
    traces = []
    for rows, symbol, size, name in ((~flagged, NOTHING, 5, names[0]), (flagged, OPEN, 8, names[1])):
        marker = {"color": symbol.colour, "symbol": symbol.shape, "size": size}
        look = {"mode": "markers", "marker": marker, "name": name, "hovertemplate": "%{text}<extra></extra>"}
        traces.append(go.Scatter(x=x[rows], y=y[rows], text=texts[rows], **look))
    return traces
