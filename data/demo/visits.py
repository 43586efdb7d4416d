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
MENDED, SLIPPED = 0.36, 0.20  # chance that a failed item is seen to, a passed one looked at afresh, between visits
SETTLING = 5  # unseen rounds before the first, so that the first year is like the others
COVERED = 0.07  # share of visits made by another grid's officer
CROSS_CHECKS = 0.25  # of these by an officer from anywhere in the district, the rest in a neighbour's place
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
    known: Quality,
    buildings: pd.DataFrame,
    items: Sequence[str],
    nearby: np.ndarray,
) -> Visits:
    """Five years of visits, round after round until everyone's next visit lies beyond the last day.

    Rounds are planned, and what is to be mended is told, by the grid's own officer, so that a visit in another's
    place changes what was written down that day and nothing else. nearby: grids near each grid, int (grids, k).
    """
    ease = np.array([EASE + ITEM_EASE.get(code, 0.0) for code in items], np.float32)
    skipped = _skipped(rng, buildings["use"].to_numpy(), items)
    level = (SPREAD * known.kept + known.officers.kindness[known.grid]).astype(np.float32)
    luck = rng.random((len(buildings), len(items)), dtype=np.float32)
    active = np.flatnonzero(~_never_visited(rng, known))
    following = np.zeros(len(buildings))
    following[active] = rng.uniform(0, 1, len(active)) ** 1.3 * 260
    until = _abandoned(rng, known)
    passed = np.zeros(luck.shape, bool)
    for _ in range(SETTLING):
        passed[active] = luck[active] < _chance(ease, level[active], np.zeros(len(active)))
        _seen_to(rng, luck, passed, active)
    rounds: list[tuple[np.ndarray, ...]] = []
    while len(active):
        day = following[active].astype(int)
        good = luck[active] < _chance(ease, level[active], day)
        passed[active] = good
        came = _who_came(of_cover, known.grid[active], nearby)
        told = good.copy()
        other = np.flatnonzero(came != known.grid[active])
        rows = active[other]
        through_their_eyes = (SPREAD * known.kept[rows] + known.officers.kindness[came[other]]).astype(np.float32)
        told[other] = luck[rows] < _chance(ease, through_their_eyes, day[other])
        letters = np.where(skipped[active], np.uint8(SKIP), np.where(told, np.uint8(YES), np.uint8(NO)))
        rounds.append((active, day, letters, came))
        _seen_to(rng, luck, passed, active)
        share = (good & ~skipped[active]).sum(axis=1) / (~skipped[active]).sum(axis=1)
        wait = INTERVALS[np.searchsorted(RESULT_BOUNDS, share, side="right")] * rng.lognormal(0, 0.45, len(active))
        following[active] = day + np.maximum(wait, 5)
        active = active[following[active] <= until[active]]
    return _in_order(rounds)


def _chance(ease: np.ndarray, level: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The chance to pass each item, float32, shape (buildings, items)."""
    better = np.float32(BETTER_A_YEAR * SPREAD / 365) * day.astype(np.float32)
    return 1 / (1 + np.exp(-(ease + (level + better)[:, None])))


def _who_came(rng: np.random.Generator, grid: np.ndarray, nearby: np.ndarray) -> np.ndarray:
    """The grid whose officer makes each visit: mostly its own, now and then one nearby, rarely one from far away."""
    other = nearby[grid, rng.integers(nearby.shape[1], size=len(grid))]
    other = np.where(rng.random(len(grid)) < CROSS_CHECKS, rng.integers(len(nearby), size=len(grid)), other)
    return np.where(rng.random(len(grid)) < COVERED, other, grid).astype(np.int32)


def _never_visited(rng: np.random.Generator, known: Quality) -> np.ndarray:
    """About NEVER of the buildings, more in some grids than in others."""
    shy = rng.gamma(0.5, 2.0, known.grid.max() + 1)[known.grid]
    return rng.random(len(known.grid)) < NEVER * shy / shy.mean()


def _abandoned(rng: np.random.Generator, known: Quality) -> np.ndarray:
    """The last day anyone was sent, per building: in one grid of 150 nobody has been for a year or two."""
    last = np.full(known.grid.max() + 1, DAYS - 1)
    empty = rng.random(len(last)) < 1 / 150
    last[empty] -= rng.integers(300, 800, empty.sum())
    return last[known.grid]


def _skipped(rng: np.random.Generator, use: np.ndarray, items: Sequence[str]) -> np.ndarray:
    skipped = np.zeros((len(use), len(items)), bool)
    for code, shares in NOT_APPLICABLE.items():
        if code in items:
            share = np.array([shares.get(one, 0.0) for one in use])
            skipped[:, items.index(code)] = rng.random(len(use)) < share
    return skipped


def _seen_to(rng: np.random.Generator, luck: np.ndarray, passed: np.ndarray, rows: np.ndarray) -> None:
    """Between visits some of what was failed is mended and some of what was passed goes its own way."""
    here = luck[rows]
    chance = rng.random(here.shape, dtype=np.float32)
    good = passed[rows]
    fresh = rng.random(here.shape, dtype=np.float32)
    here = np.where(~good & (chance < MENDED), fresh * np.float32(0.85), here)
    luck[rows] = np.where(good & (chance < SLIPPED), fresh, here)


def _in_order(rounds: list[tuple[np.ndarray, ...]]) -> Visits:
    building = np.concatenate([one[0] for one in rounds]).astype(np.int32)
    day = np.concatenate([one[1] for one in rounds]).astype(np.int16)
    order = np.lexsort([day, building])
    answers = np.concatenate([one[2] for one in rounds])
    officer_of = np.concatenate([one[3] for one in rounds])
    return Visits(building[order], day[order], answers[order], officer_of[order])


def on_working_days(rng: np.random.Generator, day: np.ndarray, on: date) -> np.ndarray:
    """The days, most of those on a weekend moved to the Friday before."""
    weekday = (day + (first_day(on) - np.datetime64("1970-01-05")).astype(int)) % 7
    weekend = (weekday >= 5) & (rng.random(len(day)) < 0.8)
    return np.maximum(day - np.where(weekend, weekday - 4, 0).astype(int), 0).astype(np.int16)


def recorded(rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """When it was written down: three in four the same day, few much later, none after the last day."""
    chance = rng.random(len(day))
    soon, late = rng.integers(1, 4, len(day)), rng.integers(4, 21, len(day))
    later = np.where(chance < 0.75, 0, np.where(chance < 0.95, soon, late))
    return np.minimum(day + later, DAYS - 1).astype(np.int16)
