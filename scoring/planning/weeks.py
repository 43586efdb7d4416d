"""Which visits are made this week, and on which day: by assignment to slots of the coming weeks, then of its days.

Week by week is short-sighted: what is cleared together comes back together. So the visits of some eight weeks are laid
out, each building's next ones among them; the more a week holds the dearer is one more, a visit that is early costs a
little, one that is late much. Only the first week is kept: the next plan lays out those after it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from scoring.planning.figures import Slots
from scoring.planning.working_days import WorkingDays

LEFT = -1  # the week or day of a visit for which there is no slot
TENTHS = 10  # an interval is counted in, to say how much of it is lost by being early
MOST_AT_ONCE = 600  # visits: the time of an assignment grows with the cube, 0.1 s for these, half a minute for 4,000
NOT_TWICE = 1e9  # the cost of a visit a whole interval early, above every other: the one before it would do


@dataclass(frozen=True)
class Week:
    """Its working days, datetime64[D] (days,), and the minutes all officers have on each for visits and walking."""

    days: np.ndarray
    minutes: np.ndarray


@dataclass(frozen=True)
class ComingVisits:
    """The visits of an area in the coming weeks, one row a visit, all of shape (visits,).

    building: row numbers; due: datetime64[D], the last working day on time; interval: int64 days; weight: float64,
    how much a day late counts.
    """

    building: np.ndarray
    due: np.ndarray
    interval: np.ndarray
    weight: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> "ComingVisits":
        return ComingVisits(self.building[rows], self.due[rows], self.interval[rows], self.weight[rows])


def coming_visits(
    due: np.ndarray, interval: np.ndarray, weight: np.ndarray, weeks: Sequence[Week], calendar: WorkingDays
) -> ComingVisits:
    """Every visit due by the end of the last week, each building's next ones among them, by building.

    due: datetime64[D] (n,), NaT where none is; interval: timedelta64[D] (n,); weight: (n,). What is overdue is taken
    to be made at once, so that the one after it follows from the first day. Raises OutsideCalendar.
    """
    first, last = weeks[0].days[0], weeks[-1].days[-1]
    building = np.flatnonzero(~np.isnat(due) & (due <= last))
    days, found, met = due[building], [], []
    while len(building):
        found.append(building)
        met.append(calendar.on_or_before(np.maximum(days, calendar.days[0])))
        after = np.maximum(days, first) + interval[building]
        building, days = building[after <= last], after[after <= last]
    rows = np.concatenate([*found, np.empty(0, np.int64)])
    by_day = np.concatenate([*met, np.empty(0, "datetime64[D]")])
    return ComingVisits(rows, by_day, interval[rows].astype(np.int64), weight[rows])


def week_of_each(visits: ComingVisits, weeks: Sequence[Week], minutes_a_visit: float, figures: Slots) -> np.ndarray:
    """The week in which each visit is to be made, a place in `weeks` or LEFT, int64 (visits,)."""
    fitting = np.array([max(int(week.minutes.sum() / minutes_a_visit), 1) for week in weeks])
    mean = max(min(len(visits.due), fitting.sum()) / fitting.sum(), 1 / fitting.sum())
    costs = np.column_stack([_cost_of_days(visits, week.days, figures).min(axis=1) for week in weeks])
    further = [_further(number, number * mean, figures) for number in fitting]
    return _assigned(costs, further, visits, figures)


def day_of_each(visits: ComingVisits, week: Week, minutes_a_visit: float, figures: Slots) -> np.ndarray:
    """The day of a week on which each of its visits is to be made, a place in `week.days` or LEFT, int64 (visits,)."""
    fitting = np.ceil(week.minutes / minutes_a_visit).astype(np.int64)
    costs = _cost_of_days(visits, week.days, figures)
    return _assigned(costs, [_further(number, number, figures) for number in fitting], visits, figures)


def visits_this_week(
    visits: ComingVisits, weeks: Sequence[Week], minutes_a_visit: float, figures: Slots
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of the visits to be made in the first week, one a building, and the place of the day of each.

    More than MOST_AT_ONCE are dealt out into hands, each with its part of the minutes.
    """
    hands = max(-(-len(visits.due) // MOST_AT_ONCE), 1)
    dealt = _dealt(visits, hands)
    each = [Week(week.days, week.minutes / hands) for week in weeks]
    chosen = []
    for hand in range(hands):
        rows = np.flatnonzero(dealt == hand)
        rows = rows[week_of_each(visits[rows], each, minutes_a_visit, figures) == 0]
        rows = rows[np.unique(visits.building[rows], return_index=True)[1]]
        chosen.append((rows, day_of_each(visits[rows], each[0], minutes_a_visit, figures)))
    return np.concatenate([rows for rows, _ in chosen]), np.concatenate([day for _, day in chosen])


def _dealt(visits: ComingVisits, hands: int) -> np.ndarray:
    """The hand each visit falls to, int64 (visits,): buildings in turn, so that hands are alike in weight and day."""
    building, first, row = np.unique(visits.building, return_index=True, return_inverse=True)
    hand = np.empty(len(building), np.int64)
    hand[np.lexsort((building, visits.due[first], visits.weight[first]))] = np.arange(len(building)) % hands
    return hand[row]


def _cost_of_days(visits: ComingVisits, days: np.ndarray, figures: Slots) -> np.ndarray:
    """What it costs to make each visit on each day, float64 (visits, days)."""
    ahead = (visits.due[:, None] - days[None, :]).astype(np.int64)
    early = figures.early_tenth * TENTHS * ahead / visits.interval[:, None]
    late = figures.late_day * -ahead * visits.weight[:, None]
    return np.where(ahead >= visits.interval[:, None], NOT_TWICE, np.where(ahead > 0, early, late))


def _further(slots: int, usual: float, figures: Slots) -> np.ndarray:
    """What each further visit costs where `usual` of them are to be expected, rising, float64 (slots,)."""
    return figures.full_slot * np.arange(1, slots + 1) / usual


def _assigned(costs: np.ndarray, further: list[np.ndarray], visits: ComingVisits, figures: Slots) -> np.ndarray:
    """For each visit the column of `costs` it is given at the least cost in all, or LEFT. further: by column."""
    place = np.repeat(np.arange(len(further)), [len(one) for one in further])
    matrix = costs[:, place] + np.concatenate(further)
    if (lacking := len(costs) - len(place)) > 0:
        left = costs[:, -1] + figures.late_day * 7 * visits.weight  # as if it were made the week after
        matrix = np.hstack([matrix, np.repeat(left[:, None], lacking, axis=1)])
        place = np.append(place, np.full(lacking, LEFT))
    chosen = np.full(len(costs), LEFT)
    row, slot = linear_sum_assignment(matrix)
    chosen[row] = place[slot]
    return chosen
