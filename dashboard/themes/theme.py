"""What a theme or an overlay has to say of itself; the map asks nothing else of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow
from dashboard.look.palette import Symbol
from data.city.filters import Filters
from data.city.snapshots import Snapshot
from geo.cell_sums import Overlay


@dataclass(frozen=True, eq=False)
class Classes:
    """How a theme divides the buildings of a city.

    codes: int8 (n,), the class of each building, -1 for none of them. count: how many classes, that last one among
    them. shown: bool (n,), the buildings the theme is about.
    """

    codes: np.ndarray
    count: int
    shown: np.ndarray


class MapTheme(Protocol):
    """One way to colour the map. Its name stands in the address and under "theme" in the texts."""

    @property
    def name(self) -> str: ...

    @property
    def needs_public_homes(self) -> bool:
        """Whether only a city with public-rental homes offers it."""

    @property
    def is_density(self) -> bool:
        """Whether it is drawn as a density of buildings, without classes."""

    @property
    def areas_show_shares(self) -> bool:
        """Whether the value of an area is a share of its buildings; otherwise it is a number."""

    def symbols(self) -> tuple[Symbol, ...]:
        """How each class is drawn, in the order of the classes in the tiles."""

    def legend(self, t: Translator, filters: Filters) -> list[LegendRow]:
        """A row for each class that the filters leave possible."""

    def classes(self, day: Snapshot, filters: Filters) -> Classes: ...

    def area_values(
        self, day: Snapshot, filters: Filters, rows: np.ndarray, area: np.ndarray, areas: int
    ) -> np.ndarray:
        """What colours each area, float64 (areas,), NaN for nothing to say.

        rows: the buildings that count, bool (n,); area: each building's area by its position, -1 for none, (n,).
        """

    def area_measure(self, t: Translator) -> str:
        """What the value of an area counts, in words."""


@dataclass(frozen=True)
class MapOverlay:
    """Something shown on top of a theme. Its name stands in the address, the tiles and under "overlay" in the texts.

    symbols: how a building is drawn in state 1, 2, …; the first stands in the legend.
    values: what is shown of the buildings that can be drawn, on a day and under the filters. narrows: the filter that
    leaves those buildings alone, and its value.
    """

    name: str
    symbols: tuple[Symbol, ...]
    values: Callable[[Snapshot, Filters], Overlay]
    narrows: tuple[str, str]
    needs_public_homes: bool = False

    def legend_row(self, t: Translator) -> LegendRow:
        return LegendRow(self.name, t(f"overlay.{self.name}"), self.symbols[0], self.narrows)
