"""For whom something changes: bars to the left for those it makes worse, to the right for those it makes better."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import axis, from_worst, plain_layout
from dashboard.look.palette import CHANGED


def changed_shares(counts: np.ndarray, groups: Sequence[str], names: tuple[str, str], title: str) -> go.Figure:
    """Shares of each group's rated buildings that got worse and better.

    counts: int (groups, 3), worse, same, better. names: of worse and better. Groups without a building are left out.
    """
    with_buildings = np.flatnonzero(counts.sum(axis=1))
    counts = counts[with_buildings]
    total = counts.sum(axis=1)
    labels = [f"{groups[group]} ({n:,})" for group, n in zip(with_buildings.tolist(), total.tolist(), strict=True)]
    bars = [
        go.Bar(
            x=sign * counts[:, column] / total,
            y=labels,
            orientation="h",
            name=name,
            marker_color=symbol.colour,
            text=[f"{share:.1%}" if share else "" for share in counts[:, column] / total],
            textposition="outside",
            cliponaxis=False,
            customdata=counts[:, column],
            hovertemplate=f"%{{y}}<br>{name} %{{customdata:,}} · %{{text}}<extra></extra>",
        )
        for column, sign, name, symbol in ((0, -1, names[0], CHANGED[0]), (2, 1, names[1], CHANGED[1]))
    ]
    widest = max(float((counts[:, [0, 2]] / total[:, None]).max(initial=0)), 0.01) * 1.45
    along = axis(range=[-widest, widest], showticklabels=False, showgrid=False, zeroline=True)
    look = {"barmode": "relative", "bargap": 0.3, "showlegend": False}
    height = 74 + 24 * max(len(with_buildings), 2)
    return go.Figure(bars, plain_layout(title, height, xaxis=along, yaxis=from_worst(), **look))
