"""Buildings with hazards: as a theme of its own, and on top of another."""

from dataclasses import dataclass

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow, class_rows
from dashboard.look.palette import OPEN, OVERDUE, Symbol
from dashboard.themes.theme import Classes, MapOverlay
from data.city import summaries
from data.city.filters import Filters
from data.city.snapshots import Snapshot
from geo.cell_sums import Overlay

CLOSED = Symbol("#7d8b99", "circle")


@dataclass(frozen=True)
class HazardTheme:
    """Overdue, open, and, where the filters ask for those that ever were, closed."""

    name = "hazards"
    needs_public_homes = False
    is_density = False
    areas_show_shares = True

    def symbols(self) -> tuple[Symbol, ...]:
        return (OVERDUE, OPEN, CLOSED)

    def legend(self, t: Translator, filters: Filters) -> list[LegendRow]:
        names = [t(f"map.hazard_{state}") for state in ("overdue", "open", "closed")]
        rows = class_rows(names, self.symbols(), [("state", "overdue"), None, None])
        return rows if filters.hazard_state == "ever" else rows[:-1]

    def classes(self, day: Snapshot, filters: Filters) -> Classes:
        open_, overdue, ever = (_counts(day, state, filters) for state in ("open", "overdue", "ever"))
        shown = ever > 0 if filters.hazard_state == "ever" else open_ > 0
        return Classes(np.select([overdue > 0, open_ > 0], [0, 1], -1).astype(np.int8), 3, shown)

    def area_values(
        self, day: Snapshot, filters: Filters, rows: np.ndarray, area: np.ndarray, areas: int
    ) -> np.ndarray:
        """The share of buildings with an open hazard."""
        buildings = summaries.total_by(area, areas, rows)
        troubled = summaries.total_by(area, areas, rows & (_counts(day, "open", filters) > 0))
        return np.divide(troubled, buildings, out=np.full(areas, np.nan), where=buildings > 0)

    def area_measure(self, t: Translator) -> str:
        return t("map.open_hazards")


def _counts(day: Snapshot, state: str, filters: Filters) -> np.ndarray:
    return summaries.hazard_counts(day, state, filters.hazard_group)


def _overlay(day: Snapshot, filters: Filters) -> Overlay:
    """A building counts once; state 2 where a hazard of its is overdue."""
    open_, overdue = (_counts(day, state, filters)[: day.city_facts.n_on_map] for state in ("open", "overdue"))
    return Overlay((open_ > 0).astype(np.int32), np.select([overdue > 0, open_ > 0], [2, 1], 0).astype(np.int8))


THEME = HazardTheme()
OVERLAY = MapOverlay("hazards", (OPEN, OVERDUE), _overlay, narrows=("state", "open"))
