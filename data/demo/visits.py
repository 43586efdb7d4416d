"""Inspections: who was visited when, and what the check-list said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.demo.quality import DAYS, Quality, first_day

NEVER = 0.03  # buildings no officer has been let into
BETTER_A_YEAR = 0.07  # standard deviations of quality
ITEM_EASE = {  # how much easier (+) or harder (-) an item is than most
    "security_doors": 0.72, "registers_tenants": 0.30, "good_neighbours": 0.55, "clean": 0.15, "exits_clear": 0.35,
    "smoke_alarms": -0.30, "no_indoor_ebike_charging": -0.45, "written_leases": -0.10, "rounds_logged": -0.85,
    "leases_filed": -0.75, "fees_posted": -0.35, "waste_sorted": -0.45, "address_plate": 1.2, "gas_safe": 0.4,
    "visits_admitted": 1.4, "keeper_posted": 0.3, "cameras_working": -0.2, "stairs_uncluttered": -0.3,
}  # fmt: skip
NOT_APPLICABLE = {  # share of buildings of which an item is not asked, by use
    "escape_windows": {"estate": 0.5, "apartment": 0.4, "public_rental": 0.8, "dormitory": 0.3},
    "gas_safe": {"dormitory": 0.85, "apartment": 0.25},
    "star_plate_true": {"urban_village": 0.25, "mixed": 0.25, "estate": 0.1, "apartment": 0.15, "dormitory": 0.2},
    "bicycles_in_place": {"estate": 0.2, "mixed": 0.15},
    "written_leases": {"dormitory": 0.6},
    "fees_posted": {"dormitory": 0.3},
}
EASE = 0.04  # of an item like most, for a building of average quality, in logits
SPREAD = 0.45  # logits per standard deviation of quality
REPAIRED, REDRAWN = 0.36, 0.20  # chance between visits that a failed item is repaired, a passed one drawn anew
SETTLING = 5  # unseen rounds before the first, so that the first year is like the others
COVERED = 0.07  # share of visits made by another grid's officer
CROSS_CHECKS = 0.25  # of these by an officer from anywhere in the district, the rest by one from a neighbouring grid
INTERVALS = np.array([60, 95, 140, 215, 310], float)  # days to the next visit by last result, worst first
RESULT_BOUNDS = np.array([0.40, 0.60, 0.75, 0.90])
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


def visits(
    rng: np.random.Generator,
    of_cover: np.random.Generator,
    quality: Quality,
    buildings: pd.DataFrame,
    items: Sequence[str],
    nearby: np.ndarray,
) -> Visits:
    """Five years of visits, round after round until everyone's next visit lies beyond the last day.

    Rounds are planned, and repairs are ordered, by the grid's own officer, so that a visit by a substitute
    changes what was written down that day and nothing else. nearby: grids near each grid, int (grids, k).
    """
    ease = np.array([EASE + ITEM_EASE.get(code, 0.0) for code in items], np.float32)
    skipped = _skipped(rng, buildings["use"].to_numpy(), items)
    level = (SPREAD * quality.kept + quality.officers.kindness[quality.grid]).astype(np.float32)
    luck = rng.random((len(buildings), len(items)), dtype=np.float32)
    active = np.flatnonzero(~_never_visited(rng, quality))
    next_visit = np.zeros(len(buildings))
    next_visit[active] = rng.uniform(0, 1, len(active)) ** 1.3 * 260
    until = _last_days(rng, quality)
    passed = np.zeros(luck.shape, bool)
    for _ in range(SETTLING):
        passed[active] = luck[active] < _chance(ease, level[active], np.zeros(len(active)))
        _drift(rng, luck, passed, active)
    rounds: list[tuple[np.ndarray, ...]] = []
    while len(active):
        day = next_visit[active].astype(int)
        good = luck[active] < _chance(ease, level[active], day)
        passed[active] = good
        officer_of = _officers_of(of_cover, quality.grid[active], nearby)
        recorded_good = good.copy()
        other = np.flatnonzero(officer_of != quality.grid[active])
        rows = active[other]
        kindness = quality.officers.kindness[officer_of[other]]
        substitute_level = (SPREAD * quality.kept[rows] + kindness).astype(np.float32)
        recorded_good[other] = luck[rows] < _chance(ease, substitute_level, day[other])
        letters = np.where(skipped[active], np.uint8(SKIP), np.where(recorded_good, np.uint8(YES), np.uint8(NO)))
        rounds.append((active, day, letters, officer_of))
        _drift(rng, luck, passed, active)
        share = (good & ~skipped[active]).sum(axis=1) / (~skipped[active]).sum(axis=1)
        wait = INTERVALS[np.searchsorted(RESULT_BOUNDS, share, side="right")] * rng.lognormal(0, 0.45, len(active))
        next_visit[active] = day + np.maximum(wait, 5)
        active = active[next_visit[active] <= until[active]]
    return _in_order(rounds)


def _chance(ease: np.ndarray, level: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The chance to pass each item, float32, shape (buildings, items)."""
    better = np.float32(BETTER_A_YEAR * SPREAD / 365) * day.astype(np.float32)
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


def _drift(rng: np.random.Generator, luck: np.ndarray, passed: np.ndarray, rows: np.ndarray) -> None:
    """Between visits some failed items are repaired and some passed ones change, in place in `luck`."""
    here = luck[rows]
    chance = rng.random(here.shape, dtype=np.float32)
    good = passed[rows]
    fresh = rng.random(here.shape, dtype=np.float32)
    here = np.where(~good & (chance < REPAIRED), fresh * np.float32(0.85), here)
    luck[rows] = np.where(good & (chance < REDRAWN), fresh, here)


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
