"""Vacant public-rental homes: as a theme of its own, and on top of another."""

from dataclasses import dataclass

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow
from dashboard.look.palette import VACANT, Symbol
from dashboard.themes.theme import Classes, MapOverlay
from data.city import summaries
from data.city.filters import Filters
from data.city.snapshots import Snapshot
from geo.cell_sums import Overlay


@dataclass(frozen=True)
class VacancyTheme:
    """The buildings in which a public-rental home stands vacant."""

    name = "vacant"
    needs_public_homes = True
    is_density = False
    areas_show_shares = False

    def symbols(self) -> tuple[Symbol, ...]:
        return (VACANT, VACANT)

    def legend(self, t: Translator, filters: Filters) -> list[LegendRow]:
        return [LegendRow("c0", t("map.vacant_homes"), VACANT, ("vacant", "1"))]

    def classes(self, day: Snapshot, filters: Filters) -> Classes:
        return Classes(np.where(day.vacant > 0, 0, -1).astype(np.int8), 2, day.vacant > 0)

    def area_values(
        self, day: Snapshot, filters: Filters, rows: np.ndarray, area: np.ndarray, areas: int
    ) -> np.ndarray:
        """Vacant homes."""
        buildings = summaries.total_by(area, areas, rows)
        return np.where(buildings > 0, summaries.total_by(area, areas, rows, day.vacant), np.nan)

    def area_measure(self, t: Translator) -> str:
        return t("map.vacant_number")


def _overlay(day: Snapshot, filters: Filters) -> Overlay:
    vacant = day.vacant[: day.city_facts.n_on_map]
    return Overlay(vacant, (vacant > 0).astype(np.int8))


THEME = VacancyTheme()
OVERLAY = MapOverlay("vacant", (VACANT,), _overlay, narrows=("vacant", "1"), needs_public_homes=True)
