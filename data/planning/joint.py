"""Visits that several make together: day, moment and officers are fixed before anything else is planned.

A solver of routes cannot hold two routes together. So each joint visit gets the first day on which its officers are
free at one moment, and is from then on a pinned visit of each of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from data.planning.conditions import may_visit
from data.planning.problem import JOINT, NO_MOMENT, NOBODY, Problem
from data.planning.timetable import begins

STEP = 5  # minutes: a moment that two can agree on

Orders = dict[int, list[int]]


def with_joint_fixed(problem: Problem) -> Problem:
    """The problem with the joint visits pinned that can be; those that cannot still have no moment."""
    if not problem.needs.of_kind(JOINT).any():
        return problem
    allowed, agreed = may_visit(problem), _agreed(problem)
    for together in _by_urgency(problem):
        if (problem.needs.begins[together] == NO_MOMENT).any():
            problem = _fixed(problem, together, allowed, agreed)
    return problem


def allowed_visits(problem: Problem) -> np.ndarray:
    """Which officer-day may make which visit once joint ones are fixed, bool (crew, needs)."""
    return may_visit(problem) & ~(problem.needs.of_kind(JOINT) & (problem.needs.begins == NO_MOMENT))


def without_halves(problem: Problem, orders: Mapping[int, Sequence[int]]) -> Orders:
    """The orders without joint visits that some of their officers do not make."""
    made = np.isin(np.arange(len(problem.needs)), [need for order in orders.values() for need in order])
    halves = {need for together in _groups(problem) if not made[together].all() for need in together}
    return {officer_day: [need for need in order if need not in halves] for officer_day, order in orders.items()}


def _groups(problem: Problem) -> list[list[int]]:
    """The rows of each joint visit, by building."""
    rows = np.flatnonzero(problem.needs.of_kind(JOINT))
    building = problem.needs.building[rows]
    return [rows[building == one].tolist() for one in np.unique(building)]


def _by_urgency(problem: Problem) -> list[list[int]]:
    """The last day first, those without one after them; then what is worth most."""
    needs = problem.needs

    def urgency(rows: list[int]) -> tuple[int, int]:
        last = needs.last_day[rows][~np.isnat(needs.last_day[rows])].astype(np.int64)
        return int(last.min(initial=np.iinfo(np.int64).max)), -int(needs.worth[rows].sum())

    return sorted(_groups(problem), key=urgency)


def _agreed(problem: Problem) -> Orders:
    """Visits that have officer, day and moment already, by officer-day."""
    needs, orders = problem.needs, Orders()
    fixed = np.flatnonzero((needs.pinned_officer != NOBODY) & ~np.isnat(needs.pinned_day) & (needs.begins != NO_MOMENT))
    for need in fixed[np.argsort(needs.begins[fixed], kind="stable")].tolist():
        at = (problem.crew.officer == needs.pinned_officer[need]) & (problem.crew.day == needs.pinned_day[need])
        for officer_day in np.flatnonzero(at).tolist():
            orders.setdefault(officer_day, []).append(need)
    return orders


def _fixed(problem: Problem, rows: list[int], allowed: np.ndarray, agreed: Orders) -> Problem:
    """The problem with this joint visit pinned on the first day that holds it; as it was where none does."""
    for day in np.unique(problem.crew.day):
        earliest = _earliest(problem, rows, allowed & (problem.crew.day == day)[:, None], agreed)
        crew = _different_officers(problem, earliest)
        if crew is None:
            continue
        moment = -(-max(earliest[row][one] for row, one in crew.items()) // (60 * STEP)) * STEP
        pinned = _pinned(problem, crew, moment)
        longer = {one: [*agreed.get(one, []), row] for row, one in crew.items()}
        if all(begins(pinned, one, order) for one, order in longer.items()):
            agreed |= longer
            return pinned
    return problem


def _earliest(problem: Problem, rows: list[int], allowed: np.ndarray, agreed: Orders) -> dict[int, dict[int, int]]:
    """For each row the officer-days that may make it, with the second at which each can begin after what is agreed."""
    earliest: dict[int, dict[int, int]] = {row: {} for row in rows}
    for row in rows:
        for officer_day in np.flatnonzero(allowed[:, row]).tolist():
            if begun := begins(problem, officer_day, [*agreed.get(officer_day, []), row]):
                earliest[row][officer_day] = begun[-1]
    return earliest


def _different_officers(problem: Problem, earliest: dict[int, dict[int, int]]) -> dict[int, int] | None:
    """An officer-day for each row, who is free first before others, no officer twice; the row with the fewest chooses
    first."""
    chosen: dict[int, int] = {}
    for row in sorted(earliest, key=lambda row: len(earliest[row])):
        taken = problem.crew.officer[list(chosen.values())]
        free = [one for one in earliest[row] if problem.crew.officer[one] not in taken]
        if not free:
            return None
        chosen[row] = min(free, key=lambda one: earliest[row][one])
    return chosen


def _pinned(problem: Problem, crew: dict[int, int], moment: int) -> Problem:
    columns = {name: getattr(problem.needs, name).copy() for name in ("pinned_officer", "pinned_day", "begins")}
    rows, officer_days = list(crew), list(crew.values())
    columns["pinned_officer"][rows] = problem.crew.officer[officer_days]
    columns["pinned_day"][rows] = problem.crew.day[officer_days]
    columns["begins"][rows] = moment
    return replace(problem, needs=replace(problem.needs, **columns))
