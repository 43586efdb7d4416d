"""Which visits a plan is asked for: what is due, what is better made early, and the share drawn at random.

Roles are dealt with one by one, areas that are planned by themselves likewise: the coming eight weeks of each are laid
out (scoring.planning.weeks), and what that puts into the plan's days is wanted, together with all that is due by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.planning.problem import DUE, EARLY, KINDS, NO_MOMENT, NOBODY, RANDOM, Needs
from scoring.planning.draws import random_share, random_week
from scoring.planning.due import never_visited
from scoring.planning.figures import Figures
from scoring.planning.intervals import Intervals
from scoring.planning.weeks import ComingVisits, Week, coming_visits, visits_this_week
from scoring.planning.working_days import WorkingDays
from scoring.planning.worth import daily_cost_s, kind_tiers_s, tiers_s, worth_s

DAYS_A_WEEK = 7
WALK_MINUTES = 2.0  # to a visit in the mean: 75 s in the plans of grids, 130 to 210 s in those of teams
MONDAY = date(1970, 1, 5)  # from which the weeks of the random share are counted


@dataclass(frozen=True)
class Period:
    """The days of a plan, working days and others.

    calendar: from well before the first day, as a due day moves back over holidays, to the end of the weeks laid out.
    """

    first: date
    days: int
    calendar: WorkingDays

    @property
    def last(self) -> date:
        return self.first + timedelta(self.days - 1)

    @property
    def days_ahead(self) -> int:
        """From the first day to the end of the calendar."""
        return (self.calendar.last - self.first).days + 1

    def weeks(self, number: int) -> list[NDArray[np.datetime64]]:
        """The working days of so many weeks, the plan the first of them; those without any left out."""
        begins = [self.first, *(self.first + timedelta(self.days + DAYS_A_WEEK * week) for week in range(number))]
        each = (self.calendar.between(one, two - timedelta(1)) for one, two in pairwise(begins))
        return [days for days in each if len(days)]

    def met_by(self, due: np.ndarray) -> np.ndarray:
        """The last working day on which each due day is met, datetime64[D]; NaT stays.

        What was due before the calendar begins has its first working day, what is due after its end keeps its day.
        """
        end = np.datetime64(self.calendar.last, "D")
        within = np.clip(due.astype("datetime64[D]"), self.calendar.days[0], end)
        return np.where(due > end, due, self.calendar.on_or_before(within))

    def is_due(self, due: np.ndarray) -> np.ndarray:
        """What cannot wait for the plan after this one, bool."""
        return self.met_by(due) <= np.datetime64(self.last, "D")


@dataclass(frozen=True)
class DueBuildings:
    """The buildings of a city as a plan sees them, columns of equal length n."""

    id: np.ndarray  # int64
    place: np.ndarray  # float64 (n, 2), longitude and latitude, NaN where it is not on the map
    grade: np.ndarray  # int8, UNRATED -1
    minutes: np.ndarray  # int32, of a visit
    last: np.ndarray  # datetime64[D] (n, roles of `every`), the last visit that counted, NaT never
    due: np.ndarray  # datetime64[D] (n, roles of `every`), NaT where the role is not to come
    unit: np.ndarray  # int64, place of the area that is planned by itself, -1 outside the plan
    every: Intervals


@dataclass(frozen=True)
class WantedVisits:
    """Rows of DueBuildings with role (place in `every.roles`), due day and kind, all (visits,)."""

    row: np.ndarray
    role: np.ndarray
    due: np.ndarray
    kind: np.ndarray


def joined(parts: Sequence[WantedVisits]) -> WantedVisits:
    """All of them, one after the other."""
    return WantedVisits(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(WantedVisits)))


NO_VISITS = WantedVisits(
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, "datetime64[D]"), np.empty(0, np.int8)
)


def wanted_visits(city: DueBuildings, period: Period, minutes: np.ndarray, figures: Figures) -> WantedVisits:
    """What is due by the end of the period, and what the weeks laid out put into it, by role and unit.

    period: with a working day. minutes: int64 (units, roles, period.days_ahead) that officers have for visits and
    walking, from the first day on.
    """
    weeks = period.weeks(figures.slots.weeks_ahead)
    after = [(days - np.datetime64(period.first, "D")).astype(np.int64) for days in weeks]
    parts = [NO_VISITS]
    for role in range(len(city.every.roles)):
        for unit, rows in _by_unit(city.unit, ~np.isnat(city.due[:, role])):
            laid_out = [Week(days, minutes[unit, role, at]) for days, at in zip(weeks, after, strict=True)]
            parts.append(_of_role(city, _of_unit(city, rows, role, laid_out, period, figures), role, period))
    return joined(parts)


def with_random(
    wanted: WantedVisits, city: DueBuildings, period: Period, seed: bytes, figures: Figures
) -> WantedVisits:
    """With the visits drawn at random whatever the grade, by the first of the roles; what is due anyway stays due."""
    drawn, by_first = _drawn(city, period, seed, figures), wanted.role == 0
    instead = drawn[wanted.row] & by_first & (wanted.kind == KINDS.index(EARLY))
    rows = np.setdiff1d(np.flatnonzero(drawn), wanted.row[by_first])
    by_draw = WantedVisits(rows, np.zeros_like(rows), city.due[rows, 0], np.full(len(rows), KINDS.index(RANDOM)))
    return joined([replace(wanted, kind=np.where(instead, KINDS.index(RANDOM), wanted.kind)), by_draw])


def needs_of(
    wanted: WantedVisits, city: DueBuildings, period: Period, roles: tuple[str, ...], figures: Figures
) -> Needs:
    """The visits as a problem asks for them. roles: of the problem; those of the edition are among them."""
    grade, minutes, n = city.grade[wanted.row], city.minutes[wanted.row], len(wanted.row)
    tier = kind_tiers_s(grade, wanted.kind, len(city.every.days) - 1, figures.worth)
    late = np.where(np.isnat(wanted.due), 0, (np.datetime64(period.first, "D") - wanted.due).astype(np.int64))
    no_day = np.full(n, "NaT", "datetime64[D]")
    return Needs(
        building=city.id[wanted.row],
        place=city.place[wanted.row],
        role=np.array([roles.index(role) for role in city.every.roles], np.int8)[wanted.role],
        minutes=minutes.astype(np.int32),
        due=wanted.due,
        last_day=_last_days(wanted, city, period),
        earliest=no_day,
        worth=worth_s(tier, minutes, late, figures.worth),
        daily_cost=daily_cost_s(tier, minutes, late, figures.worth),
        kind=wanted.kind.astype(np.int8),
        pinned_officer=np.full(n, NOBODY, np.int64),
        pinned_day=no_day,
        begins=np.full(n, NO_MOMENT, np.int32),
        announced_day=no_day,
    )


def _last_days(wanted: WantedVisits, city: DueBuildings, period: Period) -> np.ndarray:
    """A hard one for the worst grade where it can still be met, NaT elsewhere: there lateness costs.

    Nor has a first visit one: it is due at once, and would be left out rather than made on the second day.
    """
    met = period.met_by(wanted.due)
    is_due = (city.grade[wanted.row] == 0) & (wanted.kind == KINDS.index(DUE))
    is_first = np.isnat(city.last[wanted.row, wanted.role])
    hard = is_due & ~is_first & (met >= np.datetime64(period.first, "D"))
    return np.where(hard, met, np.datetime64("NaT", "D"))


def _of_role(city: DueBuildings, rows: np.ndarray, role: int, period: Period) -> WantedVisits:
    due = city.due[rows, role]
    kind = np.where(period.is_due(due), KINDS.index(DUE), KINDS.index(EARLY))
    return WantedVisits(rows, np.full(len(rows), role), due, kind)


def _of_unit(
    city: DueBuildings, rows: np.ndarray, role: int, weeks: Sequence[Week], period: Period, figures: Figures
) -> np.ndarray:
    """Those of the rows of a unit that this role is wanted at."""
    is_wanted = period.is_due(city.due[rows, role])
    if weeks[0].minutes.sum() > 0:
        visits = _coming(city, rows, role, weeks, period, figures)
        each = float(city.minutes[rows].mean()) + WALK_MINUTES
        this_week, _ = visits_this_week(visits, weeks, each, figures.slots)
        is_wanted[visits.building[this_week]] = True
    return rows[is_wanted]


def _coming(
    city: DueBuildings, rows: np.ndarray, role: int, weeks: Sequence[Week], period: Period, figures: Figures
) -> ComingVisits:
    """The visits of these rows in the weeks laid out; a day late counts as the worth of the grade does."""
    grade, every = city.grade[rows], city.every
    weight = tiers_s(len(every.days) - 1, figures.worth) / figures.worth.best_grade_s
    return coming_visits(city.due[rows, role], every.days[grade, role], weight[grade], weeks, period.calendar)


def _drawn(city: DueBuildings, period: Period, seed: bytes, figures: Figures) -> np.ndarray:
    """The buildings of the plan that the draws of its weeks fall on, bool (n,); who was there in that week is not
    visited again."""
    may = ~period.is_due(city.due).any(axis=1) & ~never_visited(city.last)
    drawn = np.zeros(len(city.id), bool)
    for days in range(0, period.days, DAYS_A_WEEK):
        monday, begins, week = _week_of_draw(period.first + timedelta(days), figures.random_every_weeks)
        share = random_share(seed, city.id, city.grade, may, begins, figures.random_part)
        since = (city.last >= np.datetime64(monday, "D")).any(axis=1)
        drawn |= share & ~since & (random_week(seed, city.id, begins, figures.random_every_weeks) == week)
    return drawn & (city.unit >= 0)


def _by_unit(unit: np.ndarray, asked: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Each unit with its rows, of those that are asked for."""
    rows = np.flatnonzero(asked & (unit >= 0))
    rows = rows[np.argsort(unit[rows], kind="stable")]
    units, begins = np.unique(unit[rows], return_index=True)
    return list(zip(units.tolist(), np.split(rows, begins[1:]), strict=True)) if len(rows) else []


def _week_of_draw(day: date, every_weeks: int) -> tuple[date, date, int]:
    """The Monday before a day, the Monday from which the draw counts that it falls into, and which of its weeks."""
    weeks = (day - MONDAY).days // DAYS_A_WEEK
    week = weeks % every_weeks
    monday = MONDAY + timedelta(DAYS_A_WEEK * weeks)
    return monday, monday - timedelta(DAYS_A_WEEK * week), week
