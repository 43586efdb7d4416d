"""Rows of the map's legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.look.area_classes import AreaClasses
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


def area_rows(classes: AreaClasses) -> list[LegendRow]:
    """The classes of coloured areas."""
    return [LegendRow(None, label, Symbol(SHARES[colour], "block")) for colour, label in classes.labels.items()]
