"""What happened at buildings, whatever the day, as arrays; and the part of it that was written of late."""

from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property

import numpy as np

from data.city.array_files import Columns
from data.city.changes import CityVersion
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

Span = tuple[date, date]
NO_FORMER_AREAS: Columns = {
    "building": np.array([], np.int32),
    "level": np.array([], np.int8),
    "area": np.array([], np.int64),
    "until": np.array([], np.int32),
}


@dataclass(frozen=True, eq=False)
class DatedFacts:
    """What happened at buildings, each fact with its day; a building is a row number, from 0 on.

    Every table is in the order of buildings. checklist_ids: those of `fact_log.checklists`.
    visits: building, day, inspector (index into `inspectors`, -1 unknown). vacancies: building, day, change of the
    number of vacant homes. spans: building, first, last, the days of the first and the last fact of each building that
    has any. inspectors: their codes, text. former_areas: the ended areas a building once lay in: building, level (index
    into LEVELS), area, until (from which day, since 1970, the area is no more).
    """

    version: CityVersion
    fact_log: FactLog
    checklist_ids: tuple[int, ...]
    visits: Columns
    inspectors: np.ndarray
    vacancies: Columns
    spans: Columns
    former_areas: Columns = field(default_factory=lambda: dict(NO_FORMER_AREAS))

    @cached_property
    def span(self) -> Span | None:
        """The days of the first and the last fact of any kind; None where there is none."""
        return self._span(slice(None))

    def span_without(self, rows: np.ndarray) -> Span | None:
        """The same without some buildings."""
        return self._span(~np.isin(self.spans["building"], rows))

    def _span(self, entries: np.ndarray | slice) -> Span | None:
        first, last = self.spans["first"][entries], self.spans["last"][entries]
        return (first.min().item(), last.max().item()) if len(first) else None

    def of_building(self, row: int) -> FactLog:
        """The facts about one building, as a fact log with that building alone."""

        def part(building: np.ndarray) -> slice:
            return slice(*np.searchsorted(building, (row, row + 1)))

        checks = ((answers, part(answers.building)) for answers in self.fact_log.checklists)
        periods = self.fact_log.open_periods
        here = part(periods.building)
        return FactLog(
            buildings=1,
            events={kind: (_first(b[part(b)]), day[part(b)]) for kind, (b, day) in self.fact_log.events.items()},
            checklists=tuple(
                ChecklistAnswers(c.items, _first(c.building[at]), c.day[at], c.answers[at]) for c, at in checks
            ),
            open_periods=OpenPeriods(
                _first(periods.building[here]),
                *(getattr(periods, field.name)[here] for field in fields(OpenPeriods)[1:]),
            ),
        )


@dataclass(frozen=True, eq=False)
class Recent:
    """All facts about the buildings that were written about since, in the place of what is stored of them.

    rows: their rows in the city, int64 (k,), rising. facts: their facts; building i there is row rows[i] of the city.
    """

    rows: np.ndarray
    facts: DatedFacts


def _first(building: np.ndarray) -> np.ndarray:
    return np.zeros(len(building), dtype=np.int32)
