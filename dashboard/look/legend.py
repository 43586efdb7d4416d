"""Rows of the map's legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.look.area_classes import AreaClasses
from dashboard.look.palette import SHARES, Symbol


@dataclass(frozen=True)
class LegendRow:
    """A class in the legend. key: its count in the answer of /map/counts; None where it has none.

    narrows: the filter that leaves this class alone, and its value; None where there is none.
    """

    key: str | None
    label: str
    symbol: Symbol
    narrows: tuple[str, str] | None = None

    def settings(self) -> dict[str, str]:
        return {
            "narrows": "=".join(self.narrows or ()),
            "key": self.key or "",
            "label": self.label,
            "colour": self.symbol.colour,
            "shape": self.symbol.shape,
        }


def class_rows(
    names: Sequence[str], symbols: Sequence[Symbol], narrows: Sequence[tuple[str, str] | None]
) -> list[LegendRow]:
    """A row for each class of a theme, in the order of the classes in the tiles."""
    classes = zip(names, symbols, narrows, strict=True)
    return [LegendRow(f"c{n}", name, symbol, filter_) for n, (name, symbol, filter_) in enumerate(classes)]


def area_rows(classes: AreaClasses) -> list[LegendRow]:
    """The classes of coloured areas."""
    return [LegendRow(None, label, Symbol(SHARES[colour], "block")) for colour, label in classes.labels.items()]
