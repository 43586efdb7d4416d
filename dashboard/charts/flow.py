"""How buildings flow from grade to grade between two ratings."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import plain_layout
from dashboard.look.palette import Symbol

STAYED = "rgba(120, 134, 148, 0.22)"


def grade_flow(
    flow: np.ndarray, names: Sequence[str], symbols: Sequence[Symbol], sides: tuple[str, str], title: str
) -> go.Figure:
    """A Sankey diagram: grades before on the left, after on the right, worst on top, the unrated last.

    flow: int (grades + 1, grades + 1), from row to column. Those who stay are drawn pale; the others in the colour of
    where they go.
    """
    width = len(names)
    source, target = np.nonzero(flow)
    value = flow[source, target]
    tints = [STAYED if a == b else _pale(symbols[b].colour) for a, b in zip(source, target, strict=True)]
    before, after = flow.sum(axis=1), flow.sum(axis=0)
    labels = [f"{name} {count:,}" for counts in (before, after) for name, count in zip(names, counts, strict=True)]
    there = np.flatnonzero(np.concatenate([before, after]))
    place = {node: n for n, node in enumerate(there.tolist())}
    ways = [
        f"{names[a]} → {names[b]}: {count:,}"
        for a, b, count in zip(source.tolist(), target.tolist(), value.tolist(), strict=True)
    ]
    sankey = go.Sankey(
        arrangement="snap",
        node={
            "label": [labels[node] for node in there],
            "color": [symbols[node % width].colour for node in there],
            "x": [0.001 if node < width else 0.999 for node in there],
            "y": _heights(before, after, there, width),
            "pad": 14,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [place[one] for one in source.tolist()],
            "target": [place[one + width] for one in target.tolist()],
            "value": value.tolist(),
            "color": tints,
            "customdata": ways,
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    return _with_sides(plain_layout(go.Figure(sankey), title, 380), sides)


def _with_sides(figure: go.Figure, sides: tuple[str, str]) -> go.Figure:
    """What the two sides are called, above them."""
    figure.update_layout(margin={"l": 8, "r": 8, "t": 56, "b": 12})
    for x, side, anchor in ((0, sides[0], "left"), (1, sides[1], "right")):
        figure.add_annotation(
            x=x, y=1.08, xref="paper", yref="paper", text=side, showarrow=False, xanchor=anchor, font={"size": 12}
        )
    return figure


def _heights(before: np.ndarray, after: np.ndarray, there: np.ndarray, width: int) -> list[float]:
    """Where each node's middle lies, in the order of the grades, so that the worst stays on top on both sides."""
    total = max(int(before.sum()), 1)
    middles = np.concatenate([(np.cumsum(side) - side / 2) / total for side in (before, after)])
    return np.clip(middles[there], 0.001, 0.999).tolist()


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.55)"
