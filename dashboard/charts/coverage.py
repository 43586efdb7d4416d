"""What is on record of what there should be, and how long a result still holds."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import LOW_LEGEND, axis, from_worst, plain_layout
from dashboard.look.palette import INK, OPEN, RANKS, Symbol


def shares_by_area(
    share: np.ndarray, labels: Sequence[str], flagged: np.ndarray, overall: float, title: str
) -> go.Figure:
    """Bars of areas, the lowest share on top; the line is the whole city's. share, flagged: (areas,)."""
    order = np.argsort(share, kind="stable")
    colours = np.where(flagged[order], OPEN.colour, RANKS[5][3])
    bars = go.Bar(
        x=share[order],
        y=np.array(labels, object)[order],
        orientation="h",
        marker_color=colours,
        text=[f"{value:.1%}" for value in share[order]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y} %{x:.1%}<extra></extra>",
    )
    along = axis(range=[0, max(1.12 * float(share.max(initial=0)), 0.01)], showticklabels=False, showgrid=False)
    height = 70 + 26 * max(len(order), 2)
    figure = go.Figure(bars, plain_layout(title, height, xaxis=along, yaxis=from_worst(type="category")))
    return figure.add_vline(x=overall, line={"color": INK, "width": 1, "dash": "dot"})


def fading_curves(
    curves: Sequence[tuple[np.ndarray, np.ndarray, float]],
    names: Sequence[str],
    symbols: Sequence[Symbol],
    axes: tuple[str, str],
    by_chance: str,
) -> go.Figure:
    """curves: days, agreement after so many days, and agreement by chance, one a class; by_chance: what that is."""
    lines = []
    for (days, same, chance), name, symbol in zip(curves, names, symbols, strict=True):
        if not len(days):
            continue
        line = {"color": symbol.colour, "width": 2.4, "shape": "hv"}
        hover = f"{name} %{{x}} · %{{y:.0%}}<extra></extra>"
        lines.append(go.Scatter(x=days, y=same, mode="lines", line=line, name=name, hovertemplate=hover))
        dotted = {"color": symbol.colour, "width": 1, "dash": "dot"}
        hover = f"{name} · {by_chance} %{{y:.0%}}<extra></extra>"
        ends = {"x": [days[0], days[-1]], "y": [chance, chance]}
        lines.append(go.Scatter(**ends, mode="lines", line=dotted, showlegend=False, hovertemplate=hover))
    along, up = axis(axes[0], rangemode="tozero"), axis(axes[1], tickformat=".0%", range=[0, 1.02])
    return go.Figure(lines, plain_layout("", 380, legend=LOW_LEGEND, xaxis=along, yaxis=up))
