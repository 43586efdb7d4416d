"""Problems and their routes as columns of the tables of plans, and back again, bit by bit the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.db.models.planning import LEFT_OUT_REASONS
from data.planning.errors import PlanRefused
from data.planning.problem import KINDS, NO_MOMENT, NOBODY, Crew, Needs, Problem, Routes

Columns = dict[str, list]
OF_NEEDS = (
    *("number", "building_id", "lon", "lat", "kind", "role", "minutes", "due", "last_day", "earliest"),
    *("worth", "daily_cost", "pinned_officer_id", "pinned_day", "begins", "announced_day"),
)
OF_STOPS = ("officer_id", "day", "place", "arrives", "why")
OF_CREW = ("officer_id", "day", "role", "starts", "minutes", "lon", "lat", "walked_s")
OF_LEFT_OUT = ("reason", "takes")


@dataclass(frozen=True)
class ToldLeftOut:
    """Needs that nobody comes for. need: row in Needs; reason: row in LEFT_OUT_REASONS; takes: what it would take."""

    need: np.ndarray  # int64 (n,)
    reason: np.ndarray  # int8 (n,)
    takes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class PlannedArea:
    """What was to be planned for one area, and what came of it.

    walked_s: seconds on foot of each officer-day, int32 (crew,), together those of `routes`. why: of each stop, a word.
    Raises PlanRefused where a need is neither visited nor left out, or both, or an array is of another length.
    """

    problem: Problem
    routes: Routes
    left_out: ToldLeftOut
    walked_s: np.ndarray
    why: tuple[str, ...]

    def __post_init__(self) -> None:
        told = np.concatenate([self.routes.need, self.left_out.need])
        if not np.array_equal(np.sort(told), np.arange(len(self.problem.needs))):
            raise PlanRefused(
                "Area {area}: a plan says of every visit that is wanted either who comes or why nobody does, once.",
                area=self.problem.code,
            )
        lengths = (len(self.walked_s), len(self.why), len(self.left_out.reason), len(self.left_out.takes))
        if lengths != (len(self.problem.crew), len(self.routes), len(self.left_out.need), len(self.left_out.need)):
            raise PlanRefused("Area {area}: stops, officer-days and reasons do not fit.", area=self.problem.code)
        if int(self.walked_s.sum()) != self.routes.walked_s:
            raise PlanRefused("Area {area}: the seconds on foot do not add up.", area=self.problem.code)


def crew_columns(area: PlannedArea) -> Columns:
    crew = area.problem.crew
    return {
        "problem": [area.problem.code] * len(crew),
        "officer_id": crew.officer.tolist(),
        "day": crew.day.tolist(),
        "role": _words(crew.role, area.problem.roles),
        "starts": crew.starts.tolist(),
        "minutes": crew.minutes.tolist(),
        "lon": crew.post[:, 0].tolist(),
        "lat": crew.post[:, 1].tolist(),
        "walked_s": area.walked_s.tolist(),
    }


def stop_columns(area: PlannedArea) -> Columns:
    routes, crew = area.routes, area.problem.crew
    place = pd.Series(routes.crew).groupby(routes.crew).cumcount()
    return _need_columns(area.problem, routes.need) | {
        "officer_id": crew.officer[routes.crew].tolist(),
        "day": crew.day[routes.crew].tolist(),
        "place": place.tolist(),
        "arrives": routes.arrives.tolist(),
        "why": list(area.why),
    }


def left_out_columns(area: PlannedArea) -> Columns:
    return _need_columns(area.problem, area.left_out.need) | {
        "reason": _words(area.left_out.reason, LEFT_OUT_REASONS),
        "takes": [dict(one) for one in area.left_out.takes],
    }


def _need_columns(problem: Problem, rows: np.ndarray) -> Columns:
    needs = problem.needs
    return {
        "problem": [problem.code] * len(rows),
        "number": rows.tolist(),
        "building_id": needs.building[rows].tolist(),
        "lon": _none_where(np.isnan(needs.place[rows, 0]), needs.place[rows, 0]),
        "lat": _none_where(np.isnan(needs.place[rows, 1]), needs.place[rows, 1]),
        "kind": _words(needs.kind[rows], KINDS),
        "role": _words(needs.role[rows], problem.roles),
        "minutes": needs.minutes[rows].tolist(),
        "due": needs.due[rows].tolist(),
        "last_day": needs.last_day[rows].tolist(),
        "earliest": needs.earliest[rows].tolist(),
        "worth": needs.worth[rows].tolist(),
        "daily_cost": needs.daily_cost[rows].tolist(),
        "pinned_officer_id": _none_where(needs.pinned_officer[rows] == NOBODY, needs.pinned_officer[rows]),
        "pinned_day": needs.pinned_day[rows].tolist(),
        "begins": _none_where(needs.begins[rows] == NO_MOMENT, needs.begins[rows]),
        "announced_day": needs.announced_day[rows].tolist(),
    }


def planned_area(
    code: str, roles: tuple[str, ...], walking: Mapping[str, Any], crew: Columns, stops: Columns, left_out: Columns
) -> PlannedArea:
    """As `crew_columns`, `stop_columns` and `left_out_columns` took it apart, but for roads: `by_road` is None.

    walking: move_cost, walk_factor and walk_kmh of the problem.
    """
    problem = Problem(code, roles, _crew(crew, roles), _needs(stops, left_out, roles), **walking)
    walked_s = np.array(crew["walked_s"], np.int32)
    days = zip(crew["officer_id"], crew["day"], strict=True)
    row_of = {officer_day: row for row, officer_day in enumerate(days)}
    crew_rows = [row_of[officer_day] for officer_day in zip(stops["officer_id"], stops["day"], strict=True)]
    routes = Routes(
        crew=np.array(crew_rows, np.int64),
        need=np.array(stops["number"], np.int64),
        arrives=np.array(stops["arrives"], np.int32),
        walked_s=int(walked_s.sum()),
    )
    reasons = np.array([LEFT_OUT_REASONS.index(reason) for reason in left_out["reason"]], np.int8)
    missing = ToldLeftOut(np.array(left_out["number"], np.int64), reasons, tuple(left_out["takes"]))
    return PlannedArea(problem, routes, missing, walked_s, tuple(stops["why"]))


def _crew(columns: Columns, roles: tuple[str, ...]) -> Crew:
    return Crew(
        officer=np.array(columns["officer_id"], np.int64),
        day=_days(columns["day"]),
        minutes=np.array(columns["minutes"], np.int32),
        starts=np.array(columns["starts"], np.int32),
        role=_numbers(columns["role"], roles),
        post=_places(columns),
    )


def _needs(stops: Columns, left_out: Columns, roles: tuple[str, ...]) -> Needs:
    """Of both, in the order of the rows they had in the problem."""
    order = np.argsort(np.array([*stops["number"], *left_out["number"]], np.int64)).tolist()
    both = {name: [*stops[name], *left_out[name]] for name in OF_NEEDS}
    columns = {name: [values[row] for row in order] for name, values in both.items()}
    return Needs(
        building=np.array(columns["building_id"], np.int64),
        place=_places(columns),
        role=_numbers(columns["role"], roles),
        minutes=np.array(columns["minutes"], np.int32),
        due=_days(columns["due"]),
        last_day=_days(columns["last_day"]),
        earliest=_days(columns["earliest"]),
        worth=np.array(columns["worth"], np.int64),
        daily_cost=np.array(columns["daily_cost"], np.int64),
        kind=_numbers(columns["kind"], KINDS),
        pinned_officer=np.array([NOBODY if one is None else one for one in columns["pinned_officer_id"]], np.int64),
        pinned_day=_days(columns["pinned_day"]),
        begins=np.array([NO_MOMENT if one is None else one for one in columns["begins"]], np.int32),
        announced_day=_days(columns["announced_day"]),
    )


def _words(numbers: np.ndarray, words: Sequence[str]) -> list[str]:
    return [words[number] for number in numbers.tolist()]


def _numbers(words: Sequence[str], known: Sequence[str]) -> np.ndarray:
    place = {word: number for number, word in enumerate(known)}
    return np.array([place[word] for word in words], np.int8)


def _none_where(missing: np.ndarray, values: np.ndarray) -> list:
    return [None if is_missing else value for is_missing, value in zip(missing.tolist(), values.tolist(), strict=True)]


def _days(days: Sequence) -> np.ndarray:
    return np.array(days, "datetime64[D]")


def _places(columns: Columns) -> np.ndarray:
    return np.array([columns["lon"], columns["lat"]], np.float64).T.copy()
