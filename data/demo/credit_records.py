"""Credit records of public rental: dishonesty of households at their homes and of enterprises in a project.

Levels and subjects have the shares Bozhou published; how many records a home brings in a year, and how they go on, is
not published and assumed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.quality import A_YEAR, DAYS
from data.demo.visits import recorded
from scoring.studies.credit_records import LEVEL_CODES, SUBJECT_KINDS, scale

LEVEL_SHARES = np.array([27, 19, 64]) / 110  # Bozhou's first batch, mildest first
ENTERPRISES, HOUSEHOLDS = 5, 82  # subjects of the same batch
RECORDS = 0.005  # of households, a let home in a year; assumed
CARELESSNESS = 0.04  # shape of the gamma a household keeps: about 1.26 records a subject, as in Bozhou
OPERATION = 0.5  # spread of the lognormal of projects: careless operators have careless households; assumed
RECOGNISED = 0.92  # share of what is recorded; the rest stays as it was recorded; assumed
RECOGNISED_AFTER = (7, 60)  # days; assumed
REPAIRED = np.array([0.6, 0.4, 0.2])  # share of what is recognised, by level; assumed
REPAIRED_AFTER = 20, np.array([90.0, 200.0, 400.0])  # days at the least, and on average beyond, by level; assumed


@dataclass(frozen=True)
class CreditHistories:
    """records: project and home (rows; one of them, the other -1), kind, subject, level, in order of recording.

    steps: record (row), step, day, recorded_on; in order of record and day. Days count from the first day known.
    """

    records: pd.DataFrame
    steps: pd.DataFrame


def credit_histories(rng: np.random.Generator, flats: pd.DataFrame, states: pd.DataFrame) -> CreditHistories:
    """Every credit record and what became of it by the last day; `states` with days since the first day known.

    Who moves in is another household: each letting is a subject of its own.
    """
    operation = rng.lognormal(-(OPERATION**2) / 2, OPERATION, flats["project"].max() + 1)  # mean 1
    records = pd.concat([_of_households(rng, flats, states, operation), _of_enterprises(rng, flats, operation)])
    records = records.sort_values(["day", "home", "project"], kind="stable", ignore_index=True)
    level = rng.choice(len(LEVEL_CODES), len(records), p=LEVEL_SHARES)
    steps = _steps(rng, records["day"].to_numpy(), level)
    return CreditHistories(records.drop(columns="day").assign(level=np.array(LEVEL_CODES)[level]), steps)


def _of_households(
    rng: np.random.Generator, flats: pd.DataFrame, states: pd.DataFrame, operation: np.ndarray
) -> pd.DataFrame:
    home, begins = states["home"].to_numpy(), states["day"].to_numpy(int)
    is_last = np.append(home[1:] != home[:-1], True)
    ends = np.where(is_last, DAYS, np.append(begins[1:], DAYS))
    let = np.flatnonzero((states["state"] == "let").to_numpy())
    years = (ends[let] - begins[let]) / A_YEAR
    carelessness = rng.gamma(CARELESSNESS, 1 / CARELESSNESS, len(let))
    carelessness *= operation[flats["project"].to_numpy()[home[let]]]
    letting = np.repeat(np.arange(len(let)), rng.poisson(RECORDS * years * carelessness))
    row = let[letting]
    return pd.DataFrame(
        {
            "project": -1,
            "home": home[row],
            "kind": SUBJECT_KINDS[1],
            "subject": _codes(rng, "H", letting),
            "day": rng.integers(begins[row], ends[row]),
        }
    )


def _of_enterprises(rng: np.random.Generator, flats: pd.DataFrame, operation: np.ndarray) -> pd.DataFrame:
    """An enterprise a project, one that rents homes for its staff: so many records a home as Bozhou's had."""
    homes = np.bincount(flats["project"])
    expected = RECORDS * ENTERPRISES / HOUSEHOLDS * homes * DAYS / A_YEAR * operation
    project = np.repeat(np.arange(len(homes)), rng.poisson(expected))
    return pd.DataFrame(
        {
            "project": project,
            "home": -1,
            "kind": SUBJECT_KINDS[0],
            "subject": _codes(rng, "E", project),
            "day": rng.integers(0, DAYS, len(project)),
        }
    )


def _codes(rng: np.random.Generator, letter: str, subject: np.ndarray) -> np.ndarray:
    """Codes that say who is the same, in an order of their own, so that nothing else can be read from them."""
    _, number = np.unique(subject, return_inverse=True)
    numbers = rng.permutation(number.max(initial=-1) + 1) + 1
    return np.array([f"{letter}{one:05}" for one in numbers[number]], object)


def _steps(rng: np.random.Generator, day: np.ndarray, level: np.ndarray) -> pd.DataFrame:
    """The steps of each record; what would come after the last day has not happened, nor what would be too late."""
    at_least, beyond = REPAIRED_AFTER
    recognised = np.where(rng.random(len(day)) < RECOGNISED, day + rng.integers(*RECOGNISED_AFTER, len(day)), DAYS)
    waited = at_least + rng.exponential(beyond[level]).astype(int)
    in_time = waited < A_YEAR * np.array([one.years_public for one in scale().levels])[level]
    repaired = np.where((rng.random(len(day)) < REPAIRED[level]) & in_time, recognised + waited, DAYS)
    rows = np.arange(len(day))
    parts = [("recorded", day), ("recognised", recognised), ("repaired", repaired)]
    frame = pd.concat(
        [pd.DataFrame({"record": rows, "step": step, "day": days}) for step, days in parts], ignore_index=True
    )
    frame = frame[frame["day"] < DAYS].sort_values(["record", "day"], kind="stable", ignore_index=True)
    return frame.assign(recorded_on=recorded(rng, frame["day"].to_numpy()))
