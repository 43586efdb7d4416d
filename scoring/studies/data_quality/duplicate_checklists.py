"""Officers who hand in the very same check-list at building after building.

A list with every item passed is common by itself, and some patterns are common where all buildings are alike. So only
lists are counted that few colleagues who score alike ever hand in, and each repetition against how often they do.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

from scoring.studies.data_quality.multiple_testing import false_discovery, level_groups

COMMON = 0.001  # share of colleagues' visits from which a list is too common to tell anything
NAMED_FROM = 0.001  # q value
MIN_N = 8  # repetitions: two or three may be two halves of one building entered twice
LONGEST_AT_LEAST = 3  # the same list in a row, at different buildings


@dataclass(frozen=True)
class DuplicateChecklists:
    """One row an officer, (officers,). repeats of pairs: successive visits to different buildings with the same list,
    where the first of the two is no common one; longest: most such lists in a row. expected: repeats by chance.
    """

    repeats: np.ndarray
    pairs: np.ndarray
    expected: np.ndarray
    longest: np.ndarray
    q: np.ndarray

    @property
    def flagged(self) -> np.ndarray:
        often = (self.repeats >= MIN_N) & (self.longest >= LONGEST_AT_LEAST)
        return often & (np.nan_to_num(self.q, nan=1) <= NAMED_FROM)


def list_numbers(answers: np.ndarray) -> np.ndarray:
    """A number per check-list, the same for the same answers; int64 (visits,). answers: (visits, items)."""
    mixed = np.zeros(len(answers), np.uint64)
    weights = np.random.default_rng(27).integers(1, 2**63, answers.shape[1], np.uint64) | np.uint64(1)
    for column, weight in zip(answers.T, weights, strict=True):  # 64 bits: two lists in a million million meet
        whole = np.rint(column * 1000) if column.dtype.kind == "f" else column
        mixed += whole.astype(np.int64).astype(np.uint64) * weight
    return pd.factorize(mixed)[0]


def duplicate_checklists(
    building: np.ndarray, officer: np.ndarray, day: np.ndarray, number: np.ndarray, score: np.ndarray, officers: int
) -> DuplicateChecklists:
    """building, officer: row numbers, officer -1 unknown; number: from list_numbers; all (visits,)."""
    usable = (officer >= 0) & np.isfinite(score)
    building, officer, day, number, score = (column[usable] for column in (building, officer, day, number, score))
    chance = _chance(number, officer, level_groups(officer, score, officers))
    order = np.lexsort((building, day, officer))
    building, officer, number, chance = building[order], officer[order], number[order], chance[order]
    first, second = slice(None, -1), slice(1, None)
    pair = (officer[first] == officer[second]) & (building[first] != building[second]) & (chance[first] < COMMON)
    same = pair & (number[first] == number[second])
    who = officer[first]
    pairs = np.bincount(who[pair], minlength=officers)
    repeats = np.bincount(who[same], minlength=officers)
    expected = np.bincount(who[pair], chance[first][pair], officers)
    p = binom.sf(repeats - 1, pairs, expected / np.maximum(pairs, 1))
    return DuplicateChecklists(
        repeats, pairs, expected, _longest(same, who, officers), false_discovery(np.where(pairs > 0, p, np.nan))
    )


def repeated(building: np.ndarray, officer: np.ndarray, day: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Which visits hand in the list that their officer handed in just before at another building; bool (visits,)."""
    order = np.lexsort((building, day, officer))
    building, officer, number = building[order], officer[order], number[order]
    same = (officer[1:] == officer[:-1]) & (building[1:] != building[:-1]) & (number[1:] == number[:-1])
    repeats = np.zeros(len(number), bool)
    repeats[order[1:]] = same
    return repeats


def _chance(number: np.ndarray, officer: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The share each list has among the visits of the officer's group, the officer's own left out; (visits,)."""
    lists = int(number.max(initial=-1)) + 1
    of_group, of_officer = group[officer] * lists + number, officer.astype(np.int64) * lists + number
    cell, groups = pd.factorize(of_group)
    in_group = np.bincount(cell, minlength=len(groups))[cell]
    cell, cells = pd.factorize(of_officer)
    own = np.bincount(cell, minlength=len(cells))[cell]
    visits = np.bincount(group[officer])[group[officer]] - np.bincount(officer)[officer]
    return (in_group - own + 1) / (visits + 1)


def _longest(same: np.ndarray, who: np.ndarray, officers: int) -> np.ndarray:
    """The most lists in a row: one more than the repetitions in a row; 0 where nothing was repeated."""
    row = np.arange(len(same))
    start = np.maximum.accumulate(np.where(same, -1, row))  # the last row where a run was broken
    longest = np.zeros(officers, np.int64)
    np.maximum.at(longest, who[same], (row - start)[same] + 1)
    return longest
