"""Officers whose records the data-quality study is to find: who copies check-lists, who rounds scores up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data.demo.quality import DAYS, Officers, Quality
from data.demo.visits import NO, YES, Visits, digits
from scoring.rulebook.model import Edition
from scoring.studies.data_quality.results import results

COPYING, ROUNDING = 0.015, 0.015  # share of all officers
COPIED = 0.9  # share of the visits, from some day on, whose list is the same again
ROUNDED = 0.85  # share of the scores just below a bound that are lifted over it
BOUNDS = (60.0, 75.0, 90.0)
MOST_LIFTED = 2  # items
PLAIN = 0.6  # kindness of officers who are neither kind nor strict, so that each case is one and no other
RECORDED = (0.93, 0.99)  # recorded of expected buildings, by street
RECORDED_THIN = 0.62


@dataclass(frozen=True)
class Cases:
    """The seeded offenders, for tests only; nothing of this is written to the database.

    copies_from: officer → day, counted from the first day known, from which on lists are copied. rounds_up: officers.
    """

    copies_from: Mapping[str, int]
    rounds_up: frozenset[str]


def cases(rng: np.random.Generator, officers: Officers) -> Cases:
    codes, first = np.unique(officers.code, return_index=True)
    plain = codes[np.abs(officers.kindness[first]) < PLAIN]
    each = [max(round(share * len(codes)), 1) for share in (COPYING, ROUNDING)]
    drawn = rng.choice(plain, sum(each), replace=False).tolist()
    days = rng.integers(DAYS // 5, DAYS * 3 // 5, each[0]).tolist()
    return Cases(dict(zip(drawn[: each[0]], days, strict=True)), frozenset(drawn[each[0] :]))


def neighbours(quality: Quality, count: int) -> np.ndarray:
    """The `count` grids nearest to each grid, int (grids, count); fewer where there are not so many."""
    size = np.maximum(np.bincount(quality.grid, minlength=len(quality.officers.code)), 1)
    middle = np.column_stack([np.bincount(quality.grid, side, len(size)) / size for side in (quality.x, quality.y)])
    return cKDTree(middle).query(middle, min(count, len(middle) - 1) + 1)[1][:, 1:]


def submitted_answers(
    rng: np.random.Generator,
    visits: Visits,
    offenders: Cases,
    officers: Officers,
    items: Sequence[str],
    edition: Edition,
) -> np.ndarray:
    """The answers as they were submitted, uint8 (visits, items): some copied, some lifted over a bound."""
    answers, who = visits.answers.copy(), officers.code[visits.officer_of]
    _lift(rng, answers, np.flatnonzero(np.isin(who, list(offenders.rounds_up))), items, edition)
    for code, begins in offenders.copies_from.items():
        late = np.flatnonzero((who == code) & (visits.day >= begins))
        late = late[np.argsort(visits.day[late], kind="stable")]
        faulty = late[(answers[late] == NO).any(axis=1)]
        if len(faulty):
            answers[late[rng.random(len(late)) < COPIED]] = answers[faulty[0]].copy()
    return answers


def _lift(
    rng: np.random.Generator, answers: np.ndarray, rows: np.ndarray, items: Sequence[str], edition: Edition
) -> None:
    """Passes one or two failed items more where that brings the score over the next bound."""
    bounds = np.array([*BOUNDS, np.inf])
    rows = rows[rng.random(len(rows)) < ROUNDED]
    aim = bounds[np.searchsorted(bounds, _scores(answers[rows], items, edition), side="right")]
    tried = answers[rows]
    for _ in range(MOST_LIFTED):
        chance = np.where(tried == NO, rng.random(tried.shape), -1.0)
        item = np.argmax(chance, axis=1)
        at = np.flatnonzero(chance.max(axis=1) >= 0)
        tried[at, item[at]] = YES
        is_over = _scores(tried, items, edition) >= aim
        answers[rows[is_over]] = tried[is_over]
        rows, aim, tried = rows[~is_over], aim[~is_over], tried[~is_over]


def _scores(letters: np.ndarray, items: Sequence[str], edition: Edition) -> np.ndarray:
    return results(digits(letters), tuple(items), edition).score


def register(rng: np.random.Generator, areas: pd.DataFrame, buildings: pd.DataFrame) -> pd.DataFrame:
    """How many buildings each street is thought to have: area (row of `areas`), buildings. In one far fewer stand."""
    streets = np.flatnonzero(areas["level"] == "street")
    share = rng.uniform(*RECORDED, len(streets))
    share[rng.integers(len(streets))] = RECORDED_THIN
    recorded = np.bincount(buildings["street"], minlength=len(areas))[streets]
    return pd.DataFrame({"area": streets, "buildings": np.rint(recorded / share).astype(int)})
