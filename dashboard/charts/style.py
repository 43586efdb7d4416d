"""How every chart looks."""

from plotly.graph_objects import Figure

from dashboard.look.palette import INK

PLOTLY_CONFIG = {"displayModeBar": False, "displaylogo": False}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"


def plain_layout(figure: Figure, title: str, height: int) -> Figure:
    """The common look: a small title, a light grid, room for labels, the legend below."""
    figure.update_layout(
        title={"text": title, "font": {"size": 14, "color": INK}, "x": 0, "xanchor": "left"},
        font={"family": FONT, "size": 12, "color": INK},
        height=height,
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
        plot_bgcolor="white",
        paper_bgcolor="white",
        legend={"orientation": "h", "y": -0.14, "yanchor": "top", "x": 0, "title": None, "traceorder": "normal"},
        hoverlabel={"font": {"family": FONT}},
    )
    figure.update_xaxes(gridcolor="#e6ebf0", zerolinecolor="#c4ced8", automargin=True, title_standoff=4)
    figure.update_yaxes(gridcolor="#e6ebf0", zerolinecolor="#c4ced8", automargin=True, title_standoff=4)
    return figure
