"""A plan as it now stands: what was said against it put into its routes, of each building the latest word."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from data.planning.moves import NOWHERE, longer_s, with_visit
from data.planning.plan_columns import PlannedArea
from data.planning.problem import Crew, Needs, Problem, Routes, T, taken
from data.planning.timetable import begins, begins_anyhow, walked_s


@dataclass(frozen=True)
class Standing:
    """Areas of a plan together, with what was said against it.

    walked_s: of each officer-day, int64 (crew,). why: of each need, the word its stop was kept with. moved: needs that
    a word moved, with the row of the word; was: the officer-day they were planned on, NOWHERE where left out.
    """

    problem: Problem
    routes: Routes
    walked_s: np.ndarray
    why: tuple[str, ...]
    moved: dict[int, int]
    was: dict[int, int]

    @property
    def touched(self) -> np.ndarray:
        """Rows of Crew whose visits are not those of the plan as it was made."""
        on = dict(zip(self.routes.need.tolist(), self.routes.crew.tolist(), strict=True))
        return np.unique([one for need in self.moved for one in (on[need], self.was[need]) if one != NOWHERE])


def standing(areas: Sequence[PlannedArea], words: pd.DataFrame) -> Standing:
    """words: as data.planning.overrides has them, in the order in which they were said.

    A word takes the visit from its day and puts it where the fewest seconds are walked more on the officer's day named,
    in the day's minutes where one of its places holds it. One about an officer or a building that is not in these
    areas, or a day on which the officer is not at work, moves nothing.
    """
    stand = _together(areas)
    for row, word in enumerate(words.itertuples(index=False)):
        need = need_of(stand, int(word.building_id))
        on = (stand.problem.crew.officer == word.officer_id) & (stand.problem.crew.day == np.datetime64(word.day, "D"))
        if need != NOWHERE and on.any():
            stand = _moved(stand, need, int(np.flatnonzero(on)[0]), row)
    return stand


def part_of(problem: Problem, routes: Routes, crew: np.ndarray, needs: np.ndarray) -> tuple[Problem, Routes]:
    """These officer-days and needs alone, rows that rise: places far apart need no ways between them."""
    there = np.isin(routes.crew, crew) & np.isin(routes.need, needs)
    rows = np.searchsorted(crew, routes.crew[there]), np.searchsorted(needs, routes.need[there])
    part = replace(problem, crew=taken(problem.crew, crew), needs=taken(problem.needs, needs), before=None)
    orders = Routes(*rows, routes.arrives[there], 0)
    walked = sum(walked_s(part, one, order) for one, order in orders.orders.items())
    return part, replace(orders, walked_s=walked)


def need_of(stand: Standing, building: int) -> int:
    """The planned visit of a building, the first where there are several; else one that is left out; else NOWHERE."""
    rows = np.flatnonzero(stand.problem.needs.building == building)
    planned = stand.routes.need[np.isin(stand.routes.need, rows)]
    return int(planned[0]) if len(planned) else int(rows[0]) if len(rows) else NOWHERE


def _together(areas: Sequence[PlannedArea]) -> Standing:
    """All areas as one problem, its officer-days in order of day, then officer."""
    crew, needs = _joined([one.problem.crew for one in areas]), _joined([one.problem.needs for one in areas])
    order = np.lexsort((crew.officer, crew.day))
    row_of = np.argsort(order)
    crew_before, needs_before = (_before([len(part(one)) for one in areas]) for part in (_crew, _needs))
    at = [row_of[one.routes.crew + n] for one, n in zip(areas, crew_before, strict=True)]
    need = [one.routes.need + n for one, n in zip(areas, needs_before, strict=True)]
    stops = np.concatenate(at)
    by_day = np.argsort(stops, kind="stable")
    walked = np.concatenate([one.walked_s for one in areas]).astype(np.int64)[order]
    arrives = np.concatenate([one.routes.arrives for one in areas])[by_day]
    routes = Routes(stops[by_day], np.concatenate(need)[by_day], arrives, int(walked.sum()))
    why = np.full(len(needs), "", object)
    why[np.concatenate(need)] = [word for one in areas for word in one.why]
    problem = replace(areas[0].problem, code="", crew=taken(crew, order), needs=needs)
    return Standing(problem, routes, walked, tuple(why.tolist()), {}, {})


def _crew(area: PlannedArea) -> Crew:
    return area.problem.crew


def _needs(area: PlannedArea) -> Needs:
    return area.problem.needs


def _joined(tables: Sequence[T]) -> T:
    columns = (column.name for column in fields(tables[0]))
    return type(tables[0])(**{name: np.concatenate([getattr(one, name) for one in tables]) for name in columns})


def _before(lengths: Sequence[int]) -> list[int]:
    return [0, *np.cumsum(lengths)[:-1].tolist()]


def _moved(stand: Standing, need: int, to: int, word: int) -> Standing:
    routes = stand.routes
    at = int(routes.crew[routes.need == need][0]) if need in routes.need else NOWHERE
    orders = {one: routes.need[routes.crew == one].tolist() for one in {at, to} - {NOWHERE}}
    changed = {one: [other for other in order if other != need] for one, order in orders.items()}
    crew = np.array(sorted(changed))
    needs = np.unique([need, *(one for order in changed.values() for one in order)])
    small, _ = part_of(stand.problem, routes, crew, needs)
    walked = stand.walked_s.copy()
    rest = ~np.isin(routes.crew, crew)
    stops = [(routes.crew[rest], routes.need[rest], routes.arrives[rest])]
    for row, one in enumerate(crew.tolist()):
        order = np.searchsorted(needs, changed[one]).tolist()
        if one == to:
            order = _placed(small, row, order, int(np.searchsorted(needs, need)))
        walked[one] = walked_s(small, row, order)
        arrives = [-(-second // 60) for second in begins_anyhow(small, row, order)[0]]
        stops.append((np.full(len(order), one), needs[order], np.array(arrives, np.int32)))
    on, visits, at_minute = (np.concatenate(column) for column in zip(*stops, strict=True))
    by_day = np.argsort(on, kind="stable")
    now = Routes(on[by_day], visits[by_day], at_minute[by_day], int(walked.sum()))
    was = stand.was | {need: stand.was.get(need, at)}
    return replace(stand, routes=now, walked_s=walked, moved=stand.moved | {need: word}, was=was)


def _placed(problem: Problem, officer_day: int, order: list[int], need: int) -> list[int]:
    """The order with the visit where the fewest seconds are walked more, of places that the day holds if there are."""
    by_walking = np.argsort(longer_s(problem, officer_day, order, need), kind="stable").tolist()
    orders = [with_visit(order, need, place) for place in by_walking]
    return next((one for one in orders if begins(problem, officer_day, one) is not None), orders[0])
