"""Cases, leads, accidents: five years of them, with seasons, repeats, clusters and a slow decline."""

from datetime import date

import numpy as np
import pandas as pd

from data.demo.quality import DAYS, Quality, first_day
from data.demo.visits import recorded

STEP = 30  # days at a time
FEWER_A_YEAR = 0.935  # cases, by a building's own rate
CASES = 0.121  # criminal cases a building and step at the end of the five years, before repeats are prevented
AFTER_A_CASE = 0.25  # the rate for six months after one: locks are changed and officers come
IN_A_CLUSTER = 0.75  # the same within a cluster
WATCHED = 6  # steps for which a case is remembered
PUBLIC_ORDER = 0.13  # public-order cases for one criminal case
LEADS = 0.0029  # leads given a building and step by a keeper of average quality
SOLVES = 0.2  # share of leads that help to solve a case
RARE = {"fire_accident": 4.0e-5, "unlawful_business": 1.2e-4}  # a building and step
BAD_INFLUENCE = 0.0022  # share of criminal cases
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
    starts, level = _levels(on)
    near = [
        np.flatnonzero(np.hypot(quality.x - cluster.x, quality.y - cluster.y) < cluster.radius_m)
        for cluster in quality.clusters
    ]
    last_case = np.full(len(quality.kept), -WATCHED)
    keeper = np.exp(0.55 * quality.kept)
    keeper /= keeper.mean()
    parts: list[tuple[str, np.ndarray, np.ndarray]] = []
    for step, (start, times) in enumerate(zip(starts, level, strict=True)):
        boost = _boost(quality, near, start)
        usual = times * quality.trouble * boost
        counts = {"criminal_case": _criminal(rng, CASES * usual, boost > 1, step - last_case < WATCHED)}
        last_case[counts["criminal_case"] > 0] = step
        counts["public_order_case"] = rng.poisson(PUBLIC_ORDER * CASES * usual)
        counts["lead_given"] = rng.poisson(LEADS * keeper)
        counts |= {kind: rng.poisson(rate * usual * np.exp(-0.5 * quality.kept)) for kind, rate in RARE.items()}
        for kind, count in counts.items():
            building = np.repeat(np.arange(len(count)), count)
            parts.append((kind, building, start + rng.integers(0, STEP, len(building))))
    kinds, buildings, days = zip(*parts, strict=True)
    every_kind = np.repeat(np.array(kinds), [len(rows) for rows in buildings])
    frame = pd.DataFrame({"building": np.concatenate(buildings), "kind": every_kind, "day": np.concatenate(days)})
    return _recorded(rng, _with_outcomes(rng, frame))


def _levels(on: date) -> tuple[np.ndarray, np.ndarray]:
    """The first day of each step and how many times the cases of the last months fall into it."""
    steps = DAYS // STEP
    starts = DAYS - STEP * np.arange(steps, 0, -1)
    days = first_day(on) + starts[0] + np.arange(steps * STEP)
    by_season = season(pd.DatetimeIndex(days).day_of_year.to_numpy()).reshape(steps, STEP).mean(axis=1)
    level = by_season * FEWER_A_YEAR ** ((starts - DAYS) / 365)
    lately = 0.7 * level[-3:].mean() + 0.3 * level[-6:].mean()  # yellow looks back three months, red six
    return starts, level / lately


def _criminal(rng: np.random.Generator, rate: np.ndarray, in_trouble: np.ndarray, lately: np.ndarray) -> np.ndarray:
    """Cases in one step: a first one, less likely where there was one lately, and more of them on its heels."""
    again = np.where(in_trouble, IN_A_CLUSTER, AFTER_A_CASE)
    first = rng.random(len(rate)) < -np.expm1(-rate * np.where(lately, again, 1.0))
    return first + first * rng.poisson(rate * again / 2)


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
