"""Inspections: who was visited when, and what the check-list said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.demo.quality import A_YEAR, BY_USE, DAYS, Quality, first_day
from scoring.grading.facts import NOT_APPLICABLE as NOT_ASKED
from scoring.rulebook.model import Edition
from scoring.studies.data_quality.results import results

NEVER = 0.03  # buildings no officer has been let into
BETTER_A_YEAR = 0.03  # standard deviations of quality; assumed
ITEM_EASE = {  # how much easier (+) or harder (-) an item is than most; the two hardest make Qishuyan's colours
    "security_doors": -2.15, "registers_tenants": -2.25, "good_neighbours": 0.55, "clean": 0.1, "exits_clear": 0.35,
    "smoke_alarms": -0.30, "no_indoor_ebike_charging": -0.45, "written_leases": -0.10, "rounds_logged": -0.85,
    "leases_filed": -0.75, "fees_posted": -0.35, "waste_sorted": -0.45, "address_plate": 1.2, "gas_safe": 0.4,
    "visits_admitted": 1.4, "keeper_posted": 0.3, "cameras_working": -0.2, "stairs_uncluttered": -0.3,
}  # fmt: skip
NOT_APPLICABLE = {  # share of buildings of which an item is not asked, by use
    # Mostly no neighbour can be asked: only then do Qishuyan's points come to 6, which is yellow; assumed
    "good_neighbours": dict.fromkeys(BY_USE, 0.75),
    "escape_windows": {"estate": 0.5, "apartment": 0.4, "public_rental": 0.8, "dormitory": 0.3},
    "gas_safe": {"dormitory": 0.85, "apartment": 0.25},
    "star_plate_true": {"urban_village": 0.25, "mixed": 0.25, "estate": 0.1, "apartment": 0.15, "dormitory": 0.2},
    "bicycles_in_place": {"estate": 0.2, "mixed": 0.15},
    "written_leases": {"dormitory": 0.6},
    "fees_posted": {"dormitory": 0.3},
}
EASE = 1.22  # of an item like most, for a building of average quality, in logits
SPREAD = 0.55  # logits per standard deviation of quality
CHANGED_DAYS = 550  # mean days until an item is drawn anew, failed or passed; assumed
MENDED = 0.55  # times the luck drawn for a failed one: the lower, the likelier it is mended; assumed
SETTLING = 5  # unseen rounds before the first day, so that the first visits are like the others
COVERED = 0.07  # share of visits made by another grid's officer
CROSS_CHECKS = 0.25  # of these by an officer from anywhere in the district, the rest by one from a neighbouring grid
EVERYONE_EVERY = 270  # days between visits, whatever the grade, until visits followed the grades; assumed
BY_GRADE = 500  # days before the last day from which visits follow the rules' intervals; assumed, see docs/scoring.md
IN_TIME, EARLIEST = 0.70, 0.70  # share of visits made within the interval, and the least part of it they wait; assumed
LATE = 0.4  # mean delay of the others, in intervals; assumed
NO, YES, SKIP = (ord(letter) for letter in "01-")


@dataclass(frozen=True)
class Visits:
    """Inspections in order of building and day.

    building: row; day: days since the first day known; answers: the characters 0, 1 and -, uint8 (visits, items);
    officer_of: the grid whose officer came.
    """

    building: np.ndarray
    day: np.ndarray
    answers: np.ndarray
    officer_of: np.ndarray

    @property
    def failed(self) -> np.ndarray:
        """Share of the items asked that were failed."""
        asked = (self.answers != SKIP).sum(axis=1)
        return (self.answers == NO).sum(axis=1) / np.maximum(asked, 1)

    @property
    def days_since_last(self) -> np.ndarray:
        """Days since the building's visit before; those between visits to everyone where there is none."""
        first = np.append(True, self.building[1:] != self.building[:-1])
        return np.where(first, EVERYONE_EVERY, np.diff(self.day, prepend=self.day[:1]))


def visits(
    rng: np.random.Generator,
    of_cover: np.random.Generator,
    quality: Quality,
    buildings: pd.DataFrame,
    edition: Edition,
    nearby: np.ndarray,
) -> Visits:
    """Every visit, round after round until everyone's next visit lies beyond the last day.

    Rounds are planned, and repairs are ordered, by the grid's own officer, so that a visit by a substitute
    changes what was written down that day and nothing else. edition: of the check-list and the intervals.
    nearby: grids near each grid, int (grids, k).
    """
    items = tuple(item.code for item in edition.checklist)
    interval = np.array([edition.inspect_every_days[grade.code]["officer"] for grade in edition.grades])
    ease = np.array([EASE + ITEM_EASE.get(code, 0.0) for code in items], np.float32)
    skipped = _skipped(rng, buildings["use"].to_numpy(), items)
    level = _level(quality, np.arange(len(buildings)), quality.grid)
    luck = rng.random((len(buildings), len(items)), dtype=np.float32)
    active = np.flatnonzero(~_never_visited(rng, quality))
    next_visit = rng.uniform(0, EVERYONE_EVERY, len(buildings))
    until = _last_days(rng, quality)
    for _ in range(SETTLING):
        good = luck[active] < _chance(ease, level[active], np.zeros(len(active)))
        _drift(rng, luck, good, active, np.full(len(active), EVERYONE_EVERY))
    rounds: list[tuple[np.ndarray, ...]] = []
    while len(active):
        day = next_visit[active].astype(int)
        good = luck[active] < _chance(ease, level[active], day)
        officer_of = _officers_of(of_cover, quality.grid[active], nearby)
        seen = luck[active] < _chance(ease, _level(quality, active, officer_of), day)
        left_out = skipped[active]
        rounds.append((active, day, np.where(left_out, np.uint8(SKIP), seen + np.uint8(NO)), officer_of))
        grade = results(np.where(left_out, np.int8(NOT_ASKED), good), items, edition).grade
        wait = _wait(rng, day, interval[grade])
        _drift(rng, luck, good, active, wait)
        next_visit[active] = day + wait
        active = active[next_visit[active] < until[active] + 1]
    return _in_order(rounds)


