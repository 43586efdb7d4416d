"""Rows of the map's legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.look.palette import SHARES, Symbol


@dataclass(frozen=True)
class LegendRow:
    """A class in the legend. key: its count in the answer of /map/counts; None where it has none."""

    key: str | None
    label: str
    symbol: Symbol

    def settings(self) -> dict[str, str]:
        return {
            "key": self.key or "",
            "label": self.label,
            "colour": self.symbol.colour,
            "shape": self.symbol.shape,
        }


def class_rows(names: Sequence[str], symbols: Sequence[Symbol]) -> list[LegendRow]:
    """A row for each class of a theme, in the order of the classes in the tiles."""
    return [LegendRow(f"c{n}", name, symbol) for n, (name, symbol) in enumerate(zip(names, symbols, strict=True))]


def share_rows(bounds: Sequence[float], shares: bool) -> list[LegendRow]:
    """The steps of coloured areas: percent, or whole numbers."""
    texts = [f"{bound:.1%}" if shares else f"{bound:,.0f}" for bound in bounds]
    if not texts:
        return []
    labels = [f"< {texts[0]}", *(f"{low} – {high}" for low, high in pairwise(texts)), f"≥ {texts[-1]}"]
    return [LegendRow(None, label, Symbol(SHARES[n], "block")) for n, label in enumerate(labels)]
