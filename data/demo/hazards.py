"""Hazards: found at inspections or reported by residents, fixed at once or transferred, resolved, reopened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.land import FULL_SIZE
from data.demo.quality import A_YEAR, DAYS, Quality
from data.demo.visits import NO, Visits, recorded
from scoring.rulebook.hazard_catalogue import Category

FOUND = 60_000  # at inspections, at full size in a year; assumed
REPORTED = 6_000  # by residents; assumed
FAILED_MORE = 5.0  # power of the share of items failed: hazards lie where much is wrong; assumed
ON_THE_SPOT = {"low": 0.91, "medium": 0.89, "high": 0.78}  # assumed; all together come near TEDA's 503 of 629
ON_THE_SPOT_PUBLIC_ORDER = 0.76  # locks, doors and cameras have to be bought; assumed
ON_THE_SPOT_REPORTED = 0.3  # times the share: most of what residents report waits for a department; assumed
REOPENED = 0.035  # of what was passed on; assumed
LATE = 0.10  # share of what is passed on that is resolved after its due day; assumed
LATE_DAYS = 20.0  # how long after it, on average; assumed
EARLIEST = 0.8  # the least part of the days allowed that a department takes; assumed
ANSWERS = {  # what a failed item of the check-list may turn out to be
    "smoke_alarms": ("smoke_alarm_missing",),
    "exits_clear": ("escape_route_blocked", "exit_locked", "emergency_lights_out", "exit_signs_missing"),
    "no_indoor_ebike_charging": ("ebike_charged_indoors",),
    "sound_wiring": ("loose_wiring", "no_leakage_protection"),
    "extinguishers": ("extinguisher_missing", "hydrant_without_water", "fire_door_damaged"),
    "security_doors": ("security_doors_missing",),
    "escape_windows": ("window_bars_without_escape",),
    "gas_safe": ("heater_flue_unvented", "gas_leak", "gas_cylinders_crowded"),
    "registers_tenants": ("unregistered_lettings",),
    "cameras_working": ("cameras_not_working",),
    "locked_entrance": ("broken_entrance_lock", "no_visitor_record"),
    "rooms_as_declared": ("flammable_partitions", "overcrowded_rooms"),
    "rounds_logged": ("stairwell_unlit", "lift_overdue_check"),
    "clean": ("waste_piled_up", "sewage_overflow"),
    "no_pest_breeding": ("rats_and_insects",),
    "stairs_uncluttered": ("clutter_on_stairs",),
    "good_neighbours": ("night_noise", "leaking_to_below", "shared_space_taken", "unpaid_shared_bills"),
    "waste_sorted": ("waste_piled_up",),
}
FOLLOWED_UP = ("security_doors", "registers_tenants", "cameras_working", "locked_entrance")  # sooner than the rest
OTHERWISE = 0.18  # share that no item of the list asks about
RARELY = {  # how much rarer than a usual category, where no item led to it
    "explosives_stored": 0.02, "controlled_blades_stored": 0.04, "dangerous_chemicals": 0.15, "gambling_den": 0.12,
    "drug_use_premises": 0.05, "pyramid_selling": 0.05, "load_bearing_wall_removed": 0.15, "gas_leak": 0.15,
    "structure_cracked": 0.2, "violent_quarrel": 0.3, "unclaimed_parcels": 0.4,
}  # fmt: skip
REPORTED_GROUPS = ("neighbours", "hygiene", "fire")  # what residents report
DEPARTMENTS = {
    "counter_terrorism": "police",
    "public_order": "police",
    "fire": "fire",
    "safety": "housing",
    "hygiene": "health",
    "neighbours": "justice",
}
ELSEWHERE = {"waste_piled_up": "urban_management", "clutter_on_stairs": "urban_management", "gas_leak": "gas_company"}


@dataclass(frozen=True)
class HazardHistories:
    """hazards: building, inspection (row or -1), category, group, severity, found_on, due_on, in order of building.

    steps: hazard (row), step, day, recorded_on, department; in order of hazard and of happening. Days count from the
    first day.
    """

    hazards: pd.DataFrame
    steps: pd.DataFrame


def hazard_histories(
    rng: np.random.Generator, quality: Quality, visits: Visits, items: Sequence[str], categories: tuple[Category, ...]
) -> HazardHistories:
    """Every hazard and what became of it by the last day."""
    share = len(quality.kept) / FULL_SIZE
    hazards = pd.concat(
        [
            _found(rng, visits, items, categories, round(FOUND * share * DAYS / A_YEAR)),
            _reported(rng, quality, categories, round(REPORTED * share * DAYS / A_YEAR)),
        ],
        ignore_index=True,
    ).sort_values(["building", "found_on"], kind="stable", ignore_index=True)
    kind = hazards["kind"].to_numpy()
    for name in ("code", "group", "severity"):
        column = np.array([getattr(category, name) for category in categories])[kind]
        hazards["category" if name == "code" else name] = column
    hazards["due_on"] = hazards["found_on"] + np.array([category.days_to_mend for category in categories])[kind]
    return HazardHistories(hazards.drop(columns="kind"), _steps(rng, hazards))


def _found(rng, visits: Visits, items: Sequence[str], categories: tuple[Category, ...], count: int) -> pd.DataFrame:
    """Hazards found at visits: the more, the more of the list was failed and the longer nobody had come."""
    weight = np.cumsum(visits.failed**FAILED_MORE * visits.days_since_last)
    visit = np.sort(np.searchsorted(weight, rng.uniform(0, weight[-1], count)))
    failed = visits.answers[visit] == NO
    failed &= np.isin(items, list(ANSWERS))
    weights = np.where(np.isin(items, FOLLOWED_UP), np.float32(1.15), np.float32(1))
    item = np.argmax(failed * weights * rng.random(failed.shape, dtype=np.float32), axis=1)
    row_of_category = {category.code: row for row, category in enumerate(categories)}
    kind = np.zeros(count, int)
    for row, code in enumerate(items):
        here = np.flatnonzero(item == row)
        kind[here] = rng.choice(
            [row_of_category[found] for found in ANSWERS.get(code, tuple(row_of_category))], len(here)
        )
    other = (rng.random(count) < OTHERWISE) | ~failed.any(axis=1)
    rarity = np.array([RARELY.get(category.code, 1.0) for category in categories])
    kind[other] = rng.choice(len(categories), other.sum(), p=rarity / rarity.sum())
    building, day = visits.building[visit], visits.day[visit]
    return pd.DataFrame({"building": building, "inspection": visit, "found_on": day, "kind": kind})


def _reported(rng: np.random.Generator, quality: Quality, categories: tuple[Category, ...], count: int) -> pd.DataFrame:
    """Hazards residents reported, whatever the officer saw: these follow the true quality of the building."""
    weight = np.cumsum(np.exp(-0.6 * quality.kept))
    building = np.searchsorted(weight, rng.uniform(0, weight[-1], count))
    rarity = np.array([RARELY.get(category.code, 1.0) * (category.group in REPORTED_GROUPS) for category in categories])
    return pd.DataFrame(
        {
            "building": building,
            "inspection": -1,
            "found_on": rng.integers(0, DAYS, count),
            "kind": rng.choice(len(categories), count, p=rarity / rarity.sum()),
        }
    )


def _steps(rng: np.random.Generator, hazards: pd.DataFrame) -> pd.DataFrame:
    """The steps of each hazard; what would come after the last day has not happened."""
    rows, day = np.arange(len(hazards)), hazards["found_on"].to_numpy(int)
    reported = hazards["inspection"].to_numpy() < 0
    public_order = (hazards["group"] == "public_order").to_numpy()
    at_once = np.where(public_order, ON_THE_SPOT_PUBLIC_ORDER, hazards["severity"].map(ON_THE_SPOT).to_numpy(float))
    spot = rng.random(len(hazards)) < at_once * np.where(reported, ON_THE_SPOT_REPORTED, 1.0)
    on = rows[~spot]
    allowed = (hazards["due_on"] - hazards["found_on"]).to_numpy()[on]
    transferred = day[on] + rng.integers(0, 3, len(on))
    taken_up = transferred + rng.geometric(0.4, len(on)) - 1
    late = rng.random(len(on)) < LATE
    needed = np.where(late, allowed + rng.exponential(LATE_DAYS, len(on)), allowed * rng.uniform(EARLIEST, 1, len(on)))
    resolved = np.maximum(np.maximum(taken_up, transferred + 1), day[on] + needed.astype(int))
    verified = resolved + rng.integers(1, 9, len(on))
    again = rng.random(len(on)) < REOPENED
    reopened = verified + rng.integers(5, 70, len(on))
    taken_again = reopened + rng.integers(0, 4, len(on))
    resolved_again = taken_again + 1 + rng.integers(1, 25, len(on))
    parts = [(rows, "found", day, False), (rows[spot], "mended_on_the_spot", day[spot], False)]
    parts += [(on, "transferred", transferred, True), (on, "taken_up", taken_up, True)]
    parts += [(on, "resolved", resolved, True), (on, "verified", verified, False)]
    parts += [(on[again], "reopened", reopened[again], False), (on[again], "taken_up", taken_again[again], True)]
    parts += [(on[again], "resolved", resolved_again[again], True)]
    parts += [(on[again], "verified", resolved_again[again] + rng.integers(1, 9, again.sum()), False)]
    return _frame(rng, hazards, parts)


def _frame(rng: np.random.Generator, hazards: pd.DataFrame, parts: list[tuple]) -> pd.DataFrame:
    hazard = np.concatenate([part[0] for part in parts])
    day = np.concatenate([part[2] for part in parts])
    sizes = [len(part[0]) for part in parts]
    frame = pd.DataFrame({"hazard": hazard, "step": np.repeat([part[1] for part in parts], sizes), "day": day})
    frame["order"] = np.repeat(np.arange(len(parts)), sizes)
    department = hazards["group"].map(DEPARTMENTS).to_numpy()
    department = np.where(hazards["category"].isin(ELSEWHERE), hazards["category"].map(ELSEWHERE), department)
    frame["department"] = np.where(np.repeat([part[3] for part in parts], sizes), department[hazard], None)
    frame = frame[frame["day"] < DAYS].sort_values(["hazard", "order"], ignore_index=True)
    return frame.drop(columns="order").assign(recorded_on=recorded(rng, frame["day"].to_numpy()))
