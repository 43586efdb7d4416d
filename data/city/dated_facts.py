"""What happened at buildings, whatever the day, as arrays; and the part of it that was written of late."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np

from data.city.array_files import Columns
from data.city.changes import CityVersion
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

Span = tuple[date, date]


@dataclass(frozen=True, eq=False)
class DatedFacts:
    """What happened at buildings, each fact with its day; a building is a row number, from 0 on.

    Every table is in the order of buildings. checklist_ids: those of `fact_log.checklists`.
    visits: building, day, inspector (index into `inspectors`, -1 unknown). vacancies: building, day, change of the
    number of vacant homes. inspectors: their codes, text.
    """

    version: CityVersion
    fact_log: FactLog
    checklist_ids: tuple[int, ...]
    visits: Columns
    inspectors: np.ndarray
    vacancies: Columns

    @cached_property
    def span(self) -> Span | None:
        """The days of the first and the last visit or event; None where there is none."""
        return span_of(days for _, days in self._dated())

    def span_without(self, rows: np.ndarray) -> Span | None:
        """The same without some buildings. rows: rising."""
        if self.span is None:
            return None
        of_rows = span_of(days[_entries(building, rows)] for building, days in self._dated())
        if of_rows is None or (of_rows[0] > self.span[0] and of_rows[1] < self.span[1]):
            return self.span
        gone = np.zeros(self.fact_log.buildings, bool)
        gone[rows] = True
        return span_of(days[~gone[building]] for building, days in self._dated())

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

    def _dated(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Building and day of every visit and event."""
        yield self.visits["building"], self.visits["day"]
        yield from self.fact_log.events.values()


@dataclass(frozen=True, eq=False)
class Recent:
    """All facts about the buildings that were written about since, in the place of what is stored of them.

    rows: their rows in the city, int64 (k,), rising. facts: their facts; building i there is row rows[i] of the city.
    """

    rows: np.ndarray
    facts: DatedFacts


def span_of(columns: Iterable[np.ndarray]) -> Span | None:
    """The first and the last of all days, datetime64[D]; None where there is none."""
    ends = [(days.min(), days.max()) for days in columns if len(days)]
    return (min(low for low, _ in ends).item(), max(high for _, high in ends).item()) if ends else None


def _entries(building: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The positions of the entries of some buildings. building: rising; rows: rising."""
    starts, stops = np.searchsorted(building, rows), np.searchsorted(building, rows, side="right")
    lengths = stops - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def _first(building: np.ndarray) -> np.ndarray:
    return np.zeros(len(building), dtype=np.int32)
