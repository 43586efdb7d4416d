"""The visits of a quarter foreseen for all areas at once: how many, how long, and how many buildings are late.

Each working day an area's buildings are visited until the minutes of its officers are spent: what is due, in the order
of its worth, then what will be due, as far as the area's intervals ask for in the mean, so that weeks come out alike.
No route is laid and no minute spent twice: it says what a plan will come to, not who goes where.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from scoring.planning.working_days import WorkingDays

DAYS_A_WEEK = 7
WEEKS_AHEAD = 8
AHEAD = 0.5  # of an interval: nobody is visited again before half of it has passed
NOT_DUE = np.iinfo(np.int32).max // 2


@dataclass(frozen=True)
class Outlook:
    """Buildings and officers at the end of the day before `first`, for one role. A scenario is a changed one.

    By building, all (n,): area, a row of the areas; grade, UNRATED -1; last, datetime64[D] of the visit that counted,
    NaT never; minutes, of a visit and its walking; weight, of two that are due the heavier goes first. By grade,
    (n_grades + 1,): interval, timedelta64[D], NaT where the role does not come. By area, (areas,): officer_minutes,
    what all its officers have on a working day.
    """

    first: date
    area: np.ndarray
    grade: np.ndarray
    last: np.ndarray
    minutes: np.ndarray
    weight: np.ndarray
    interval: np.ndarray
    officer_minutes: np.ndarray


@dataclass(frozen=True)
class Forecast:
    """What is foreseen, by (area, grade, week): visits, their minutes, and the buildings late at the week's end.

    int64 (areas, n_grades + 1, weeks), the last grade the unrated; backlog: int64 (areas, weeks), the buildings late
    before the first day that still wait at each week's end.
    """

    visits: np.ndarray
    minutes: np.ndarray
    late: np.ndarray
    backlog: np.ndarray

    def backlog_gone(self) -> np.ndarray:
        """The week, from 0, at whose end no building of each area's backlog waits any more, int64 (areas,); -1 none."""
        gone = self.backlog == 0
        return np.where(gone.any(axis=1), gone.argmax(axis=1), -1)


@dataclass
class _Days:
    """The buildings in days from the first, 0: their intervals, and the working day by which each is due."""

    interval: np.ndarray
    met: np.ndarray  # the working day by which each day of the forecast is met
    due: np.ndarray

    def set_due(self, rows: np.ndarray, day: np.ndarray) -> None:
        within = (day >= 0) & (day < len(self.met))
        self.due[rows] = np.where(within, self.met[np.clip(day, 0, len(self.met) - 1)], day)


def foreseen(outlook: Outlook, weeks: int, calendar: WorkingDays) -> Forecast:
    """The forecast of so many weeks. Raises OutsideCalendar where the calendar does not reach."""
    days = _days(outlook, weeks, calendar)
    areas, grades = len(outlook.officer_minutes), len(outlook.interval)
    cell = outlook.area.astype(np.int64) * grades + outlook.grade % grades
    shape = (areas, grades, weeks)
    visits, minutes, late = (np.zeros(shape, np.int64) for _ in range(3))
    backlog, waiting = np.zeros((areas, weeks), np.int64), days.due < 0
    for week in range(weeks):
        made = _week(outlook, days, week, calendar)
        visits[:, :, week] = np.bincount(cell[made], minlength=areas * grades).reshape(areas, grades)
        minutes[:, :, week] = _rounded(cell[made], outlook.minutes[made], areas * grades).reshape(areas, grades)
        over = days.due < (week + 1) * DAYS_A_WEEK
        late[:, :, week] = np.bincount(cell[over], minlength=areas * grades).reshape(areas, grades)
        waiting[made] = False
        backlog[:, week] = np.bincount(outlook.area[waiting], minlength=areas)
    return Forecast(visits, minutes, late, backlog)


