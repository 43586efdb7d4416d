"""A city on a day: every building's grades, hazards, vacancies and last visit, in rows of its fact store."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from data.access.fact_rights import scores_withheld_facts
from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.dated_facts import DatedFacts
from data.city.rulebooks import editions_in_force
from data.city.seen_facts import fact_log_seen_by
from data.db.models.city import HAZARD_GROUPS
from geo.point_index import PointIndex
from scoring.grading.facts import FactLog, compute_facts
from scoring.grading.rating import UNRATED, rate
from scoring.rulebook.editions import Edition, Rulebook

NEVER = np.iinfo(np.int32).max  # days since the last visit of a building never visited: above any limit
HAZARD_STATES = ("open", "overdue", "ever")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Columns of equal length n, one row a building.

    grades: rule set → int8 index into the edition's grades, -1 unrated. scores: rule set → float64, NaN unrated.
    hazards: state → uint16 (n, groups). days_since_visit: int32, NEVER for none. vacant: int32 homes.
    """

    city_facts: CityFacts
    on: date
    editions: Mapping[str, Edition]
    grades: Mapping[str, np.ndarray]
    scores: Mapping[str, np.ndarray]
    hazards: Mapping[str, np.ndarray]
    days_since_visit: np.ndarray
    vacant: np.ndarray

    @property
    def size(self) -> int:
        return self.city_facts.size

    @cached_property
    def places(self) -> PointIndex:
        return placed_buildings(self.city_facts)


def placed_buildings(city_facts: CityFacts) -> PointIndex:
    """The buildings that can be drawn: the first rows."""
    columns, placed = city_facts.buildings, city_facts.n_on_map
    return PointIndex(x=columns["x"][:placed], y=columns["y"][:placed], key=columns["key"][:placed])


def snapshot_on(city_facts: CityFacts, rules: Rulebook, rule_sets: tuple[str, ...], on: date) -> Snapshot:
    """Rates every building on `on` under each rule set's edition in force; those that had not begun are left out."""
    editions = editions_in_force(rules, rule_sets, on)
    as_stored = city_facts.as_stored()
    stored = Snapshot(as_stored, on, editions, **_columns(as_stored.stored, as_stored.fact_log, editions, on))
    return brought_up_to_date(stored, city_facts)


def brought_up_to_date(stored: Snapshot, city_facts: CityFacts) -> Snapshot:
    """The snapshot with the buildings rated anew that were written about since. stored: of what is stored alone."""
    recent = city_facts.recent
    if recent is None:
        return stored
    known = city_facts.with_fields(recent.facts.fact_log, recent.rows)
    newer = _columns(recent.facts, known, stored.editions, stored.on)
    columns = {name: _laid_over(getattr(stored, name), recent.rows, values) for name, values in newer.items()}
    return replace(stored, city_facts=city_facts, **columns)


def _columns(facts: DatedFacts, known: FactLog, editions: Mapping[str, Edition], on: date) -> dict[str, Any]:
    """What a snapshot holds of each building, by name."""
    ratings = {name: rate(compute_facts(known, edition, on), edition) for name, edition in editions.items()}
    return {
        "grades": {name: rating.grade for name, rating in ratings.items()},
        "scores": {name: rating.score for name, rating in ratings.items()},
        "hazards": {state: hazards_by_group(facts, state, on) for state in HAZARD_STATES},
        "days_since_visit": days_since_visit(facts, on),
        "vacant": vacant_homes(facts, on),
    }


def _laid_over(values: Any, rows: np.ndarray, newer: Any) -> Any:
    """A column, or a mapping of columns, with other values in some rows."""
    if isinstance(values, Mapping):
        return {name: _laid_over(column, rows, newer[name]) for name, column in values.items()}
    changed = values.copy()
    changed[rows] = newer
    return changed


def seen_by(scope: AccessScope, snapshot: Snapshot) -> Snapshot:
    """The same without the hazards and homes outside the scope."""
    groups = HAZARD_GROUPS if scope.hazard_groups is None else scope.hazard_groups
    visible = np.array([scope.can("hazards") and group in groups for group in HAZARD_GROUPS])
    return replace(
        snapshot,
        hazards={state: counts * visible.astype(counts.dtype) for state, counts in snapshot.hazards.items()},
        vacant=snapshot.vacant if scope.can("homes") else np.zeros_like(snapshot.vacant),
    )


def scores_seen_by(scope: AccessScope, day: Snapshot) -> Mapping[str, np.ndarray]:
    """The scores by the facts the scope may see: from the exact ones what is withheld could be reckoned back."""
    return {name: _scores_seen_by(scope, day, name) for name in day.editions}


def _scores_seen_by(scope: AccessScope, day: Snapshot, rule_set: str) -> np.ndarray:
    edition = day.editions[rule_set]
    if not scores_withheld_facts(scope, edition):
        return day.scores[rule_set]
    facts = compute_facts(fact_log_seen_by(scope, day.city_facts.fact_log), edition, day.on)
    return np.where(day.grades[rule_set] == UNRATED, np.nan, rate(facts, edition).score)


def hazards_by_group(facts: DatedFacts, state: str, on: date) -> np.ndarray:
    """Hazards per building and group, uint16 (n, groups): open, overdue, or ever found up to `on`."""
    open_periods, day = facts.fact_log.open_periods, np.datetime64(on, "D")
    chosen = open_periods.opened <= day
    if state != "ever":
        chosen &= ~(open_periods.closed <= day)
    if state == "overdue":
        chosen &= open_periods.due < day
    groups = len(HAZARD_GROUPS)
    cell = open_periods.building[chosen].astype(np.int64) * groups + open_periods.group[chosen]
    return np.bincount(cell, minlength=facts.fact_log.buildings * groups).reshape(-1, groups).astype(np.uint16)


def days_since_visit(facts: DatedFacts, on: date) -> np.ndarray:
    building, day = facts.visits["building"], facts.visits["day"]
    so_far = np.flatnonzero(day <= np.datetime64(on, "D"))
    since = np.full(facts.fact_log.buildings, NEVER, dtype=np.int32)
    since[building[so_far]] = (np.datetime64(on, "D") - day[so_far]).astype(np.int32)  # by day: the latest is kept
    return since


def vacant_homes(facts: DatedFacts, on: date) -> np.ndarray:
    changes = facts.vacancies
    so_far = changes["day"] <= np.datetime64(on, "D")
    weights = changes["change"][so_far].astype(np.float64)
    return np.bincount(changes["building"][so_far], weights, minlength=facts.fact_log.buildings).astype(np.int32)


def month_ends(on: date, months: int) -> list[date]:
    """`on` and the last days of the months before it, oldest first."""
    days = [on]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]
