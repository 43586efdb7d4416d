"""Public rental: projects, their homes, and how each stood over five years."""

import numpy as np
import pandas as pd

from data.demo.names import OPERATORS, PROJECTS
from data.demo.quality import DAYS
from data.demo.visits import recorded

SIZES = {1: (30, 40), 2: (45, 62), 3: (62, 78)}  # rooms → square metres
LET_DAYS = 1_500.0  # a let lasts this long on average
REPAIR_DAYS, VACANT_DAYS, RESERVED_DAYS = 24.0, 62.0, 9.0


def projects(rng: np.random.Generator, buildings: pd.DataFrame, project: np.ndarray) -> pd.DataFrame:
    """One row a project: code, name, operator, address, lon, lat."""
    rows = np.flatnonzero(project >= 0)
    groups = buildings.iloc[rows].assign(project=project[rows]).groupby("project")
    places = groups.agg(lon=("lon", "mean"), lat=("lat", "mean"), address=("address", "first"), use=("homes", "size"))
    names = [f"{a}{b}" for b in ("苑", "居", "家园", "花园", "公寓", "里", "庭", "坊", "新村", "雅筑", "轩", "湾") for a in PROJECTS]
    order = rng.permutation(len(names))
    chosen = [names[order[i % len(names)]] + ("" if i < len(names) else f"{i // len(names) + 1}期") for i in range(len(places))]
    return pd.DataFrame(
        {
            "code": [f"GZ{number + 1:04}" for number in range(len(places))],
            "name": chosen,
            "operator": rng.choice(OPERATORS, len(places), p=(0.5, 0.35, 0.15)),
            "address": places["address"].str.replace(r"\d+栋$", "", regex=True).to_numpy(),
            "lon": places["lon"].to_numpy(),
            "lat": places["lat"].to_numpy(),
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
    low, high = (np.array([SIZES[one][side] for one in (1, 2, 3)])[rooms - 1] for side in (0, 1))
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
    stage = np.where(rng.random(len(flats)) < 0.94, 0, 2)  # 0 let, 1 under repair, 2 vacant, 3 reserved
    parts = []
    while len(rows):
        parts.append((rows, stage[rows], day[rows]))
        mean = np.select([stage[rows] == 0, stage[rows] == 1, stage[rows] == 2], [LET_DAYS, REPAIR_DAYS, VACANT_DAYS * slow[rows]], RESERVED_DAYS)
        day[rows] += 1 + rng.exponential(mean).astype(int)
        after = np.select([stage[rows] == 0, stage[rows] == 1, stage[rows] == 2], [1, 2, 3], 0)
        unrepaired = (stage[rows] == 0) & (rng.random(len(rows)) < 0.35)
        let_at_once = (stage[rows] == 2) & (rng.random(len(rows)) < 0.3)
        stage[rows] = np.where(unrepaired, 2, np.where(let_at_once, 0, after))
        rows = rows[day[rows] < DAYS]
    frame = pd.DataFrame(
        {
            "home": np.concatenate([one[0] for one in parts]),
            "state": np.array(["let", "under_repair", "vacant", "reserved"])[np.concatenate([one[1] for one in parts])],
            "day": np.concatenate([one[2] for one in parts]),
        }
    ).sort_values(["home", "day"], ignore_index=True)
    return frame.assign(recorded_on=recorded(rng, frame["day"].to_numpy()))
