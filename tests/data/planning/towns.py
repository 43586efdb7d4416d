"""Areas as dense as those of the demonstration district, invented from a seed.

A grid holds some 36 buildings within 150 m by 150 m, some of them more; 20 to 33 are due in a week. A team's
community measures 1.9 km by 2.0 km. A visit takes 15 minutes and 0.8 more for each home, 20 to 60. Most of what is
due has been so for weeks.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from data.planning.problem import Problem
from tests.data.planning.cast import MONDAY, Officer, Visit, place, problem

GRIDS, TEAMS = 20, 4
SHORT_DAY, LONG_DAY, TEAM_DAY = 120, 300, 360  # minutes for visits and walking
TEAM = 6
EXTENT_M, EXTENT_SIGMA, LARGEST_M = 150, 0.7, 1_800  # half the grids are smaller, one in twenty larger than 480 m
COMMUNITY_M = (1_900, 2_000)
GRADES = (0.05, 0.25, 0.7)  # share of buildings, worst first
WORTH_S = (10_800, 3_600, 1_200)  # of a visit of half an hour, three times as much a grade worse
DAYS_TO_TWICE = 20  # late by so much it is worth twice that, and does not gain any more


def grids(minutes: int, how_many: int = GRIDS) -> list[Problem]:
    """Areas of one officer with so many minutes a day."""
    return [grid(seed, minutes) for seed in range(how_many)]


def grid(seed: int, minutes: int) -> Problem:
    chance = np.random.default_rng(seed)
    side = min(EXTENT_M * chance.lognormal(sigma=EXTENT_SIGMA), LARGEST_M)
    visits = due_at(chance, _places(chance, int(chance.integers(20, 34)), (side, side)))
    return replace(problem([Officer(1, "the grid's own", minutes=minutes)], visits), code=f"grid {seed}")


def team(seed: int, needs: int = 350, officers: int = TEAM) -> Problem:
    chance = np.random.default_rng(1_000 + seed)
    visits = due_at(chance, _places(chance, needs, COMMUNITY_M))
    return replace(problem(members(officers, TEAM_DAY), visits), code=f"team {seed}")


def members(officers: int, minutes: int) -> list[Officer]:
    return [Officer(number, "of the team", minutes=minutes) for number in range(1, officers + 1)]


def due_at(
    chance: np.random.Generator,
    places: Sequence[tuple[float, float]],
    homes: np.ndarray | None = None,
    grades: Sequence[float] = GRADES,
) -> list[Visit]:
    """A visit at each place, of a grade and a due day by chance. homes: (places,), by chance too where not given."""
    homes = chance.gamma(2.0, 10.0, len(places)) if homes is None else homes
    minutes = np.clip(15 + 0.8 * homes, 20, 60).astype(int).tolist()
    grade = chance.choice(len(grades), len(places), p=grades).tolist()
    late = chance.integers(-4, 200, len(places)).tolist()
    return [
        Visit(
            building=number,
            name="some house",
            at=at,
            minutes=minutes[number],
            due=MONDAY - timedelta(days=late[number]),
            **_worth(WORTH_S[grade[number]] * minutes[number] // 30, late[number]),
        )
        for number, at in enumerate(places)
    ]


def _worth(on_time: int, late: int) -> dict[str, int]:
    """The worth, and what a day more would add to it: that is what going a day later costs."""
    a_day = on_time // DAYS_TO_TWICE
    return {
        "worth": on_time + a_day * min(max(late, 0), DAYS_TO_TWICE),
        "daily_cost": a_day if late < DAYS_TO_TWICE else 0,
    }


def _places(chance: np.random.Generator, how_many: int, extent_m: tuple[float, float]) -> list[tuple[float, float]]:
    return [place(*at) for at in chance.uniform(-0.5, 0.5, (how_many, 2)) * extent_m]
