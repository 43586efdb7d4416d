"""Grids and communities of the demonstration district with what is due in a week, as a plan is made of them.

Ground, houses and homes are the district's own, drawn anew in a smaller size: its grids and communities are as large
as those of the whole. When each house is due and how it is graded is drawn here, by shares that were counted there.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from data.demo.district import district
from data.planning.problem import Problem
from tests.benchmarks.demonstration import LAST_DAY
from tests.data.planning import towns
from tests.data.planning.cast import problem

BUILDINGS = 20_000  # 550 grids and 20 communities
QISHUYAN, BAOAN = (0.09, 0.2, 0.71), (0.04, 0.16, 0.8)  # shares of grades, worst first and the good ones together
MOSTLY_DUE, PARTLY_DUE = 0.93, 0.7  # by the week's end: 33.9 and 25.5 of a grid's 36
RED_AND_YELLOW, OF_THE_WORST = 0.42, (0.31, 0.69, 0.0)  # more than a team can visit, and the share of red in it


@cache
def _buildings() -> pd.DataFrame:
    return district(BUILDINGS, on=LAST_DAY, facts=False).buildings


def grids(how_many: int, minutes: int, due: float, grades: tuple[float, float, float]) -> list[Problem]:
    """One officer each."""
    return [_area("grid", code, 1, minutes, due, grades) for code in _some("grid", how_many)]


def teams(how_many: int) -> list[Problem]:
    """A community each, and of its houses those of the two worst grades."""
    which = _some("community", how_many)
    return [_area("community", code, towns.TEAM, towns.TEAM_DAY, RED_AND_YELLOW, OF_THE_WORST) for code in which]


def _some(level: str, how_many: int) -> list[int]:
    codes = np.unique(_buildings()[level])
    return np.random.default_rng(how_many).choice(codes, how_many, replace=False).tolist()


def _area(
    level: str, code: int, officers: int, minutes: int, due: float, grades: tuple[float, float, float]
) -> Problem:
    chance = np.random.default_rng(code)
    houses = _buildings()[_buildings()[level] == code]
    post = float(houses.lon.mean()), float(houses.lat.mean())
    wanted = houses[chance.random(len(houses)) < due]
    places = list(zip(wanted.lon.tolist(), wanted.lat.tolist(), strict=True))
    visits = towns.due_at(chance, places, wanted.homes.to_numpy(), grades)
    crew = [replace(one, post=post) for one in towns.members(officers, minutes)]
    return replace(problem(crew, visits), code=f"{level} {code}")
