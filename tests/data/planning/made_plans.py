"""Plans for the station of Lockside, drawn at random: of any shape the types allow, whether or not they make sense."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime

import numpy as np

from data.access.roles import SYSTEM, AccessScope
from data.city.changes import CityVersion
from data.db.models.planning import LEFT_OUT_REASONS
from data.planning.plan_columns import PlannedArea, ToldLeftOut
from data.planning.problem import KINDS, NO_MOMENT, NOBODY, Crew, Needs, Problem, Routes
from data.planning.stored import KeptPlan, PlanMade, keep_plan, plan_by_id, planned_areas
from scoring.rulebook.editions import edition_on
from tests.data.planning.station import ACTOR, MONDAY, asked, officer_id
from tests.data.town_hall import CITY, Town

AT = datetime(2026, 11, 27, 9, 30)
EDITION = edition_on("qishuyan", date(2026, 11, 27))
INPUTS = CityVersion(3, "0123456789abcdef")
ROLES = ("officer", "assistant")
FIGURES = {"random_share": 0.05, "minutes": {"grid": 120}, "weights": [200, 10]}


def drawn(seed: int, code: str, officers: Sequence[int], buildings: Sequence[int], visits: int) -> PlannedArea:
    """A plan of one area: some visits on some officer-days, the others left out."""
    rng = np.random.default_rng(seed)
    crew = _crew(rng, officers)
    visited = rng.permutation(visits)[: rng.integers(visits + 1)] if len(crew) else np.empty(0, np.int64)
    left = np.setdiff1d(np.arange(visits), visited)
    walked = rng.integers(0, 9_000, len(crew)).astype(np.int32)
    on = np.sort(rng.integers(0, max(len(crew), 1), len(visited)))
    routes = Routes(on, visited, rng.integers(500, 1_300, len(visited)).astype(np.int32), int(walked.sum()))
    takes = tuple(
        {"minutes": int(one), "officers": round(float(one) / 97, 3)} for one in rng.integers(1, 99, len(left))
    )
    left_out = ToldLeftOut(left, rng.integers(0, len(LEFT_OUT_REASONS), len(left)).astype(np.int8), takes)
    problem = Problem(code, ROLES, crew, _needs(rng, officers, buildings, visits), move_cost=900, walk_kmh=4.0)
    return PlannedArea(problem, routes, left_out, walked, tuple(rng.choice(["red, late", ""], len(visited)).tolist()))


def _crew(rng: np.random.Generator, officers: Sequence[int]) -> Crew:
    day, officer = (grid.ravel() for grid in np.meshgrid(_day(np.arange(5)), np.sort(officers), indexing="ij"))
    there = rng.random(len(day)) < 0.8
    count = int(there.sum())
    return Crew(
        officer=officer[there].astype(np.int64),
        day=day[there],
        minutes=rng.integers(0, 400, count).astype(np.int32),
        starts=rng.integers(480, 800, count).astype(np.int32),
        role=rng.integers(0, 2, count).astype(np.int8),
        post=rng.normal((113.9, 22.5), 0.01, (count, 2)),
    )


def _needs(rng: np.random.Generator, officers: Sequence[int], buildings: Sequence[int], visits: int) -> Needs:
    def days() -> np.ndarray:
        return np.where(rng.random(visits) < 0.5, np.datetime64("NaT"), _day(rng.integers(-20, 20, visits)))

    def some(values: np.ndarray, none: int) -> np.ndarray:
        return np.where(rng.random(visits) < 0.5, none, values)

    place = rng.normal((113.9, 22.5), 0.01, (visits, 2))
    place[rng.random(visits) < 0.2] = np.nan
    return Needs(
        building=rng.choice(np.array(buildings, np.int64), visits),
        place=place,
        role=rng.integers(0, 2, visits).astype(np.int8),
        minutes=rng.integers(0, 90, visits).astype(np.int32),
        worth=rng.integers(0, 2**40, visits),
        daily_cost=rng.integers(0, 2**35, visits),
        kind=rng.integers(0, len(KINDS), visits).astype(np.int8),
        pinned_officer=some(rng.choice(np.array(officers, np.int64), visits), NOBODY),
        begins=some(rng.integers(0, 1_440, visits), NO_MOMENT).astype(np.int32),
        **{name: days() for name in ("due", "last_day", "earliest", "pinned_day", "announced_day")},
    )


def _day(after: np.ndarray) -> np.ndarray:
    return np.datetime64(MONDAY, "D") + after


def made(town: Town, level: str = "street", place: str = "south", **more) -> PlanMade:
    given = {"first_day": MONDAY, "days": 7, "edition": EDITION, "seed": 2**40 + 7, "iterations": 40}
    given |= {"solver": "pyvrp 0.14.1", "inputs": INPUTS, "settings": FIGURES}
    return PlanMade(area=town.area(level, place), **given | more)


def keep(town: Town, made: PlanMade, areas: Sequence[PlannedArea], scope: AccessScope = SYSTEM, **more) -> int:
    return keep_plan(town.engine, scope, ACTOR, CITY, made, areas, **{"at": AT} | more)


def two_areas(town: Town, seed: int = 1, visits: int = 12) -> list[PlannedArea]:
    """The grid of the south by Wei, and its street by Li and Chen."""
    wei, li, chen = (officer_id(town, code) for code in ("W-south", "P-li", "P-chen"))
    buildings = ids_of_buildings(town)
    return [
        drawn(seed, "south/grid", [wei], buildings, visits),
        drawn(seed + 1, "south/street", [li, chen], buildings, visits),
    ]


def ids_of_buildings(town: Town) -> list[int]:
    from data.city import queries

    return asked(town, queries.building_ids).tolist()


def kept(town: Town, plan: int, scope: AccessScope = SYSTEM) -> KeptPlan:
    return asked(town, plan_by_id, scope, plan)


def read_back(town: Town, plan: int, scope: AccessScope = SYSTEM) -> tuple[PlannedArea, ...]:
    return asked(town, planned_areas, scope, kept(town, plan, scope))


def assert_same(one: object, other: object) -> None:
    """Bit by bit, with types."""
    for column in fields(one):
        left, right = getattr(one, column.name), getattr(other, column.name)
        if isinstance(left, (Problem, Crew, Needs, Routes, ToldLeftOut)):
            assert_same(left, right)
        elif isinstance(left, np.ndarray):
            same = (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())
            assert same, (column.name, left, right)
        else:
            assert (type(left), left) == (type(right), right), column.name
