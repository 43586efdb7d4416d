"""What it costs to move one visit to another officer-day: seconds walked, minutes left, or the rule against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.planning.conditions import as_fixed, in_reach, in_time, right_role
from data.planning.problem import JOINT, NOBODY, Problem, Routes
from data.planning.timetable import begins, spare_s, walked_s

FITS = ""
AGAINST = (
    FITS,
    "same_day",  # it stands there already
    "partner",  # a visit by several is not moved for one of them
    "role",
    "days",  # before its earliest day, or after its last
    "reach",  # there, the visit and back take longer than the day has
    "window",  # it cannot begin within its hours
    "no_time",  # with what is planned there already
)
NOWHERE = -1


@dataclass(frozen=True)
class Moves:
    """What each officer-day would make of one visit; all (crew,)."""

    against: np.ndarray  # int8, row in AGAINST
    place: np.ndarray  # int64, before which of the day's visits, NOWHERE where it does not fit
    more_s: np.ndarray  # int64, seconds walked more on all days together, below nought fewer; 0 where it does not fit
    left_s: np.ndarray  # int64, seconds of the day left afterwards, of those that fit or lack time: then below nought

    @property
    def fits(self) -> np.ndarray:
        """Rows of Crew, what costs the fewest seconds first."""
        rows = np.flatnonzero(self.against == AGAINST.index(FITS))
        return rows[np.argsort(self.more_s[rows], kind="stable")]


def moves(problem: Problem, routes: Routes, need: int) -> Moves:
    """What moving the visit of a need costs, or making it where it is left out. No day grows longer than its minutes.

    Every other visit keeps its officer, its day and its turn. What the visit is pinned to is no rule against a move:
    whoever asks is about to say otherwise.
    """
    free, orders = _released(problem, routes, need), routes.orders
    at = next((one for one, order in orders.items() if need in order), NOWHERE)
    saved = 0
    if at != NOWHERE:
        saved = walked_s(free, at, orders[at]) - walked_s(free, at, [one for one in orders[at] if one != need])
    against, spare = _against(free, need, at), spare_s(free, orders)
    place, more, left = (np.full(len(free.crew), fill, np.int64) for fill in (NOWHERE, 0, 0))
    for one in np.flatnonzero(against == AGAINST.index(FITS)).tolist():
        found = _best_place(free, one, orders.get(one, []), need, int(spare[one]))
        if found is None:
            against[one] = AGAINST.index("no_time")
            longer = int(longer_s(free, one, orders.get(one, []), need).min())
        else:
            place[one], longer = found
            more[one] = longer - saved
        left[one] = spare[one] - longer - 60 * int(free.needs.minutes[need])
    return Moves(against, place, more, left)


def with_visit(order: Sequence[int], need: int, place: int) -> list[int]:
    """The order with the visit before its place-th."""
    return [*order[:place], need, *order[place:]]


def longer_s(problem: Problem, officer_day: int, order: Sequence[int], need: int) -> np.ndarray:
    """Seconds walked more with the visit in each place of the order, int64 (len(order) + 1,)."""
    places = np.array([officer_day, *(len(problem.crew) + one for one in order), officer_day])
    there, before, after = len(problem.crew) + need, places[:-1], places[1:]
    walking = problem.walking
    return walking[before, there] + walking[there, after] - walking[before, after]


def _best_place(
    problem: Problem, officer_day: int, order: Sequence[int], need: int, spare: int
) -> tuple[int, int] | None:
    """Place in the order and seconds walked more, the fewest with which the day holds it; None where it does not."""
    longer = longer_s(problem, officer_day, order, need)
    for place in np.argsort(longer, kind="stable").tolist():
        if longer[place] + 60 * int(problem.needs.minutes[need]) > spare:
            return None
        if begins(problem, officer_day, with_visit(order, need, place)) is not None:
            return place, int(longer[place])
    return None


def _against(problem: Problem, need: int, at: int) -> np.ndarray:
    """The first rule against the visit on each officer-day were it the only one, int8 (crew,)."""
    conditions = {
        "same_day": np.arange(len(problem.crew)) == at,
        "partner": np.full(len(problem.crew), bool(problem.needs.of_kind(JOINT)[need])),
        "role": ~right_role(problem)[:, need],
        "days": ~in_time(problem)[:, need],
        "reach": ~in_reach(problem)[:, need],
        "window": ~as_fixed(problem)[:, need],
    }
    return np.select(list(conditions.values()), [AGAINST.index(one) for one in conditions], 0).astype(np.int8)


def _released(problem: Problem, routes: Routes, need: int) -> Problem:
    """The visit free of its pin, and visits by several held to the minute that was agreed."""
    needs = problem.needs
    columns = {name: getattr(needs, name).copy() for name in ("pinned_officer", "pinned_day", "begins")}
    joint = needs.of_kind(JOINT)[routes.need]
    columns["begins"][routes.need[joint]] = routes.arrives[joint]
    columns["pinned_officer"][need], columns["pinned_day"][need] = NOBODY, np.datetime64("NaT")
    return replace(problem, needs=replace(needs, **columns))
