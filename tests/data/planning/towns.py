"""Areas as dense as those of the demonstration district, invented from a seed.

A grid holds some 36 buildings within 150 m by 150 m, some of them more; 20 to 33 are due in a week. A team's
community measures 1.9 km by 2.0 km. A visit takes 15 minutes and 0.8 more for each home, 20 to 60. What is overdue has
been so for weeks.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from data.planning.problem import Problem
from tests.data.planning.cast import MONDAY, Officer, Visit, place, problem

GRIDS, TEAMS = 20, 4
SHORT_DAY, LONG_DAY, TEAM_DAY = 120, 300, 360  # minutes for visits and walking
TEAM = 6
EXTENT_M, EXTENT_SIGMA, LARGEST_M = 150, 0.7, 1_800  # half the grids are smaller, one in twenty larger than 480 m
GRADES = (("red", 0.05), ("yellow", 0.25), ("green", 0.7))  # share of buildings
WORTH_S = {"red": 10_800, "yellow": 3_600, "green": 1_200}  # of a visit of half an hour
A_DAY_LATE_S = 30  # whatever the grade: every day since it was due, and every day that the plan lets pass


def grids(minutes: int, how_many: int = GRIDS) -> list[Problem]:
    """Areas of one officer with so many minutes a day."""
    return [grid(seed, minutes) for seed in range(how_many)]


def grid(seed: int, minutes: int) -> Problem:
    chance = np.random.default_rng(seed)
    side = min(EXTENT_M * chance.lognormal(sigma=EXTENT_SIGMA), LARGEST_M)
    visits = _visits(chance, int(chance.integers(20, 34)), (side, side))
    return replace(problem([Officer(1, "the grid's own", minutes=minutes)], visits), code=f"grid {seed}")


def team(seed: int, needs: int = 350, officers: int = TEAM) -> Problem:
    chance = np.random.default_rng(1_000 + seed)
    visits = _visits(chance, needs, (1_900, 2_000))
    crew = [Officer(number, "of the team", minutes=TEAM_DAY) for number in range(1, officers + 1)]
    return replace(problem(crew, visits), code=f"team {seed}")


def _visits(chance: np.random.Generator, how_many: int, extent_m: tuple[int, int]) -> list[Visit]:
    names, share = zip(*GRADES, strict=True)
    grade = chance.choice(len(GRADES), how_many, p=share)
    homes = chance.gamma(2.0, 10.0, how_many)
    minutes = np.clip(15 + 0.8 * homes, 20, 60).astype(int)
    late = chance.integers(-4, 200, how_many)
    at = chance.uniform(-0.5, 0.5, (how_many, 2)) * extent_m
    return [
        Visit(
            building=number,
            name=names[grade[number]],
            at=place(*at[number]),
            minutes=int(minutes[number]),
            due=MONDAY - timedelta(days=int(late[number])),
            worth=WORTH_S[names[grade[number]]] * int(minutes[number]) // 30 + A_DAY_LATE_S * max(int(late[number]), 0),
            daily_cost=A_DAY_LATE_S,
        )
        for number in range(how_many)
    ]