def next_officer(outlook: Outlook, minutes_a_day: int, weeks: int, calendar: WorkingDays) -> np.ndarray:
    """What one officer more would bring in each area: weeks a building is late that would be none, by grade.

    int64 (areas, n_grades + 1). Areas do not share officers, so that one forecast with one more in each answers for
    each alone. Raises OutsideCalendar.
    """
    more = replace(outlook, officer_minutes=outlook.officer_minutes + minutes_a_day)
    return (foreseen(outlook, weeks, calendar).late - foreseen(more, weeks, calendar).late).sum(axis=2)


def _days(outlook: Outlook, weeks: int, calendar: WorkingDays) -> _Days:
    first, n = np.datetime64(outlook.first, "D"), len(outlook.area)
    every = outlook.interval[outlook.grade]
    interval = np.where(np.isnat(every), NOT_DUE, every.astype(np.int64))
    met = (calendar.on_or_before(first + np.arange(weeks * DAYS_A_WEEK)) - first).astype(np.int64)
    days = _Days(interval, np.maximum(met, 0), np.empty(n, np.int64))
    due = np.where(np.isnat(outlook.last), 0, (outlook.last - first).astype(np.int64) + interval)
    days.set_due(np.arange(n), np.where(np.isnat(every), NOT_DUE, due))
    return days


def _usual_minutes(outlook: Outlook, days: _Days, week: int) -> np.ndarray:
    """The fewest minutes a week by which each area would meet all that is due in the coming weeks, (areas,).

    The most, over so many weeks ahead, of what will have become due by then, repeat visits among it, in the mean.
    """
    usual = np.zeros(len(outlook.officer_minutes))
    for ahead in range(1, WEEKS_AHEAD + 1):
        until = (week + ahead) * DAYS_A_WEEK - 1
        visits = np.maximum((until - np.maximum(days.due, week * DAYS_A_WEEK)) // days.interval + 1, 0)
        asked = np.bincount(outlook.area, outlook.minutes * visits, minlength=len(usual))
        usual = np.maximum(usual, asked / ahead)
    return usual


def _week(outlook: Outlook, days: _Days, week: int, calendar: WorkingDays) -> np.ndarray:
    """The rows visited in a week, each once a visit; `days` is brought forward to its end."""
    begins = outlook.first + timedelta(week * DAYS_A_WEEK)
    worked = calendar.between(begins, begins + timedelta(DAYS_A_WEEK - 1))
    a_week = _usual_minutes(outlook, days, week)
    spent, made = np.zeros(len(outlook.officer_minutes)), [np.empty(0, np.int64)]
    for place, day in enumerate((worked - np.datetime64(outlook.first, "D")).astype(np.int64)):
        given = outlook.officer_minutes * (place + 1) - spent  # what a day leaves over is used later in the week
        usual = a_week * (place + 1) / len(worked) - spent
        rows = _made_on(outlook, days, day, given, usual)
        spent += np.bincount(outlook.area[rows], outlook.minutes[rows], minlength=len(spent))
        days.set_due(rows, day + days.interval[rows])
        made.append(rows)
    return np.concatenate(made)


def _made_on(outlook: Outlook, days: _Days, day: int, given: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The rows visited on a day: within the minutes `given`, what is not yet due within the `usual` ones, (areas,)."""
    rows = np.flatnonzero(days.due - day <= AHEAD * days.interval)
    ahead = days.due[rows] > day
    share = (days.due[rows] - day) / days.interval[rows]
    first = np.where(ahead, share, -outlook.weight[rows] * (1 + np.minimum(-share, 1)))
    order = np.lexsort((rows, first, ahead, outlook.area[rows]))
    rows, ahead = rows[order], ahead[order]
    area, sums = outlook.area[rows], np.cumsum(outlook.minutes[rows], dtype=np.float64)
    begins = np.searchsorted(area, area)
    spent = sums - np.where(begins > 0, sums[begins - 1], 0)
    return rows[spent <= np.where(ahead, np.minimum(given, usual)[area], given[area])]


def _rounded(cell: np.ndarray, minutes: np.ndarray, cells: int) -> np.ndarray:
    return np.rint(np.bincount(cell, minutes, minlength=cells)).astype(np.int64)
