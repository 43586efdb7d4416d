"""How the buildings are distributed over grades, whole and by area, use or time since the last visit."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import axis, from_worst, plain_layout
from dashboard.look.palette import Symbol


def grade_counts(counts: Sequence[int], names: Sequence[str], symbols: Sequence[Symbol], title: str) -> go.Figure:
    """Bars of buildings by grade, worst first, the unrated last; each with its number and its share of the whole."""
    total = max(sum(counts), 1)
    bars = go.Bar(
        x=list(counts),
        y=list(names),
        orientation="h",
        marker_color=[symbol.colour for symbol in symbols],
        text=[f"{count:,} · {count / total:.1%}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y} %{text}<extra></extra>",
    )
    along = axis(range=[0, max(*counts, 1) * 1.6], showticklabels=False, showgrid=False, zeroline=False)
    return go.Figure(bars, plain_layout(title, 66 + 30 * len(names), xaxis=along, yaxis=from_worst()))


def grade_shares(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> go.Figure:
    """Bars of one length per row, divided by grade; the numbers stand in the hover text.

    counts: int (rows, grades + 1), the unrated last. Rows without a building are left out.
    """
    with_buildings = counts.sum(axis=1) > 0
    counts, rows = (
        counts[with_buildings],
        [
            f"{row} ({n:,})"
            for row, n in zip(np.array(rows)[with_buildings], counts[with_buildings].sum(axis=1), strict=True)
        ],
    )
    shares = counts / counts.sum(axis=1, keepdims=True)
    bars = [
        go.Bar(
            x=shares[:, grade],
            y=rows,
            orientation="h",
            name=name,
            marker_color=symbol.colour,
            customdata=counts[:, grade],
            hovertemplate=f"%{{y}}<br>{name} %{{customdata:,}} · %{{x:.1%}}<extra></extra>",
        )
        for grade, (name, symbol) in enumerate(zip(names, symbols, strict=True))
    ]
    along = axis(range=[0, 1], tickformat=".0%", showgrid=False, showticklabels=False)
    look = {"barmode": "stack", "bargap": 0.28, "showlegend": False}
    height = 52 + 22 * max(len(rows), 2)
    return go.Figure(bars, plain_layout(title, height, xaxis=along, yaxis=from_worst(), **look))
