"""What is to be planned for one area, and what a plan of it is: arrays only, so that it goes to another process.

An officer-day is one officer on one working day. A need is one visit that is wanted. Places count officer-days first
and needs after them, as in `Problem.walking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from data.planning.errors import WrongProblem
from geo.walking import walking_seconds
from scoring.planning.figures import figures

KINDS = DUE, EARLY, RANDOM, EVENING, JOINT, URGENT = ("due", "early", "random", "evening", "joint", "urgent")
MIDNIGHT = 24 * 60
BEGINS_BETWEEN: Mapping[str, tuple[int, int]] = {  # minutes after midnight; every other kind at any hour
    EVENING: (18 * 60, 20 * 60 + 30)  # assumed: people are home from work, and nobody is got out of bed
}
NOBODY, NO_MOMENT = -1, -1


@dataclass(frozen=True)
class Crew:
    """Officer-days, in order of day, then officer; the columns all (n,) but the post."""

    officer: np.ndarray  # int64 ids
    day: np.ndarray  # datetime64[D]
    minutes: np.ndarray  # int32, for visits and walking, not below nought
    starts: np.ndarray  # int32, minutes after midnight
    role: np.ndarray  # int8, row in Problem.roles
    post: np.ndarray  # float64 (n, 2), longitude and latitude at which the day begins and ends

    def __len__(self) -> int:
        return len(self.officer)


@dataclass(frozen=True)
class Needs:
    """Visits that are wanted, a row each. Rows of kind joint with the same building are one visit by several."""

    building: np.ndarray  # int64 ids
    place: np.ndarray  # float64 (n, 2), longitude and latitude; NaN where it is not on the map
    role: np.ndarray  # int8: the role that must come
    minutes: np.ndarray  # int32
    due: np.ndarray  # datetime64[D], the day by the rule, past ones too; NaT where none is stated
    last_day: np.ndarray  # datetime64[D], NaT where lateness costs but is allowed
    earliest: np.ndarray  # datetime64[D], NaT where any day will do
    worth: np.ndarray  # int64, the seconds of walking that the visit is worth; grows with its minutes
    daily_cost: np.ndarray  # int64, the worth that is lost with each day later
    kind: np.ndarray  # int8, row in KINDS
    pinned_officer: np.ndarray  # int64 ids, NOBODY none
    pinned_day: np.ndarray  # datetime64[D], NaT none
    begins: np.ndarray  # int32, minutes after midnight at which it is to begin, NO_MOMENT none
    announced_day: np.ndarray  # datetime64[D], NaT none; another day costs Problem.move_cost

    def __len__(self) -> int:
        return len(self.building)

    def of_kind(self, kind: str) -> np.ndarray:
        return self.kind == KINDS.index(kind)

    @cached_property
    def window(self) -> tuple[np.ndarray, np.ndarray]:
        """The first and the last minute after midnight at which each visit may begin, int64 (n,) both."""
        opens, closes = np.array([BEGINS_BETWEEN.get(kind, (0, MIDNIGHT)) for kind in KINDS], np.int64)[self.kind].T
        agreed = self.begins != NO_MOMENT
        return np.where(agreed, self.begins, opens), np.where(agreed, self.begins, closes)

    @cached_property
    def is_timed(self) -> np.ndarray:
        """Those that cannot begin at any hour."""
        opens, closes = self.window
        return (opens > 0) | (closes < MIDNIGHT)

    @property
    def is_pinned(self) -> np.ndarray:
        return (self.pinned_officer != NOBODY) | ~np.isnat(self.pinned_day)


@dataclass(frozen=True)
class Routes:
    """Stops, in order of officer-day and time."""

    crew: np.ndarray  # int64 (stops,), row in Crew
    need: np.ndarray  # int64 (stops,), row in Needs
    arrives: np.ndarray  # int32 (stops,), the minute after midnight at which the visit begins, rounded up
    walked_s: int

    def __len__(self) -> int:
        return len(self.need)

    @property
    def orders(self) -> dict[int, list[int]]:
        """The needs each officer-day visits, in their order; officer-days without stops are not in it."""
        return {one: self.need[self.crew == one].tolist() for one in np.unique(self.crew).tolist()}


@dataclass(frozen=True)
class Problem:
    """One area's officers and needs.

    by_road: seconds of walking over roads, int64 (places, places); None for the great circle with `walk_factor`.
    before: routes that are announced, by the rows of this problem; the search begins with what still holds of them.
    Raises WrongProblem where columns differ in length, minutes are below nought, a role is not among `roles` or a
    working day ends after midnight.
    """

    code: str  # of the area
    roles: tuple[str, ...]
    crew: Crew
    needs: Needs
    move_cost: int = figures().move_s
    walk_factor: float = figures().walk_factor
    walk_kmh: float = figures().walk_kmh
    by_road: np.ndarray | None = None
    before: Routes | None = None

    def __post_init__(self) -> None:
        for table in (self.crew, self.needs):
            _refuse_uneven(table)
            if len(table) and (table.minutes.min() < 0 or table.role.min() < 0 or table.role.max() >= len(self.roles)):
                raise WrongProblem(
                    "Area {area}: minutes are not below nought, and each role is one of {roles}.",
                    area=self.code,
                    roles=self.roles,
                )
        if (self.crew.starts + self.crew.minutes > MIDNIGHT).any():
            raise WrongProblem("Area {area}: a working day ends after midnight; cut it in two.", area=self.code)

    @cached_property
    def walking(self) -> np.ndarray:
        """Seconds from place to place, int64 (places, places): the posts of the officer-days, then the needs."""
        if self.by_road is not None:
            return self.by_road
        lon, lat = np.concatenate([self.crew.post, self.needs.place]).T
        return walking_seconds(lon, lat, self.walk_factor, self.walk_kmh)

    @property
    def between(self) -> np.ndarray:
        """Seconds from need to need, int64 (needs, needs)."""
        return self.walking[len(self.crew) :, len(self.crew) :]

    @property
    def from_post(self) -> np.ndarray:
        """Seconds from the post of each officer-day to each need, int64 (crew, needs)."""
        return self.walking[: len(self.crew), len(self.crew) :]

    @property
    def to_post(self) -> np.ndarray:
        """Seconds from each need back to the post of each officer-day, int64 (needs, crew)."""
        return self.walking[len(self.crew) :, : len(self.crew)]


T = TypeVar("T", Crew, Needs)


def taken(table: T, rows: np.ndarray) -> T:
    """The table with these rows only, in this order."""
    return type(table)(**{column.name: getattr(table, column.name)[rows] for column in fields(table)})


def _refuse_uneven(table: Any) -> None:
    lengths = {len(getattr(table, column.name)) for column in fields(table)}
    if len(lengths) > 1:
        raise WrongProblem(
            "The columns of {table} have {lengths} rows; give each the same number.",
            table=type(table).__name__,
            lengths=tuple(sorted(lengths)),
        )
