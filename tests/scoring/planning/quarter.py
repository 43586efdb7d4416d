"""A quarter of synthetic grids, day by day: an officer each, who begins with a backlog."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from scoring.planning.figures import figures
from scoring.planning.weeks import Week, coming_visits, visits_this_week
from scoring.planning.working_days import working_days

FIRST = np.datetime64("2026-03-02")  # to 31 May: Tomb-Sweeping and Labour Day lie within
CALENDAR = working_days(date(2025, 1, 1), date(2026, 12, 31))
WEEKS, AHEAD = 13, figures().slots.weeks_ahead
WORKED = [CALENDAR.between((FIRST + 7 * week).item(), (FIRST + 7 * week + 6).item()) for week in range(WEEKS + AHEAD)]
SETTLED = 4  # weeks after which the backlog is gone
STARS = np.array([10, 21, 45, 90, 180])  # days, worst first
OF_EACH = np.array([0.04, 0.16, 0.28, 0.35, 0.17])  # as in the demonstration
NEVER = 0.03
WALKED = 1.25  # minutes a visit within a grid


@dataclass
class Grid:
    """One row a building; last: datetime64[D], seen: whether it was visited in this quarter."""

    interval: np.ndarray
    weight: np.ndarray
    minutes: np.ndarray
    last: np.ndarray
    seen: np.ndarray

    @property
    def due(self) -> np.ndarray:
        """The last working day on time; what was never visited, at once."""
        day = np.where(np.isnat(self.last), FIRST, self.last + self.interval)
        return CALENDAR.on_or_before(np.maximum(day, CALENDAR.days[0]))


@dataclass(frozen=True)
class Outcome:
    """visits and late, buildings late at the week's end: (grids, weeks). repeats: visits after a building's first that
    were due within the quarter; on_time: those of them."""

    visits: np.ndarray
    late: np.ndarray
    on_time: int
    repeats: int

    @property
    def peak(self) -> float:
        """A grid's highest week against its mean, the mean over grids, once the backlog is gone."""
        settled = self.visits[:, SETTLED:]
        return float((settled.max(axis=1) / settled.mean(axis=1)).mean())


def grid(seed: int) -> Grid:
    rng = np.random.default_rng(seed)
    n = int(np.clip(rng.normal(36.4, 5.5), 8, 51))
    stars = rng.choice(len(STARS), n, p=OF_EACH)
    homes = rng.gamma(2.2, 9, n)
    last = FIRST - rng.integers(5, 310, n)
    last[rng.random(n) < NEVER] = np.datetime64("NaT")
    return Grid(
        interval=STARS[stars].astype("timedelta64[D]"),
        weight=3.0 ** (len(STARS) - 1 - stars),
        minutes=np.clip(np.floor(15 + 0.8 * homes + 0.5), 20, 60) + WALKED,
        last=last,
        seen=np.zeros(n, bool),
    )


def quarter(grids: int, minutes_a_day: int, planned: bool) -> Outcome:
    """planned: by weeks.py; else each day whatever is due, in order of its due day."""
    visits, late = np.zeros((grids, WEEKS), int), np.zeros((grids, WEEKS), int)
    on_time = repeats = 0
    for row in range(grids):
        one = grid(row)
        for week in range(WEEKS):
            lists = _planned(one, week, minutes_a_day) if planned else None
            for place, day in enumerate(WORKED[week]):
                wanted = _due(one, day) if lists is None else lists[place]
                made = _that_fit(wanted, one.minutes, minutes_a_day)
                if lists is not None and place + 1 < len(lists):
                    lists[place + 1] = np.append(np.setdiff1d(wanted, made), lists[place + 1])
                repeats += int(one.seen[made].sum())
                on_time += int((one.seen[made] & (day <= one.due[made])).sum())
                one.last[made], one.seen[made] = day, True
                visits[row, week] += len(made)
            late[row, week] = (one.due <= WORKED[week][-1]).sum()
        repeats += int((one.seen & (one.due <= WORKED[WEEKS - 1][-1])).sum())  # due, and not made
    return Outcome(visits, late, on_time, repeats)


def _planned(one: Grid, week: int, minutes_a_day: int) -> list[np.ndarray]:
    """The buildings of each day of a week."""
    weeks = [Week(days, np.full(len(days), minutes_a_day)) for days in WORKED[week : week + AHEAD]]
    coming = coming_visits(one.due, one.interval, one.weight, weeks, CALENDAR)
    rows, day = visits_this_week(coming, weeks, one.minutes.mean(), figures().slots)
    rows, day = rows[day >= 0], day[day >= 0]
    first = np.lexsort((coming.due[rows], -coming.weight[rows]))
    return [coming.building[rows[first][day[first] == place]] for place in range(len(weeks[0].days))]


def _due(one: Grid, day: np.datetime64) -> np.ndarray:
    rows = np.flatnonzero(one.due <= day)
    return rows[np.argsort(one.due[rows], kind="stable")]


def _that_fit(wanted: np.ndarray, minutes: np.ndarray, minutes_a_day: float) -> np.ndarray:
    made, left = [], minutes_a_day
    for row in wanted:
        if minutes[row] <= left:
            made.append(row)
            left -= minutes[row]
    return np.array(made, np.int64)
