"""What is known of every building on a day, from dated events, check-lists and hazards."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from scoring.errors import WrongFacts
from scoring.rulebook.fact import NOT_APPLICABLE as NOT_APPLICABLE
from scoring.rulebook.fact import NOT_KNOWN as NOT_KNOWN
from scoring.rulebook.fact import Fact
from scoring.rulebook.hazard_catalogue import GROUPS, SEVERITIES
from scoring.rulebook.model import Edition


@dataclass(frozen=True)
class ChecklistAnswers:
    """Inspections that answered one check-list. Brought into the order of building and day; of two on one
    day the one given later counts as the later.

    building: row numbers, shape (k,); day: datetime64[D], shape (k,);
    answers: int8, int32 or float64, shape (k, items), the number, NOT_APPLICABLE or NOT_KNOWN; inspector: int32,
    shape (k,), who came, by a number; -1 where nobody is named. None: nobody is named in any.
    """

    items: tuple[str, ...]
    building: np.ndarray
    day: np.ndarray
    answers: np.ndarray
    inspector: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.answers.shape != (len(self.building), len(self.items)):
            raise WrongFacts(
                "answers are {shape}, not (inspections, {items} items).",
                shape=str(self.answers.shape),
                items=len(self.items),
            )
        if np.any(self.order[1:] < self.order[:-1]):
            sort = np.argsort(self.order, kind="stable")
            for name in ("building", "day", "answers", "inspector"):
                if getattr(self, name) is not None:
                    object.__setattr__(self, name, getattr(self, name)[sort])
            del self.__dict__["order"]

    @cached_property
    def some_not_known(self) -> bool:
        """Whether anything was asked that nobody could say."""
        return bool(self.answers.min(initial=0) <= NOT_KNOWN)

    @cached_property
    def order(self) -> np.ndarray:
        """One rising number per inspection, by building, then day."""
        return _order(self.building, self.day)

    def latest(self, n: int, on: date) -> np.ndarray:
        """The row of each building's last inspection up to and including `on`, int64, shape (n,); -1 none."""
        every = np.arange(n)
        rows = np.searchsorted(self.order, _order(every, np.datetime64(on, "D")), side="right") - 1
        return np.where((rows >= 0) & (self.building[rows] == every), rows, -1) if len(self.order) else every * 0 - 1


@dataclass(frozen=True)
class OpenPeriods:
    """The periods in which hazards stood open, one row each; a reopened hazard has two.

    building: row numbers; group, severity: names, or their indices in GROUPS and SEVERITIES of the hazard catalogue;
    opened, closed, due, transferred: datetime64[D], NaT where it has not come to that. All of shape (s,).
    """

    building: np.ndarray
    group: np.ndarray
    severity: np.ndarray
    opened: np.ndarray
    closed: np.ndarray
    due: np.ndarray
    transferred: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", _indices(self.group, GROUPS))
        object.__setattr__(self, "severity", _indices(self.severity, SEVERITIES))

    @classmethod
    def none(cls) -> "OpenPeriods":
        """No hazard at all."""
        rows, days = np.array([], np.int32), np.array([], "datetime64[D]")
        return cls(rows, rows, rows, days, days, days, days)


@dataclass(frozen=True)
class FactLog:
    """All that is known of `buildings` buildings, whatever the day.

    events: kind → (row numbers, datetime64[D]), each of shape (events,). A kind that is not there never happened.
    checklists: of two that asked the same item on one day, the one later in the tuple counts.
    fields: what is known of the buildings themselves, by the names of BUILDING_FIELDS, float64 (buildings,), NaN not
    known; it has no day and is taken as it is today.
    """

    buildings: int
    events: Mapping[str, tuple[np.ndarray, np.ndarray]]
    checklists: tuple[ChecklistAnswers, ...]
    open_periods: OpenPeriods
    fields: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        of_events = [building for building, _ in self.events.values()]
        for rows in (*of_events, *(answers.building for answers in self.checklists), self.open_periods.building):
            if len(rows) and not 0 <= rows.min() <= rows.max() < self.buildings:
                seen = f"{rows.min()} to {rows.max()}"
                raise WrongFacts("Row numbers must lie in 0 to {last}, not {seen}.", last=self.buildings - 1, seen=seen)


def compute_facts(fact_log: FactLog, edition: Edition, on: date) -> pd.DataFrame:
    """The facts an edition needs as they stood at the end of `on`.

    One row per building, float64, one column per `FactColumn.column`. NaN: not known; NOT_APPLICABLE: does not apply.
    """
    answered = _Answers(fact_log, on)
    table = np.empty((len(edition.needs), fact_log.buildings))
    for row, need in zip(table, edition.needs, strict=True):
        fact = edition.facts[need.fact]
        if fact.kind == "answer":
            row[:] = answered.latest(fact.of[0])
        elif fact.kind == "events":
            row[:] = _events(fact_log, fact.of, on, need.months)
        elif fact.kind == "building":
            row[:] = fact_log.fields.get(fact.of[0], np.nan)
        elif fact.kind == "inspections":
            row[:] = _inspections(fact_log, on, need.months)
        else:
            counted = open_period_counts(fact_log.open_periods, fact, on, need.months)
            row[:] = np.bincount(fact_log.open_periods.building[counted], minlength=fact_log.buildings)
    return pd.DataFrame(table.T, columns=[need.column for need in edition.needs], copy=False)


