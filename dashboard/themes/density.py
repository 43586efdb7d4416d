"""How close the buildings stand."""

from dataclasses import dataclass

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow
from dashboard.look.palette import DENSITY, Symbol
from dashboard.themes.theme import Classes
from data.city import summaries
from data.city.filters import Filters
from data.city.snapshots import Snapshot


@dataclass(frozen=True)
class DensityTheme:
    """The buildings of an area or a cell, whatever they are."""

    name = "density"
    needs_public_homes = False
    is_density = True
    areas_show_shares = False

    def symbols(self) -> tuple[Symbol, ...]:
        return (Symbol(DENSITY[3], "circle"),)

    def legend(self, t: Translator, filters: Filters) -> list[LegendRow]:
        ends = {0: t("map.fewer"), len(DENSITY) - 1: t("map.more")}
        return [LegendRow(None, ends.get(n, ""), Symbol(colour, "block")) for n, colour in enumerate(DENSITY)]

    def classes(self, day: Snapshot, filters: Filters) -> Classes:
        return Classes(np.full(day.size, -1, dtype=np.int8), 1, np.ones(day.size, dtype=bool))

    def area_values(
        self, day: Snapshot, filters: Filters, rows: np.ndarray, area: np.ndarray, areas: int
    ) -> np.ndarray:
        """Buildings."""
        buildings = summaries.total_by(area, areas, rows)
        return np.where(buildings > 0, buildings, np.nan)

    def area_measure(self, t: Translator) -> str:
        return t("map.buildings_number")


THEME = DensityTheme()
