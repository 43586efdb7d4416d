"""A few officers and buildings by name, and how they become a problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from data.planning.problem import KINDS, NOBODY, Crew, Needs, Problem

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, 30), *(date(2026, 12, day) for day in (1, 2, 3, 4)))
NEXT_MONDAY, LAST_FRIDAY = date(2026, 12, 7), date(2026, 11, 27)
ROLES = ("officer", "assistant")
POST = (113.900, 22.550)
METRES_EAST, METRES_NORTH = 1 / 102_690, 1 / 111_195  # degrees at the post
NINE = 9 * 60


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Longitude and latitude of a place so far from the post."""
    return POST[0] + east_m * METRES_EAST, POST[1] + north_m * METRES_NORTH


@dataclass(frozen=True)
class Officer:
    """The same hours every day it works."""

    number: int
    name: str
    role: str = "officer"
    minutes: int = 120
    starts: int = NINE
    days: Sequence[date] = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    post: tuple[float, float] = POST


@dataclass(frozen=True)
class Visit:
    building: int
    name: str
    at: tuple[float, float] = POST
    role: str = "officer"
    minutes: int = 30
    due: date | None = MONDAY
    last_day: date | None = None
    earliest: date | None = None
    worth: int = 3_000
    daily_cost: int = 60
    kind: str = "due"
    pinned_officer: int = NOBODY
    pinned_day: date | None = None
    begins: int = -1
    announced_day: date | None = None


WEI = Officer(1, "Wei keeps the grid at the harbour")
LI = Officer(2, "Li works beside Wei")
CHEN = Officer(3, "Chen assists in the mornings", role="assistant")
NIGHT_OWL = Officer(4, "Sun comes at five and stays until nine", starts=17 * 60, minutes=240)

PLUM_COURT = Visit(11, "Plum Court is quiet and well kept", place(60, 0))
HARBOUR_ROW = Visit(12, "Harbour Row had two burglaries", place(120, 20), last_day=TUESDAY)
LANTERN_HOUSE = Visit(13, "Lantern House has a keeper who helped solve a case", place(-50, 40))
LOCKED_YARD = Visit(14, "Nobody has been let into Locked Yard", place(-40, -60))
FAR_FARM = Visit(15, "Far Farm lies thirty kilometres off", place(30_000, 0))


def problem(officers: Sequence[Officer], visits: Sequence[Visit], **more: Any) -> Problem:
    """The problem of these officers and visits, called the harbour."""
    return Problem(**{"code": "harbour", "roles": ROLES, "crew": crew(officers), "needs": needs(visits)} | more)


def crew(officers: Sequence[Officer]) -> Crew:
    rows = sorted(((day, one.number, one) for one in officers for day in one.days), key=lambda row: row[:2])
    return Crew(
        officer=np.array([number for _, number, _ in rows], np.int64),
        day=_days([day for day, *_ in rows]),
        minutes=np.array([one.minutes for *_, one in rows], np.int32),
        starts=np.array([one.starts for *_, one in rows], np.int32),
        role=np.array([ROLES.index(one.role) for *_, one in rows], np.int8),
        post=np.array([one.post for *_, one in rows], np.float64).reshape(-1, 2),
    )


def needs(visits: Sequence[Visit]) -> Needs:
    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(visit, name) for visit in visits], dtype)

    return Needs(
        place=column("at", np.float64).reshape(-1, 2),
        role=np.array([ROLES.index(visit.role) for visit in visits], np.int8),
        kind=np.array([KINDS.index(visit.kind) for visit in visits], np.int8),
        **{name: column(name, np.int64) for name in ("building", "worth", "daily_cost", "pinned_officer")},
        **{name: column(name, np.int32) for name in ("minutes", "begins")},
        **{
            name: _days([getattr(visit, name) for visit in visits])
            for name in ("due", "last_day", "earliest", "pinned_day", "announced_day")
        },
    )


def _days(days: Sequence[date | None]) -> np.ndarray:
    return np.array(days, "datetime64[D]")
