"""How buildings flow from grade to grade between two ratings.

Drawn by hand on plain axes: of Plotly's own Sankey diagram no click reaches the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import axis, plain_layout
from dashboard.look.palette import Symbol

STAYED = "rgba(120, 134, 148, 0.22)"
GAP = 0.045  # of the height, between one grade and the next
NODE = 0.022  # of the width
THINNEST = 0.8  # pixels
BEND = np.linspace(0, 1, 25)
ALONG = np.linspace(0.02, 0.98, 24)  # of a band, where it can be clicked
APART = 0.03  # of the height, between two such points
End = tuple[int | None, int | None]  # grade before and grade after; None: any


@dataclass(frozen=True)
class Band:
    """Buildings that went from one grade to another: where the band begins and ends, and how wide it is."""

    source: int
    target: int
    count: int
    begin: float
    end: float
    width: float

    def upper_edge(self, along: np.ndarray) -> np.ndarray:
        return self.begin + (self.end - self.begin) * (3 * along**2 - 2 * along**3)


@dataclass(frozen=True)
class Node:
    """A grade on one side. top, height: of the whole height."""

    side: int
    grade: int
    count: int
    top: float
    height: float

    @property
    def left(self) -> float:
        return self.side * (1 - NODE)


def grade_flow(
    transition_matrix: np.ndarray,
    names: Sequence[str],
    symbols: Sequence[Symbol],
    labels: tuple[str, str],
    title: str,
    chosen: End = (None, None),
) -> go.Figure:
    """Grades before on the left, after on the right, worst on top, the unrated last; bands between them.

    transition_matrix: int (grades + 1, grades + 1), from row to column. labels: of the left and the right side.
    Those who stay are drawn pale; the others in the colour of where they go; where some are chosen, these alone.
    The last trace holds the points that can be clicked, in the order of `flow_ends`.
    """
    nodes, bands = _laid_out(transition_matrix)
    drawn = [_band(band, symbols, chosen) for band in bands] + [_node(node, symbols) for node in nodes]
    points = _points(nodes, bands)
    hover = {end: _hover(end, nodes, bands, names) for end in {end for *_, end in points}}
    clicked = go.Scatter(
        x=[x for x, _, _ in points],
        y=[y for _, y, _ in points],
        mode="markers",
        marker={"size": 14, "opacity": 0, "color": STAYED},
        customdata=[hover[end] for *_, end in points],
        hovertemplate="%{customdata}<extra></extra>",
    )
    room = {"l": 8, "r": 8, "t": 56, "b": 12}
    texts = [*_side_labels(labels), *(_node_label(node, names) for node in nodes)]
    layout = plain_layout(
        title, 380, margin=room, annotations=texts, showlegend=False, hovermode="closest",
        xaxis=axis(range=[0, 1], visible=False, fixedrange=True),
        yaxis=axis(range=[1, 0], visible=False, fixedrange=True),
    )  # fmt: skip
    return go.Figure([*drawn, clicked], layout)


def flow_ends(transition_matrix: np.ndarray) -> list[End]:
    """What each point that can be clicked stands for: a band has both ends, a grade on one side its own alone."""
    return [end for *_, end in _points(*_laid_out(transition_matrix))]


def _laid_out(transition_matrix: np.ndarray) -> tuple[list[Node], list[Band]]:
    sides = [transition_matrix.sum(axis=1), transition_matrix.sum(axis=0)]
    most = max(int(np.count_nonzero(side)) for side in sides)
    scale = (1 - GAP * max(most - 1, 0)) / max(int(sides[0].sum()), 1)
    nodes = [node for number, counts in enumerate(sides) for node in _side(number, counts, scale)]
    begins, ends = ({node.grade: node.top for node in nodes if node.side == side} for side in (0, 1))
    bands = []
    for source, target in np.argwhere(transition_matrix).tolist():
        width = int(transition_matrix[source, target]) * scale
        bands.append(Band(source, target, int(transition_matrix[source, target]), begins[source], ends[target], width))
        begins[source] += width
        ends[target] += width
    return nodes, bands


def _side(side: int, counts: np.ndarray, scale: float) -> list[Node]:
    nodes, top = [], 0.0
    for grade in np.flatnonzero(counts).tolist():
        height = int(counts[grade]) * scale
        nodes.append(Node(side, grade, int(counts[grade]), top, height))
        top += height + GAP
    return nodes


def _points(nodes: Sequence[Node], bands: Sequence[Band]) -> list[tuple[float, float, End]]:
    points: list[tuple[float, float, End]] = []
    for band in bands:
        for along, upper in zip(ALONG.tolist(), band.upper_edge(ALONG).tolist(), strict=True):
            points += [
                (NODE + along * (1 - 2 * NODE), upper + across, (band.source, band.target))
                for across in _across(band.width)
            ]
    for node in nodes:
        end: End = (node.grade, None) if node.side == 0 else (None, node.grade)
        points += [(node.left + NODE / 2, node.top + across, end) for across in _across(node.height)]
    return points


def _across(width: float) -> list[float]:
    count = max(int(width / APART), 1)
    return [width * (place + 0.5) / count for place in range(count)]


def _band(band: Band, symbols: Sequence[Symbol], chosen: End) -> go.Scatter:
    upper = band.upper_edge(BEND)
    x = NODE + BEND * (1 - 2 * NODE)
    colour = STAYED if band.source == band.target else _pale(symbols[band.target].colour)
    if chosen != (None, None):
        is_chosen = chosen[0] in (None, band.source) and chosen[1] in (None, band.target)
        colour = _pale(symbols[band.target].colour, 0.85) if is_chosen else STAYED
    return _area(np.concatenate([x, x[::-1]]), np.concatenate([upper, upper[::-1] + band.width]), colour)


def _node(node: Node, symbols: Sequence[Symbol]) -> go.Scatter:
    x, y = [node.left, node.left + NODE], [node.top, node.top + node.height]
    return _area(np.array([x[0], x[1], x[1], x[0]]), np.array([y[0], y[0], y[1], y[1]]), symbols[node.grade].colour)


def _area(x: np.ndarray, y: np.ndarray, colour: str) -> go.Scatter:
    edge = {"width": THINNEST, "color": colour}  # of a single building the area alone would not be seen
    return go.Scatter(x=x, y=y, mode="lines", fill="toself", fillcolor=colour, line=edge, hoverinfo="skip")


def _hover(end: End, nodes: Sequence[Node], bands: Sequence[Band], names: Sequence[str]) -> str:
    before, after = end
    if before is not None and after is not None:
        count = next(band.count for band in bands if (band.source, band.target) == end)
        return f"{names[before]} → {names[after]}: {count:,}"
    side, grade = (0, before) if after is None else (1, after)
    node = next(node for node in nodes if (node.side, node.grade) == (side, grade))
    return f"{names[node.grade]} {node.count:,}"


def _node_label(node: Node, names: Sequence[str]) -> dict:
    inner = node.left + NODE + 0.006 if node.side == 0 else node.left - 0.006
    return {
        "x": inner,
        "y": node.top + node.height / 2,
        "text": f"{names[node.grade]} {node.count:,}",
        "xref": "x",
        "yref": "y",
        "xanchor": "left" if node.side == 0 else "right",
        "yanchor": "middle",
        "showarrow": False,
        "captureevents": False,
        "font": {"size": 12},
    }


def _side_labels(labels: tuple[str, str]) -> list[dict]:
    """What the two sides are called, above them."""
    above = {"y": 1.08, "xref": "paper", "yref": "paper", "showarrow": False, "font": {"size": 12}}
    sides = ((0, labels[0], "left"), (1, labels[1], "right"))
    return [above | {"x": x, "text": label, "xanchor": anchor} for x, label, anchor in sides]


def _pale(colour: str, strength: float = 0.55) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {strength})"
