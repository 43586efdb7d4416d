"""One set of filters for map, charts, tables and exports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from data.city.city_facts import stand_on
from data.city.snapshots import HAZARD_STATES, Snapshot
from data.db.models.city import HAZARD_GROUPS, LEVELS
from scoring.studies.grade_changes import BETTER, WORSE, directions

UNRATED = "unrated"
DIRECTIONS = {"worse": WORSE, "better": BETTER}


@dataclass(frozen=True)
class Moved:
    """Grades of a rule set that are others than at the end of an earlier day.

    direction: "worse" or "better"; before, after: from which grade and to which. What is None may be any.
    """

    rule_set: str
    since: date
    direction: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Filters:
    """Conditions that all hold; an empty one asks nothing.

    areas: ids; a building in any of them. grades: (rule set, grade codes) pairs. unvisited_days: at least so long
    since the last visit; NEVER asks for buildings never visited. hazard_state without a group means any group.
    moved: since an earlier day.
    """

    areas: tuple[int, ...] = ()
    grades: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hazard_group: str | None = None
    hazard_state: str | None = None
    unvisited_days: int | None = None
    group_rental: bool | None = None
    vacant: bool = False
    moved: Moved | None = None

    @property
    def narrow(self) -> bool:
        return any(getattr(self, field.name) != field.default for field in fields(self))


def selected(snapshot: Snapshot, filters: Filters, earlier: np.ndarray | None = None) -> np.ndarray:
    """True for each building that stands and meets every condition; bool (n,).

    earlier: the grades on the earlier day of `filters.moved`, int8 (n,); without them nothing is known to have moved.
    """
    columns = snapshot.city_facts.buildings
    chosen = stand_on(columns, snapshot.on)
    if filters.areas:
        areas = {level: snapshot.city_facts.areas_on(level, snapshot.on) for level in LEVELS}
        chosen &= in_areas(areas, filters.areas)
    for rule_set, codes in filters.grades:
        chosen &= _graded(snapshot, rule_set, codes)
    if filters.hazard_group or filters.hazard_state:
        chosen &= _with_hazards(snapshot, filters.hazard_group, filters.hazard_state)
    if filters.unvisited_days is not None:
        chosen &= snapshot.days_since_visit >= filters.unvisited_days
    if filters.group_rental is not None:
        chosen &= columns["group_rental"] == filters.group_rental
    if filters.vacant:
        chosen &= snapshot.vacant > 0
    if filters.moved is not None:
        after = snapshot.grades[filters.moved.rule_set]
        grades = [grade.code for grade in snapshot.editions[filters.moved.rule_set].grades]
        chosen &= np.zeros(len(after), bool) if earlier is None else moved_so(earlier, after, grades, filters.moved)
    return chosen


def moved_so(before: np.ndarray, after: np.ndarray, codes: Sequence[str], moved: Moved) -> np.ndarray:
    """Which buildings moved as asked, bool (n,). before, after: int8 (n,), places in `codes`, -1 the unrated."""
    places = {code: place for place, code in enumerate(codes)} | {UNRATED: -1}
    chosen = np.ones(len(after), bool)
    if moved.direction is not None:
        chosen &= directions(before, after) == DIRECTIONS[moved.direction]
    for asked, grades in ((moved.before, before), (moved.after, after)):
        if asked is not None:
            chosen &= grades == places[asked]
    return chosen


def in_areas(columns: Mapping[str, np.ndarray], areas: tuple[int, ...]) -> np.ndarray:
    return np.logical_or.reduce([np.isin(columns[level], areas) for level in LEVELS])


def _graded(snapshot: Snapshot, rule_set: str, codes: tuple[str, ...]) -> np.ndarray:
    codes_of_edition = [grade.code for grade in snapshot.editions[rule_set].grades]
    wanted = [-1 if code == UNRATED else codes_of_edition.index(code) for code in codes]
    return np.isin(snapshot.grades[rule_set], wanted)


def _with_hazards(snapshot: Snapshot, group: str | None, state: str | None) -> np.ndarray:
    counts = snapshot.hazards[state or HAZARD_STATES[0]]
    return (counts[:, HAZARD_GROUPS.index(group)] if group else counts.sum(axis=1)) > 0
