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


def composition(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], titles: tuple[str, str]
) -> go.Figure:
    """The grades of each row as shares; where a filter has left a single grade, all would be 100 %: then as counts.

    titles: of the shares and of the counts.
    """
    if np.count_nonzero(counts.sum(axis=0)) > 1:
        return grade_shares(counts, rows, names, symbols, titles[0])
    return class_counts(counts, rows, names, symbols, titles[1])


def class_counts(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> go.Figure:
    """Bars as long as the numbers of each row, divided by class, with the sum at their end.

    counts: int (rows, classes). Rows without any are left out.
    """
    kept = np.flatnonzero(counts.sum(axis=1))
    counts, labels = counts[kept], np.array(rows, object)[kept].tolist()
    totals = counts.sum(axis=1)
    used = np.flatnonzero(counts.sum(axis=0)).tolist()
    bars = [
        go.Bar(
            x=counts[:, place],
            y=labels,
            orientation="h",
            name=names[place],
            marker_color=symbols[place].colour,
            hovertemplate=f"%{{y}}<br>{names[place]} %{{x:,}}<extra></extra>",
            text=[f"{total:,}" for total in totals.tolist()] if place == used[-1] else None,
            textposition="outside",
            cliponaxis=False,
        )
        for place in used
    ]
    along = axis(range=[0, max(int(totals.max(initial=0)), 1) * 1.2], showticklabels=False, showgrid=False)
    look = {"barmode": "stack", "bargap": 0.28, "showlegend": len(used) > 1}
    height = (52 if len(used) < 2 else 76) + 22 * max(len(labels), 2)
    return go.Figure(bars, plain_layout(title, height, xaxis=along, yaxis=from_worst(type="category"), **look))
