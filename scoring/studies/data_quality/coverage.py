"""How much of what there should be is on record: buildings against a register, visits against the rules."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

THIN = 0.80  # of the buildings expected: registers themselves err, but hardly by a fifth
VISITED = 0.5  # of an area's buildings within DAYS: where most were not, nobody goes
LAGGING = 0.5  # of the city's own share of the visits asked for: the rules ask more than anybody can walk
DAYS = 365


@dataclass(frozen=True)
class Coverage:
    """One row an area. recorded, expected: float64 (areas,), expected NaN where nobody says. least: share not named."""

    recorded: np.ndarray
    expected: np.ndarray
    least: float

    @property
    def share(self) -> np.ndarray:
        stated = self.expected > 0
        return np.divide(self.recorded, self.expected, out=np.full(len(stated), np.nan), where=stated)

    @property
    def overall(self) -> float:
        stated = self.expected > 0
        return float(self.recorded[stated].sum() / self.expected[stated].sum()) if stated.any() else np.nan

    @property
    def flagged(self) -> np.ndarray:
        return np.nan_to_num(self.share, nan=np.inf) < self.least


def buildings_recorded(area: np.ndarray, expected: np.ndarray) -> Coverage:
    """area: of each building, 0 to areas - 1, -1 none, (n,); expected: buildings, NaN unknown, (areas,)."""
    recorded = np.bincount(area[area >= 0], minlength=len(expected)).astype(float)
    return Coverage(recorded, expected, THIN)


def visits_made(area: np.ndarray, areas: int, visits: np.ndarray, asked: np.ndarray) -> Coverage:
    """Visits of the last DAYS against those the rules ask for; visits, asked: of each building, (n,)."""
    located = area >= 0
    made, wanted = (np.bincount(area[located], amount[located], areas) for amount in (visits, asked))
    overall = Coverage(made, wanted, 0.0).overall
    return Coverage(made, wanted, LAGGING * overall)


def buildings_visited(area: np.ndarray, areas: int, days_since: np.ndarray) -> Coverage:
    """Buildings visited in the last DAYS against all. days_since: the last visit to each, -1 never, (n,)."""
    located = area >= 0
    lately = located & (days_since >= 0) & (days_since < DAYS)
    visited, every = (np.bincount(area[rows], minlength=areas).astype(float) for rows in (lately, located))
    return Coverage(visited, every, VISITED)


def visits_asked(grade: np.ndarray, grades: tuple[str, ...], every: Mapping[str, Mapping[str, int]]) -> np.ndarray:
    """Visits a building of each grade is to have in DAYS, all roles together; 0 unrated or where the rules are silent.

    grade: indices in `grades`, -1 unrated, (n,). every: grade → role → days, as in an edition.
    """
    asked = [sum(DAYS / days for days in every.get(code, {}).values()) for code in grades]
    return np.array([*asked, 0.0])[grade]
