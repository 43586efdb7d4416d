"""The officers of the invented district: one a grid, a police team a community, and who of them is away when.

Everything here is invented and assumed. Hours, minutes and leave are drawn so that a plan has something to weigh: some
work late or on Saturdays, some have less time, and in most weeks somebody is missing.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.db.models.planning import DAY_BEGINS, DAY_ENDS, WORKING_WEEK

FIRST_NUMBER = 101  # of codes of police, as of those of the officers on record
TEAM = (3, 10)  # police officers a community, both included
GRID_MINUTES, GRID_SHARES = (90, 120, 150), (0.2, 0.6, 0.2)  # beside some 150 other things a grid officer has to do
POLICE_MINUTES = 360
EARLY_SHIFT, LATE_SHIFT = (8 * 60 + 30, 17 * 60 + 30), (13 * 60 + 30, 21 * 60 + 30)  # late: who can come of an evening
EVERY_LATE = 3  # one in so many of a team works late
TUESDAY_TO_SATURDAY, SATURDAYS = "23456", 0.06  # the share of grid officers who work so
ON_LEAVE = 0.35  # share of officers with a leave in the days drawn: about one in thirty is away on a day
LEAVE_BEFORE, LEAVE_AHEAD = 30, 56  # days round the last day in which leave begins: the eight weeks of a plan and more
LONGEST_LEAVE = 14  # days
NOTICE = 21  # days at most by which leave is known beforehand


@dataclass(frozen=True)
class Staff:
    """officers: code, role, area (row of the areas), works_from, works_until, weekdays, minutes_a_day.

    leave: officer (row), first_day, last_day, recorded_on; days are datetime64[D].
    """

    officers: pd.DataFrame
    leave: pd.DataFrame


def staff(rng: np.random.Generator, areas: pd.DataFrame, visited_by: np.ndarray, on: date) -> Staff:
    """Who there is on `on`. visited_by: the code of the officer who has visited each grid, in the order of grids."""
    officers = pd.concat([_grid_officers(rng, areas, visited_by), _police(rng, areas)], ignore_index=True)
    return Staff(officers, _leave(rng, len(officers), on))


def _grid_officers(rng: np.random.Generator, areas: pd.DataFrame, visited_by: np.ndarray) -> pd.DataFrame:
    grids = np.flatnonzero(areas["level"] == "grid")
    saturdays = rng.random(len(grids)) < SATURDAYS
    return pd.DataFrame(
        {
            "code": _one_each(visited_by),
            "role": "grid_officer",
            "area": grids,
            "works_from": DAY_BEGINS,
            "works_until": DAY_ENDS,
            "weekdays": np.where(saturdays, TUESDAY_TO_SATURDAY, WORKING_WEEK),
            "minutes_a_day": rng.choice(GRID_MINUTES, len(grids), p=GRID_SHARES),
        }
    )


def _one_each(visited_by: np.ndarray) -> np.ndarray:
    """A code a grid: where one officer has visited two grids, the second has somebody of its own by now."""
    seen = pd.Series(visited_by).duplicated().to_numpy()
    codes = visited_by.astype(object)
    first_free = 1 + max(int(code[1:]) for code in visited_by)
    codes[seen] = [f"W{number:04}" for number in range(first_free, first_free + int(seen.sum()))]
    return codes


def _police(rng: np.random.Generator, areas: pd.DataFrame) -> pd.DataFrame:
    communities = np.flatnonzero(areas["level"] == "community")
    sizes = rng.integers(*TEAM, len(communities), endpoint=True)
    place_in_team = np.concatenate([np.arange(size) for size in sizes])
    late = place_in_team % EVERY_LATE == EVERY_LATE - 1
    numbers = FIRST_NUMBER + np.arange(sizes.sum())
    return pd.DataFrame(
        {
            "code": [f"P{number:04}" for number in numbers],
            "role": "police",
            "area": np.repeat(communities, sizes),
            "works_from": np.where(late, LATE_SHIFT[0], EARLY_SHIFT[0]),
            "works_until": np.where(late, LATE_SHIFT[1], EARLY_SHIFT[1]),
            "weekdays": WORKING_WEEK,
            "minutes_a_day": POLICE_MINUTES,
        }
    )


def _leave(rng: np.random.Generator, officers: int, on: date) -> pd.DataFrame:
    away = np.flatnonzero(rng.random(officers) < ON_LEAVE)
    today = np.datetime64(on, "D")
    first = today + rng.integers(-LEAVE_BEFORE, LEAVE_AHEAD, len(away))
    last = first + rng.integers(0, LONGEST_LEAVE, len(away))
    recorded = np.minimum(first - rng.integers(0, NOTICE, len(away)), today)
    return pd.DataFrame({"officer": away, "first_day": first, "last_day": last, "recorded_on": recorded})
