"""How buildings flow from grade to grade between two ratings."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import plain_layout
from dashboard.look.palette import Symbol

STAYED = "rgba(120, 134, 148, 0.22)"


def grade_flow(
    transition_matrix: np.ndarray, names: Sequence[str], symbols: Sequence[Symbol], labels: tuple[str, str], title: str
) -> go.Figure:
    """A Sankey diagram: grades before on the left, after on the right, worst on top, the unrated last.

    transition_matrix: int (grades + 1, grades + 1), from row to column. labels: of the left and the right side.
    Those who stay are drawn pale; the others in the colour of where they go.
    """
    width = len(names)
    source, target = (grades.tolist() for grades in np.nonzero(transition_matrix))
    value = transition_matrix[source, target].tolist()
    colours = [STAYED if a == b else _pale(symbols[b].colour) for a, b in zip(source, target, strict=True)]
    before, after = transition_matrix.sum(axis=1), transition_matrix.sum(axis=0)
    node_labels = [f"{name} {count:,}" for counts in (before, after) for name, count in zip(names, counts, strict=True)]
    nodes = np.flatnonzero(np.concatenate([before, after]))
    position = {node: n for n, node in enumerate(nodes.tolist())}
    links = zip(source, target, value, strict=True)
    link_labels = [f"{names[a]} → {names[b]}: {count:,}" for a, b, count in links]
    sankey = go.Sankey(
        arrangement="snap",
        node={
            "label": [node_labels[node] for node in nodes],
            "color": [symbols[node % width].colour for node in nodes.tolist()],
            "x": [0.001 if node < width else 0.999 for node in nodes],
            "y": _heights(before, after, nodes),
            "pad": 14,
            "thickness": 16,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
        },
        link={
            "source": [position[grade] for grade in source],
            "target": [position[grade + width] for grade in target],
            "value": value,
            "color": colours,
            "customdata": link_labels,
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    room = {"l": 8, "r": 8, "t": 56, "b": 12}
    return go.Figure(sankey, plain_layout(title, 380, margin=room, annotations=_side_labels(labels)))


def _side_labels(labels: tuple[str, str]) -> list[dict]:
    """What the two sides are called, above them."""
    above = {"y": 1.08, "xref": "paper", "yref": "paper", "showarrow": False, "font": {"size": 12}}
    sides = ((0, labels[0], "left"), (1, labels[1], "right"))
    return [above | {"x": x, "text": label, "xanchor": anchor} for x, label, anchor in sides]


def _heights(before: np.ndarray, after: np.ndarray, nodes: np.ndarray) -> list[float]:
    """Where each node's middle lies, in the order of the grades, so that the worst stays on top on both sides."""
    total = max(int(before.sum()), 1)
    middles = np.concatenate([(np.cumsum(side) - side / 2) / total for side in (before, after)])
    return np.clip(middles[nodes], 0.001, 0.999).tolist()


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.55)"