def months_before(on: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def first_day_out(days: np.ndarray, months: int | np.ndarray) -> np.ndarray:
    """The first day on which each of `days` no longer lies in the `months` up to and including it, datetime64[D].

    The same day `months` later; where that month has no such day, the first of the next. NaT stays NaT.
    """
    month = days.astype("datetime64[M]")
    later = month + np.asarray(months, "timedelta64[M]")
    same_day = later.astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    return np.minimum(same_day, (later + 1).astype("datetime64[D]"))


def in_window(days: np.ndarray, on: date, months: int | None) -> np.ndarray:
    """Which days lie in the `months` up to and including `on`; the far end is excluded. None: ever until `on`."""
    until = days <= np.datetime64(on, "D")
    return until if months is None else until & (days > np.datetime64(months_before(on, months), "D"))


def _events(fact_log: FactLog, kinds: Iterable[str], on: date, months: int | None) -> np.ndarray:
    counts = np.zeros(fact_log.buildings, np.int64)
    for kind in kinds:
        if kind in fact_log.events:
            building, day = fact_log.events[kind]
            counts += np.bincount(building[in_window(day, on, months)], minlength=fact_log.buildings)
    return counts


def _inspections(fact_log: FactLog, on: date, months: int | None) -> np.ndarray:
    """Inspections that answered a check-list, NaN where there never was one; nought: none of late."""
    ever, counts = np.zeros((2, fact_log.buildings))
    for checklist in fact_log.checklists:
        building, day, n = checklist.building, checklist.day, fact_log.buildings
        ever += np.bincount(building[in_window(day, on, None)], minlength=n)
        counts += np.bincount(building[in_window(day, on, months)], minlength=n)
    return np.where(ever > 0, counts, np.nan)


def open_period_counts(open_periods: OpenPeriods, fact: Fact, on: date, months: int | None) -> np.ndarray:
    """Which open periods a fact counts, bool (s,).

    Open until the day they are closed; overdue from the day after the due day; late: overdue, and by then transferred
    to a department.
    """
    today = np.datetime64(on, "D")
    if fact.state == "found":
        counted = in_window(open_periods.opened, on, months)
    else:
        counted = (open_periods.opened <= today) & ~(open_periods.closed <= today)
        if fact.state in ("overdue", "late"):
            counted &= open_periods.due < today
        if fact.state == "late":
            counted &= open_periods.transferred <= today
    for wanted, names, index in (
        (fact.of, GROUPS, open_periods.group),
        (fact.severities, SEVERITIES, open_periods.severity),
    ):
        if wanted:
            counted &= np.isin(names, wanted)[index]
    return counted


class _Answers:
    """The latest answers on a day; each check-list's last inspections are looked up once."""

    def __init__(self, fact_log: FactLog, on: date) -> None:
        self.n = fact_log.buildings
        self.checklists = [
            (answers, answers.latest(self.n, on)) for answers in fact_log.checklists if len(answers.building)
        ]
        self.by_item: dict[int, np.ndarray] = {}

    def latest(self, item: str) -> np.ndarray:
        """The last answer to an item, from any check-list that has it; NaN when there is none. Shape (n,)."""
        values, days = np.full(self.n, np.nan), np.full(self.n, np.datetime64("NaT", "D"))
        holders = [number for number, (checklist, _) in enumerate(self.checklists) if item in checklist.items]
        for number in holders:
            checklist, rows = self.checklists[number]
            if number not in self.by_item:
                self.by_item[number] = np.ascontiguousarray(checklist.answers[rows].T)  # read item by item
            newer = rows >= 0
            if len(holders) > 1:
                newer &= ~(checklist.day[rows] < days)
                days[newer] = checklist.day[rows[newer]]
            np.copyto(values, self.by_item[number][checklist.items.index(item)], where=newer)
        if any(self.checklists[number][0].some_not_known for number in holders):
            values[values == NOT_KNOWN] = np.nan
        return values


def _order(building: np.ndarray, day: np.ndarray | np.datetime64) -> np.ndarray:
    days = np.asarray(day, "datetime64[D]").astype(np.int64)
    return building.astype(np.int64) * 2**32 + days


def _indices(values: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Names as their indices in `names`, int8; numbers are taken for indices already."""
    values = np.asarray(values)
    indices = values if values.dtype.kind in "iu" else pd.Index(names).get_indexer(pd.Index(values))
    if len(indices) and not 0 <= indices.min() <= indices.max() < len(names):
        raise WrongFacts("A hazard has a group or severity that is not one of {names}.", names=tuple(names))
    return indices.astype(np.int8)
