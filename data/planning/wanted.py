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
from scoring.planning.weeks import Week, coming_visits, visits_this_week
from scoring.planning.working_days import WorkingDays
from scoring.planning.worth import daily_cost_s, kind_tiers_s, tiers_s, worth_s

DAYS_A_WEEK = 7
WALK_MINUTES = 2.0  # to a visit in the mean: 75 s in the plans of grids, 130 to 210 s in those of teams
MONDAY = date(1970, 1, 5)  # from which the weeks of the random share are counted


@dataclass(frozen=True)
class Period:
    """The days of a plan, all of the calendar. workable: those on which anybody works, datetime64[D]."""

    first: date
    days: int
    calendar: WorkingDays

    @property
    def last(self) -> date:
        return self.first + timedelta(self.days - 1)

    def weeks(self, ahead: int) -> list[NDArray[np.datetime64]]:
        """The working days of the plan and of each week after it, those without any left out."""
        begins = [self.first, *(self.first + timedelta(self.days + DAYS_A_WEEK * week) for week in range(ahead))]
        each = (self.calendar.between(one, two - timedelta(1)) for one, two in pairwise(begins))
        return [days for days in each if len(days)]


@dataclass(frozen=True)
class DueBuildings:
    """The buildings of a city as a plan sees them, columns of equal length.

    grade: UNRATED -1. due: datetime64[D] (n, roles of `every`), NaT where nobody is to come. unit: the place of the
    area that is planned by itself, -1 outside the plan. last: the last visit that counted, as `due`.
    """

    id: np.ndarray
    place: np.ndarray  # float64 (n, 2), longitude and latitude, NaN where it is not on the map
    grade: np.ndarray
    minutes: np.ndarray
    last: np.ndarray
    due: np.ndarray
    unit: np.ndarray
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


def wanted_visits(
    city: DueBuildings, period: Period, minutes: np.ndarray, of_day: np.ndarray, figures: Figures
) -> WantedVisits:
    """What is due by the end of the period, and what the weeks laid out put into it, by unit and role.

    minutes: int64 (units, roles, days) that officers have on each of the days `of_day`, datetime64[D], which reach over
    all the weeks ahead. Raises OutsideCalendar.
    """
    ahead = period.weeks(figures.slots.weeks_ahead)
    places = [np.searchsorted(of_day, days) for days in ahead]
    weight = tiers_s(len(city.every.days) - 1, figures.worth) / figures.worth.best_grade_s
    parts = [NO_VISITS]
    for role in range(len(city.every.roles)):
        interval = city.every.days[:, role][city.grade]
        for unit, rows in _by_unit(city.unit, ~np.isnat(city.due[:, role])):
            weeks = [Week(days, minutes[unit, role, place]) for days, place in zip(ahead, places, strict=True)]
            chosen = _of_unit(city, rows, role, interval[rows], weight, weeks, period, figures)
            due = city.due[chosen, role]
            kind = np.where(due > np.datetime64(period.last, "D"), KINDS.index(EARLY), KINDS.index(DUE))
            parts.append(WantedVisits(chosen, np.full(len(chosen), role), due, kind))
    return joined(parts)


def with_random(
    wanted: WantedVisits, city: DueBuildings, period: Period, seed: bytes, figures: Figures
) -> WantedVisits:
    """With the visits drawn at random whatever the grade, by the first of the roles; what is due anyway stays due."""
    begins, week, weeks = _cycle(period.first, figures.random_every_weeks)
    is_due = (city.due <= np.datetime64(period.last, "D")).any(axis=1)
    may = ~is_due & ~never_visited(city.last)
    drawn = random_share(seed, city.id, city.grade, may, begins, figures.random_part)
    drawn &= (random_week(seed, city.id, begins, weeks) == week) & (city.unit >= 0)
    kind = np.where(drawn[wanted.row] & (wanted.kind == KINDS.index(EARLY)), KINDS.index(RANDOM), wanted.kind)
    rows = np.setdiff1d(np.flatnonzero(drawn), wanted.row)
    by_draw = WantedVisits(rows, np.zeros_like(rows), city.due[rows, 0], np.full(len(rows), KINDS.index(RANDOM)))
    return joined([replace(wanted, kind=kind), by_draw])


def needs_of(
    wanted: WantedVisits, city: DueBuildings, period: Period, roles: tuple[str, ...], figures: Figures
) -> Needs:
    """The visits as a problem asks for them. roles: of the problem; those of the edition are among them.

    The last day is a hard one for the worst grade, where it can still be met; elsewhere lateness costs.
    """
    grade, minutes = city.grade[wanted.row], city.minutes[wanted.row]
    tier = kind_tiers_s(grade, wanted.kind, len(city.every.days) - 1, figures.worth)
    first = np.datetime64(period.first, "D")
    met = np.where(wanted.due >= first, wanted.due, np.datetime64("NaT"))
    hard = (grade == 0) & (wanted.kind == KINDS.index(DUE)) & ~np.isnat(met)
    late = np.where(np.isnat(wanted.due), 0, (first - wanted.due).astype(np.int64))
    nobody, no_day = np.full(len(grade), NOBODY, np.int64), np.full(len(grade), np.datetime64("NaT"), "datetime64[D]")
    return Needs(
        building=city.id[wanted.row],
        place=city.place[wanted.row],
        role=np.array([roles.index(role) for role in city.every.roles], np.int8)[wanted.role],
        minutes=minutes.astype(np.int32),
        due=wanted.due,
        last_day=np.where(hard, period.calendar.on_or_before(np.where(hard, met, np.datetime64("NaT"))), no_day),
        earliest=no_day,
        worth=worth_s(tier, minutes, late, figures.worth),
        daily_cost=daily_cost_s(tier, minutes, late, figures.worth),
        kind=wanted.kind.astype(np.int8),
        pinned_officer=nobody,
        pinned_day=no_day,
        begins=np.full(len(grade), NO_MOMENT, np.int32),
        announced_day=no_day,
    )


def _of_unit(
    city: DueBuildings,
    rows: np.ndarray,
    role: int,
    interval: np.ndarray,
    weight: np.ndarray,
    weeks: Sequence[Week],
    period: Period,
    figures: Figures,
) -> np.ndarray:
    """The rows that are wanted."""
    visits = coming_visits(city.due[rows, role], interval, weight[city.grade[rows]], weeks, period.calendar)
    building, first = np.unique(visits.building, return_index=True)
    wanted = np.zeros(len(rows), bool)
    wanted[building[visits.due[first] <= np.datetime64(period.last, "D")]] = True
    if sum(week.minutes.sum() for week in weeks) > 0:
        each = float(city.minutes[rows].mean()) + WALK_MINUTES
        wanted[visits.building[visits_this_week(visits, weeks, each, figures.slots)[0]]] = True
    return rows[wanted]


def _by_unit(unit: np.ndarray, asked: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Each unit with its rows, of those that are asked for."""
    rows = np.flatnonzero(asked & (unit >= 0))
    rows = rows[np.argsort(unit[rows], kind="stable")]
    units, begins = np.unique(unit[rows], return_index=True)
    return list(zip(units.tolist(), np.split(rows, begins[1:]), strict=True)) if len(rows) else []


def _cycle(day: date, weeks: int) -> tuple[date, int, int]:
    """The first day of the draw that a day falls into, the week of it, and how many weeks it lasts."""
    since = (day - MONDAY).days // DAYS_A_WEEK
    return MONDAY + timedelta(DAYS_A_WEEK * (since - since % weeks)), since % weeks, weeks
