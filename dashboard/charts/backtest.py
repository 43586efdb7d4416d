"""What an order of visits would have been worth: gain curves, days earlier, and rates foretold beside rates seen."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import LOW_LEGEND, axis, from_worst, plain_layout
from dashboard.look.palette import INK, ORDERS, Symbol
from scoring.studies.backtest import Estimate

DASHES = {"random": "dot", "actual": "dash", "inside": "dashdot"}


def gain_curves(
    curves: Mapping[str, np.ndarray], shares: np.ndarray, names: Mapping[str, str], axes: tuple[str, str], title: str
) -> go.Figure:
    """One line an order: share of trouble found after each share of visits. curves: float (shares,) by order."""
    lines = [
        go.Scatter(
            x=shares,
            y=curve,
            name=names[order],
            mode="lines",
            line={"width": 2.4, "color": ORDERS[order].colour, "dash": DASHES.get(order, "solid")},
            hovertemplate=f"%{{x:.0%}} → %{{y:.1%}} {names[order]}<extra></extra>",
        )
        for order, curve in curves.items()
    ]
    along = axis(axes[0], range=[0, 1], tickformat=".0%")
    up = axis(axes[1], range=[0, 1.01], tickformat=".0%")
    return go.Figure(lines, plain_layout(title, 400, legend=LOW_LEGEND, xaxis=along, yaxis=up))


def days_earlier(estimates: Mapping[str, Estimate], names: Mapping[str, str], days: str, title: str) -> go.Figure:
    """A point an order with its 95 % interval, against the order that was used at nought."""
    points = [
        go.Scatter(
            x=[estimate.value],
            y=[names[order]],
            mode="markers+text",
            marker={"size": 11, "color": ORDERS[order].colour, "symbol": ORDERS[order].shape},
            error_x=_whiskers([estimate.value], [estimate.low], [estimate.high], ORDERS[order].colour),
            text=[f"{estimate.value:+.1f}"],
            textposition="top center",
            hovertemplate=f"%{{y}} {estimate.value:+.2f} [{estimate.low:+.2f}, {estimate.high:+.2f}]<extra></extra>",
        )
        for order, estimate in estimates.items()
    ]
    along = axis(days, zeroline=True, zerolinewidth=2)
    height = 90 + 50 * len(estimates)
    return go.Figure(points, plain_layout(title, height, showlegend=False, xaxis=along, yaxis=from_worst()))


def foretold_and_seen(
    groups: pd.DataFrame, names: Sequence[str], symbols: Sequence[Symbol], axes: tuple[str, str], title: str
) -> go.Figure:
    """A point a grade with its 95 % interval; on the line what was foretold came true.

    groups: indexed by place of the grade (-1: the unrated, the last name), with forecast, rate, low, high and visits.
    """
    most = float(groups[["high", "forecast"]].to_numpy().max()) * 1.08
    line = go.Scatter(
        x=[0, most], y=[0, most], mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    points = [
        go.Scatter(
            x=[row.forecast],
            y=[row.rate],
            name=names[row.Index],
            mode="markers+text",
            marker={"size": 11, "color": symbols[row.Index].colour, "symbol": "circle"},
            error_y=_whiskers([row.rate], [row.low], [row.high], symbols[row.Index].colour),
            text=[names[row.Index]],
            textposition="middle right",
            hovertemplate=f"{names[row.Index]} %{{x:.2%}} → %{{y:.2%}} ({row.visits:,})<extra></extra>",
        )
        for row in groups.itertuples()
    ]
    along = axis(axes[0], range=[0, most * 1.12], tickformat=".1%")
    up = axis(axes[1], range=[0, most], tickformat=".1%")
    return go.Figure([line, *points], plain_layout(title, 360, showlegend=False, xaxis=along, yaxis=up))


def reliability(table: pd.DataFrame, axes: tuple[str, str], title: str) -> go.Figure:
    """A point a bin of probabilities with its 95 % interval; on the line what was said came true.

    table: columns predicted, rate, low, high, visits.
    """
    most = min(float(table[["high", "predicted"]].to_numpy().max()) * 1.08, 1)
    line = go.Scatter(
        x=[0, most], y=[0, most], mode="lines", line={"color": INK, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    mark = ORDERS["other"]
    points = go.Scatter(
        x=table["predicted"],
        y=table["rate"],
        customdata=table["visits"],
        mode="markers+lines",
        line={"color": mark.colour, "width": 1},
        marker={"size": 9, "color": mark.colour, "symbol": mark.shape},
        error_y=_whiskers(table["rate"], table["low"], table["high"], mark.colour),
        hovertemplate="%{x:.2%} → %{y:.2%} (%{customdata:,})<extra></extra>",
    )
    along, up = (axis(name, range=[0, most], tickformat=".0%") for name in axes)
    return go.Figure([line, points], plain_layout(title, 360, showlegend=False, xaxis=along, yaxis=up))


def _whiskers(value: Sequence[float], low: Sequence[float], high: Sequence[float], colour: str) -> dict:
    middle = np.asarray(value)
    up, down = np.asarray(high) - middle, middle - np.asarray(low)
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "color": colour, "thickness": 2}
