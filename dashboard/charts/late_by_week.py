"""How many buildings are late at each week's end, by grade."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import LOW_LEGEND, axis, plain_layout
from dashboard.look.palette import Symbol

ROOM_ABOVE = 1.05  # of the highest bar


def late_by_week(
    late: np.ndarray, weeks: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], title: str, most: int
) -> go.Figure:
    """A bar a week, divided by grade, the worst at the bottom.

    late: int (grades + 1, weeks), the unrated last; most: the highest bar of all charts that stand side by side.
    """
    bars = [
        go.Bar(
            x=list(weeks),
            y=counts,
            name=name,
            marker_color=symbol.colour,
            hovertemplate=f"%{{x}}<br>{name} %{{y:,}}<extra></extra>",
        )
        for counts, name, symbol in zip(late, names, symbols, strict=True)
    ]
    up = axis(range=[0, max(most, 1) * ROOM_ABOVE], tickformat=",")
    along = axis(type="category", showgrid=False)
    look = {"barmode": "stack", "bargap": 0.25, "legend": LOW_LEGEND}
    return go.Figure(bars, plain_layout(title, 300, xaxis=along, yaxis=up, **look))
