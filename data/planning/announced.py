"""What a plan has announced, as it now stands, and how the plan that replaces it is asked to keep that."""

from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.db.models.city import City
from data.planning.problem import KINDS, RANDOM, Problem, Routes
from data.planning.standing import Standing
from data.planning.standing_shown import standing_of
from data.planning.stored import plan_by_id
from data.planning.wanted import DueBuildings, WantedVisits, joined


@dataclass(frozen=True)
class Announced:
    """Visits of a plan that is to be replaced, in the order of their officer-days and turns; columns of equal length.

    since: the day up to which visits were known when it was made.
    """

    building: np.ndarray  # int64 ids
    role: np.ndarray  # object, the word
    officer: np.ndarray  # int64 ids
    day: np.ndarray  # datetime64[D]
    kind: np.ndarray  # int8, row in KINDS
    pinned_officer: np.ndarray  # int64 ids, NOBODY none
    pinned_day: np.ndarray  # datetime64[D], NaT none
    since: np.ndarray  # datetime64[D]

    def those(self, chosen: np.ndarray) -> "Announced":
        return Announced(**{column.name: getattr(self, column.name)[chosen] for column in fields(self)})


def announced(session: Session, city: City, plan_id: int) -> Announced:
    """All visits of a plan, and those of the plan it kept for the days before its own first. session: of SYSTEM.

    Raises PlanRefused.
    """
    plan = plan_by_id(session, SYSTEM, city, plan_id)
    stand, _ = standing_of(session, city, plan, plan.problems)
    told = _of(stand, date.fromisoformat(plan.settings["on"])) if stand is not None else NOTHING
    if plan.replaces is None or not plan.settings.get("keeps"):
        return told
    before = announced(session, city, plan.replaces)
    before = before.those(before.day < np.datetime64(plan.first_day, "D"))
    parts = ((getattr(before, column.name), getattr(told, column.name)) for column in fields(told))
    return Announced(*(np.concatenate(both) for both in parts))


def with_announced(wanted: WantedVisits, city: DueBuildings, told: Announced, first_day: date) -> WantedVisits:
    """What is wanted, without what is planned before the first day, and with what is announced from it on.

    What is announced is not wanted any more where the building is gone or was visited since, or the role is not to
    come any more.
    """
    first = np.datetime64(first_day, "D")
    of_wanted = _keys(city.id[wanted.row], np.array(city.every.roles, object)[wanted.role])
    of_told = _keys(told.building, told.role)
    before, open_still = of_told[told.day < first], _open_still(city, told) & (told.day >= first)
    rest = _taken(wanted, ~of_wanted.isin(before))
    more = told.those(open_still & ~of_told.isin(of_wanted))
    row, role = _rows(city, more)
    return joined([rest, WantedVisits(row, role, city.due[row, role], more.kind)])


def kept_in(
    whole: Problem, told: Announced, crew_unit: np.ndarray, need_unit: np.ndarray
) -> tuple[Problem, np.ndarray]:
    """The problem with what is announced in it, and the unit of each need: that of the officer it is announced for.

    Whoever is not at work on the day announced is not asked for any more, whatever the visit was pinned to.
    """
    needs, crew = whole.needs, whole.crew
    of_needs = _keys(needs.building, np.array(whole.roles, object)[needs.role])
    first_of_each = ~of_needs.duplicated()
    need = pd.Series(np.flatnonzero(first_of_each), of_needs[first_of_each]).reindex(_keys(told.building, told.role))
    on = pd.Series(np.arange(len(crew)), _keys(crew.officer, crew.day)).reindex(_keys(told.officer, told.day))
    wanted, at_work = need.notna().to_numpy(), on.notna().to_numpy()
    columns = {name: getattr(needs, name).copy() for name in ("announced_day", "pinned_officer", "pinned_day")}
    columns["announced_day"][need[wanted].to_numpy(np.int64)] = told.day[wanted]
    both = wanted & at_work
    need_rows, crew_rows = need[both].to_numpy(np.int64), on[both].to_numpy(np.int64)
    columns["pinned_officer"][need_rows] = told.pinned_officer[both]
    columns["pinned_day"][need_rows] = told.pinned_day[both]
    unit = need_unit.copy()
    unit[need_rows] = crew_unit[crew_rows]
    order = np.argsort(crew_rows, kind="stable")
    before = Routes(crew_rows[order], need_rows[order], np.zeros(len(order), np.int32), 0)
    return replace(whole, needs=replace(needs, **columns), before=before), unit


def _of(stand: Standing, since: date) -> Announced:
    """Visits that a word moved are pinned where it put them."""
    crew, needs, at, need = stand.problem.crew, stand.problem.needs, stand.routes.crew, stand.routes.need
    moved = np.isin(need, list(stand.moved))
    return Announced(
        building=needs.building[need],
        role=np.array(stand.problem.roles, object)[needs.role[need]],
        officer=crew.officer[at],
        day=crew.day[at],
        kind=needs.kind[need],
        pinned_officer=np.where(moved, crew.officer[at], needs.pinned_officer[need]),
        pinned_day=np.where(moved, crew.day[at], needs.pinned_day[need]),
        since=np.full(len(need), np.datetime64(since, "D")),
    )


def _open_still(city: DueBuildings, told: Announced) -> np.ndarray:
    row, role = _rows(city, told)
    known = (row >= 0) & (role >= 0)
    row, role = np.where(known, row, 0), np.where(known, role, 0)
    if not len(city.id):
        return known
    asked_for = ~np.isnat(city.due[row, role]) | (told.kind == KINDS.index(RANDOM))
    return known & (city.unit[row] >= 0) & asked_for & ~(city.last[row, role] > told.since)


def _rows(city: DueBuildings, told: Announced) -> tuple[np.ndarray, np.ndarray]:
    """Row of building and place of role of each, -1 where there is none."""
    return pd.Index(city.id).get_indexer(told.building), pd.Index(city.every.roles).get_indexer(told.role)


def _keys(one: np.ndarray, other: np.ndarray) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([one, other])


def _taken(wanted: WantedVisits, chosen: np.ndarray) -> WantedVisits:
    return WantedVisits(*(getattr(wanted, column.name)[chosen] for column in fields(wanted)))


_NO_DAYS, _NO_IDS = np.empty(0, "datetime64[D]"), np.empty(0, np.int64)
NOTHING = Announced(_NO_IDS, np.empty(0, object), _NO_IDS, _NO_DAYS, np.empty(0, np.int8), _NO_IDS, _NO_DAYS, _NO_DAYS)
