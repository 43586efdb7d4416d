"""The grades of a rule set."""

from dataclasses import dataclass

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow, class_rows
from dashboard.look.palette import Symbol, symbols
from dashboard.themes.theme import Classes
from data.city import summaries
from data.city.filters import UNRATED, Filters
from data.city.snapshots import Snapshot
from scoring.rulebook.model import Edition


@dataclass(frozen=True)
class GradeTheme:
    """The buildings by their grade under an edition of a rule set; the unrated are the last class."""

    edition: Edition
    needs_public_homes = False
    is_density = False
    areas_show_shares = True

    @property
    def name(self) -> str:
        return self.edition.rule_set

    def symbols(self) -> tuple[Symbol, ...]:
        return symbols(tuple(grade.code for grade in self.edition.grades))

    def legend(self, t: Translator, filters: Filters) -> list[LegendRow]:
        names = [t.of(grade.name) for grade in self.edition.grades]
        codes = [*(grade.code for grade in self.edition.grades), UNRATED]
        return class_rows([*names, t("grade.unrated")], self.symbols(), [(self.name, code) for code in codes])

    def classes(self, day: Snapshot, filters: Filters) -> Classes:
        return Classes(day.grades[self.name], len(self.edition.grades) + 1, np.ones(day.size, dtype=bool))

    def area_values(
        self, day: Snapshot, filters: Filters, rows: np.ndarray, area: np.ndarray, areas: int
    ) -> np.ndarray:
        """The share of low grades among the rated; of a single grade none is low."""
        if not summaries.low_grades(len(self.edition.grades)):
            return np.full(areas, np.nan)
        return summaries.low_share(summaries.grades_by(day, self.name, rows, area, areas))

    def area_measure(self, t: Translator) -> str:
        low = self.edition.grades[: summaries.low_grades(len(self.edition.grades))]
        return "/".join(t.of(grade.name) for grade in low)