def _level(quality: Quality, rows: np.ndarray, officer_of: np.ndarray) -> np.ndarray:
    """How good each building looks to the officer of a grid, float32, in logits."""
    return (SPREAD * quality.kept[rows] + quality.officers.kindness[officer_of]).astype(np.float32)


def digits(letters: np.ndarray) -> np.ndarray:
    """Answers as scoring takes them, int8: 0, 1 or NOT_ASKED."""
    return np.where(letters == SKIP, np.int8(NOT_ASKED), letters.astype(np.int8) - np.int8(NO))


def _wait(rng: np.random.Generator, day: np.ndarray, interval: np.ndarray) -> np.ndarray:
    """Days from a visit on `day` to the next, most of them within the interval in force, some too long."""
    in_time = rng.random(len(day)) < IN_TIME
    of_interval = np.where(in_time, rng.uniform(EARLIEST, 1, len(day)), 1 + rng.exponential(LATE, len(day)))
    begins = np.maximum(DAYS - BY_GRADE - day, 0)  # days until visits follow the grades
    early = EVERYONE_EVERY * of_interval
    begun = begins + interval * np.where(begins > 0, rng.random(len(day)), of_interval)
    return np.maximum(np.where(early < begins, early, begun), 5)


def _chance(ease: np.ndarray, level: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The chance to pass each item, float32, shape (buildings, items)."""
    better = np.float32(BETTER_A_YEAR * SPREAD / A_YEAR) * (day - DAYS).astype(np.float32)
    return 1 / (1 + np.exp(-(ease + (level + better)[:, None])))


def _officers_of(rng: np.random.Generator, grid: np.ndarray, nearby: np.ndarray) -> np.ndarray:
    """The grid whose officer makes each visit: mostly its own, now and then one nearby, rarely one from far away."""
    other = nearby[grid, rng.integers(nearby.shape[1], size=len(grid))]
    other = np.where(rng.random(len(grid)) < CROSS_CHECKS, rng.integers(len(nearby), size=len(grid)), other)
    return np.where(rng.random(len(grid)) < COVERED, other, grid).astype(np.int32)


def _never_visited(rng: np.random.Generator, quality: Quality) -> np.ndarray:
    """About NEVER of the buildings, more in some grids than in others."""
    reluctance = rng.gamma(0.5, 2.0, quality.grid.max() + 1)[quality.grid]
    return rng.random(len(quality.grid)) < NEVER * reluctance / reluctance.mean()


def _last_days(rng: np.random.Generator, quality: Quality) -> np.ndarray:
    """The last day anyone was sent, per building: in one grid of 150 nobody has been for a year or two."""
    last = np.full(quality.grid.max() + 1, DAYS - 1)
    empty = rng.random(len(last)) < 1 / 150
    last[empty] -= rng.integers(300, 800, empty.sum())
    return last[quality.grid]


def _skipped(rng: np.random.Generator, use: np.ndarray, items: Sequence[str]) -> np.ndarray:
    skipped = np.zeros((len(use), len(items)), bool)
    for code, shares in NOT_APPLICABLE.items():
        if code in items:
            share = np.array([shares.get(kind, 0.0) for kind in use])
            skipped[:, items.index(code)] = rng.random(len(use)) < share
    return skipped


def _drift(rng: np.random.Generator, luck: np.ndarray, good: np.ndarray, rows: np.ndarray, days: np.ndarray) -> None:
    """In so many days some items change, mostly for the better where they were failed; in place in `luck`."""
    changed = rng.random(good.shape, dtype=np.float32) < -np.expm1(-days / CHANGED_DAYS)[:, None]
    times = np.where(good[changed], np.float32(1), np.float32(MENDED))
    here = luck[rows]
    here[changed] = rng.random(len(times), dtype=np.float32) * times
    luck[rows] = here


def _in_order(rounds: list[tuple[np.ndarray, ...]]) -> Visits:
    building = np.concatenate([visited[0] for visited in rounds]).astype(np.int32)
    day = np.concatenate([visited[1] for visited in rounds]).astype(np.int16)
    order = np.lexsort((day, building))
    answers = np.concatenate([visited[2] for visited in rounds])
    officer_of = np.concatenate([visited[3] for visited in rounds])
    return Visits(building[order], day[order], answers[order], officer_of[order])


def on_working_days(rng: np.random.Generator, day: np.ndarray, on: date) -> np.ndarray:
    """The days, most of those on a weekend moved to the Friday before."""
    weekday = (day + (first_day(on) - np.datetime64("1970-01-05")).astype(int)) % 7
    weekend = (weekday >= 5) & (rng.random(len(day)) < 0.8)
    return np.maximum(day - np.where(weekend, weekday - 4, 0).astype(int), 0).astype(np.int16)


def recorded(rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """When visits were recorded: three in four the same day, few much later, none after the last day."""
    chance = rng.random(len(day))
    soon, late = rng.integers(1, 4, len(day)), rng.integers(4, 21, len(day))
    later = np.where(chance < 0.75, 0, np.where(chance < 0.95, soon, late))
    return np.minimum(day + later, DAYS - 1).astype(np.int16)
