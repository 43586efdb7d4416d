"""Cases, leads, accidents: they come again where trouble is, with seasons, clusters and a slow decline."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from data.demo.quality import A_YEAR, DAYS, Quality, first_day
from data.demo.visits import recorded

STEP = 30  # days at a time
FEWER_A_YEAR = 0.97  # cases, year upon year; assumed
CRIMINAL = 26 / 395  # criminal cases a building and year: Qishuyan's of 2009 in its rental houses
PUBLIC_ORDER = 1.2  # public-order cases for one criminal case; assumed
LEADS = 0.014  # leads given a building and year; assumed
SOLVES = 0.2  # share of leads that help to solve a case; assumed
RARE = {"fire_accident": 5.0e-4, "unlawful_business": 1.5e-3}  # a building and year; assumed
BAD_INFLUENCE = 0.03  # share of criminal cases; assumed
SUMMER, BEFORE_SPRING_FESTIVAL, AFTER_IT = (172, 270), (355, 400), (36, 66)  # days of the year


def season(day_of_year: np.ndarray) -> np.ndarray:
    """How many times the usual number of cases: more in summer and before the Spring Festival, few after it."""
    times = np.full(len(day_of_year), 0.93)
    times[(day_of_year >= SUMMER[0]) & (day_of_year < SUMMER[1])] = 1.22
    times[(day_of_year >= BEFORE_SPRING_FESTIVAL[0]) | (day_of_year < BEFORE_SPRING_FESTIVAL[1] - 365)] = 1.18
    times[(day_of_year >= AFTER_IT[0]) & (day_of_year < AFTER_IT[1])] = 0.72
    return times


def events(rng: np.random.Generator, quality: Quality, on: date) -> pd.DataFrame:
    """Columns building (row), kind, day, recorded_on (days since the first day known), in order of building and day."""
    parts: list[tuple[str, np.ndarray, np.ndarray]] = []
    for start, length, rates in _rates(quality, on):
        for kind, rate in rates.items():
            building = _struck(rng, rate)
            parts.append((kind, building, start + rng.integers(0, length, len(building))))
    kinds, buildings, days = zip(*parts, strict=True)
    every_kind = np.repeat(np.array(kinds), [len(rows) for rows in buildings])
    frame = pd.DataFrame({"building": np.concatenate(buildings), "kind": every_kind, "day": np.concatenate(days)})
    return _recorded(rng, _with_outcomes(rng, frame))


def _rates(quality: Quality, on: date) -> Iterator[tuple[int, int, dict[str, np.ndarray]]]:
    """Step by step: its first day, its days, and how many events of each kind a building has to expect in it."""
    near = [
        np.flatnonzero(np.hypot(quality.x - cluster.x, quality.y - cluster.y) < cluster.radius_m)
        for cluster in quality.clusters
    ]
    helpful, careless = (np.exp(by * quality.kept) for by in (0.55, -0.5))
    helpful, careless = helpful / helpful.mean(), careless / careless.mean()
    day_of_year = pd.DatetimeIndex(first_day(on) + np.arange(DAYS)).day_of_year.to_numpy()
    usual = season(day_of_year) * FEWER_A_YEAR ** ((np.arange(DAYS) - DAYS) / A_YEAR) / A_YEAR
    for start in range(0, DAYS, STEP):
        length = min(STEP, DAYS - start)
        trouble = usual[start : start + STEP].sum() * quality.trouble * _boost(quality, near, start)
        rates = {"criminal_case": CRIMINAL * trouble, "public_order_case": PUBLIC_ORDER * CRIMINAL * trouble}
        rates["lead_given"] = LEADS * length / A_YEAR * helpful
        yield start, length, rates | {kind: rate * length / A_YEAR * careless for kind, rate in RARE.items()}


def _struck(rng: np.random.Generator, rate: np.ndarray) -> np.ndarray:
    """Buildings (rows), each as often as a Poisson number with its rate."""
    total = np.cumsum(rate)
    return np.searchsorted(total, rng.uniform(0, total[-1], rng.poisson(total[-1])), side="right")


def _boost(quality: Quality, near: list[np.ndarray], day: int) -> np.ndarray:
    """How many times the usual number of cases: above 1 within a cluster active on the day."""
    boost = np.ones(len(quality.kept))
    for cluster, rows in zip(quality.clusters, near, strict=True):
        if cluster.begins <= day < cluster.ends:
            boost[rows] = np.maximum(boost[rows], cluster.times)
    return boost


def _with_outcomes(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Some leads solve a case a few weeks later; some criminal cases are of bad influence."""
    leads = frame[frame["kind"] == "lead_given"]
    solved = leads[rng.random(len(leads)) < SOLVES].copy()
    solved["kind"], solved["day"] = "lead_solved_case", solved["day"] + rng.integers(3, 60, len(solved))
    cases = frame[frame["kind"] == "criminal_case"]
    bad = cases[rng.random(len(cases)) < BAD_INFLUENCE].assign(kind="bad_influence_case")
    return pd.concat([frame, solved[solved["day"] < DAYS], bad], ignore_index=True)


def _recorded(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values(["building", "day", "kind"], ignore_index=True)
    return frame.assign(recorded_on=recorded(rng, frame["day"].to_numpy()))
