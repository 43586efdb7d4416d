"""Public rental: projects, their homes, and the state of each over five years."""

import numpy as np
import pandas as pd

from data.demo.names import OPERATORS, PROJECT_ENDS, PROJECT_STARTS
from data.demo.quality import DAYS
from data.demo.visits import recorded

SIZES = {1: (30, 40), 2: (45, 62), 3: (62, 78)}  # rooms → square metres
STATES = ("let", "under_repair", "vacant", "reserved")  # round and round in this order
LET, _, VACANT, _ = range(4)
MEAN_DAYS = np.array([1_500.0, 26.0, 64.0, 9.0])
SKIPS = np.array([0.35, 0.0, 0.3, 0.0])  # let ones that need no repair, vacant ones let without being reserved


def projects(rng: np.random.Generator, buildings: pd.DataFrame, project: np.ndarray) -> pd.DataFrame:
    """One row a project: code, name, operator, address, lon, lat."""
    rows = np.flatnonzero(project >= 0)
    groups = buildings.iloc[rows].assign(project=project[rows]).groupby("project")
    sites = groups.agg(lon=("lon", "mean"), lat=("lat", "mean"), address=("address", "first"))
    pairs = [start + end for end in PROJECT_ENDS for start in PROJECT_STARTS]
    turn, pair = np.divmod(np.arange(len(sites)), len(pairs))
    order = rng.permutation(len(pairs))
    names = [pairs[order[b]] + (f"{a + 1}期" if a else "") for a, b in zip(turn, pair, strict=True)]
    return pd.DataFrame(
        {
            "code": [f"GZ{number + 1:04}" for number in range(len(sites))],
            "name": names,
            "operator": rng.choice(OPERATORS, len(sites), p=(0.5, 0.35, 0.15)),
            "address": sites["address"].str.replace(r"\d+栋$", "", regex=True).to_numpy(),
            "lon": sites["lon"].to_numpy(),
            "lat": sites["lat"].to_numpy(),
        }
    )


def homes(rng: np.random.Generator, buildings: pd.DataFrame, project: np.ndarray) -> pd.DataFrame:
    """One row a home, every home of the buildings of a project, from the lowest floor up."""
    rows = np.flatnonzero(project >= 0)
    count, floors = buildings["homes"].to_numpy()[rows], buildings["floors"].to_numpy()[rows]
    building = np.repeat(rows, count)
    nth = np.arange(len(building)) - np.repeat(np.cumsum(count) - count, count)
    a_floor = np.ceil(count / np.maximum(floors - 1, 1)).astype(int)  # the ground floor has shops and the lobby
    a_floor, top = np.repeat(a_floor, count), np.repeat(floors, count)
    floor = np.minimum(2 + nth // a_floor, top)
    door = nth % a_floor + 1
    number = pd.Series(rows).groupby(project[rows]).cumcount().to_numpy() + 1
    number = np.repeat(number, count)
    rooms = np.where(door % 4 == 0, 3, np.where(door % 2 == 0, 2, 1))
    low, high = (np.array([SIZES[count][side] for count in (1, 2, 3)])[rooms - 1] for side in (0, 1))
    area = np.round(rng.uniform(low, high), 1)
    per_m2 = np.clip(rng.normal(17, 3, project.max() + 1), 9, 27)[project[building]]  # yuan a month
    return pd.DataFrame(
        {
            "project": project[building],
            "building": building,
            "code": [f"{b}-{f}{d:02}" for b, f, d in zip(number, floor, door, strict=True)],
            "rooms": rooms,
            "area_m2": area,
            "floor": floor,
            "rent_yuan_month": (np.round(area * per_m2 * (1 + 0.004 * floor) / 10) * 10).astype(int),
            "lift": top > 7,
            "barrier_free": (floor <= 4) & (rng.random(len(building)) < 0.22),
        }
    )


def home_states(rng: np.random.Generator, flats: pd.DataFrame) -> pd.DataFrame:
    """home (row), state, day, recorded_on (days since the first day known), in order of home and day.

    Each home goes round: let, under repair, vacant, sometimes reserved, let again. Slow projects take longer.
    """
    slow = rng.lognormal(0, 0.45, flats["project"].max() + 1)
    slow = (slow / slow.mean())[flats["project"].to_numpy()]
    rows = np.arange(len(flats))
    day = np.zeros(len(flats), int)
    stage = np.where(rng.random(len(flats)) < 0.94, LET, VACANT)
    parts = []
    while len(rows):
        parts.append((rows, stage[rows], day[rows]))
        state = stage[rows]
        mean = np.where(state == VACANT, MEAN_DAYS[VACANT] * slow[rows], MEAN_DAYS[state])
        day[rows] += 1 + rng.exponential(mean).astype(int)
        skips = rng.random(len(rows)) < SKIPS[state]
        stage[rows] = (state + 1 + skips) % len(STATES)
        rows = rows[day[rows] < DAYS]
    frame = pd.DataFrame(
        {
            "home": np.concatenate([part[0] for part in parts]),
            "state": np.array(STATES)[np.concatenate([part[1] for part in parts])],
            "day": np.concatenate([part[2] for part in parts]),
        }
    ).sort_values(["home", "day"], ignore_index=True)
    return frame.assign(recorded_on=recorded(rng, frame["day"].to_numpy()))
