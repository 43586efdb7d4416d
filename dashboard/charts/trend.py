"""How the mix of grades changed month by month."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import axis, plain_layout
from dashboard.look.palette import Symbol


def grade_trend(
    days: np.ndarray, counts: np.ndarray, names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> go.Figure:
    """Areas that add up to the whole at each month's end, worst at the bottom, the unrated on top.

    days: datetime64[D] (months,); counts: int (months, grades + 1), the unrated last.
    """
    total = np.maximum(counts.sum(axis=1), 1)
    bands = [
        go.Scatter(
            x=days.astype(str),
            y=counts[:, grade] / total,
            name=name,
            mode="lines",
            line={"width": 0.6, "color": "white"},
            stackgroup="all",
            fillcolor=symbol.colour,
            customdata=counts[:, grade],
            hovertemplate=f"%{{x}}<br>{name} %{{customdata:,}} · %{{y:.1%}}<extra></extra>",
        )
        for grade, (name, symbol) in enumerate(zip(names, symbols, strict=True))
    ]
    share = axis(range=[0, 1], tickformat=".0%")
    return go.Figure(bands, plain_layout(title, 330, xaxis=_months(), yaxis=share))


def grade_lines(
    days: np.ndarray, counts: np.ndarray, names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> go.Figure:
    """Share of the rated in each of the given grades, one line each, on an axis of its own so that change shows.

    counts: int (months, grades + 1), the unrated last; only the first len(names) grades are drawn.
    """
    rated = np.maximum(counts[:, :-1].sum(axis=1), 1)
    dashes = ("solid", "dash", "dot", "dashdot", "longdash")
    lines = [
        go.Scatter(
            x=days.astype(str),
            y=counts[:, grade] / rated,
            name=name,
            mode="lines",
            line={"width": 2.2, "color": symbol.colour, "dash": dashes[grade % len(dashes)]},
            hovertemplate=f"%{{x}}<br>{name} %{{y:.2%}}<extra></extra>",
        )
        for grade, (name, symbol) in enumerate(zip(names, symbols, strict=False))
    ]
    share = axis(rangemode="tozero", tickformat=".1%")
    return go.Figure(lines, plain_layout(title, 280, xaxis=_months(), yaxis=share))


def _months() -> dict[str, object]:
    return axis(showgrid=False, tickformat="%Y-%m")
