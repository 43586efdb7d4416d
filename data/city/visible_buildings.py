"""An access scope as a mask over the buildings of a city: the one place where what is shared is cut for a person."""

import numpy as np

from data.access.roles import AccessScope
from data.city.city_facts import CityFacts
from data.city.dated_facts import DatedFacts
from data.db.models.city import HAZARD_GROUPS, LEVELS


def visible_buildings(scope: AccessScope, city_id: int, city_facts: CityFacts) -> np.ndarray | None:
    """Which buildings the scope may see, bool (n,); None for all of them. Equals data.city.queries.visible_to."""
    if scope.sees_all_of(city_id):
        return None
    if not scope.can("buildings"):
        return np.zeros(city_facts.size, bool)
    visible = _in_its_areas(scope, city_id, city_facts)
    if scope.hazard_groups is not None:
        visible &= _with_hazards_of(scope.hazard_groups, city_facts)
    if scope.public_homes_only:
        visible &= city_facts.buildings["public_homes"]
    return visible


def areas_of(city_facts: CityFacts, seen: np.ndarray) -> np.ndarray:
    """The areas that hold a seen building, or held it until they ended, ids of every level, rising."""
    levels = [np.unique(city_facts.buildings[level][seen]) for level in LEVELS]
    former = city_facts.former_areas
    return np.setdiff1d(np.concatenate([*levels, former["area"][seen[former["building"]]]]), [-1])


def _in_its_areas(scope: AccessScope, city_id: int, city_facts: CityFacts) -> np.ndarray:
    if scope.areas is None or city_id in scope.cities:
        return np.ones(city_facts.size, bool)
    areas = [area for area in scope.areas if area >= 0]  # -1 stands for a building without an area
    return np.logical_or.reduce([np.isin(city_facts.buildings[level], areas) for level in LEVELS])


def _with_hazards_of(groups: tuple[str, ...], city_facts: CityFacts) -> np.ndarray:
    """The buildings at which a hazard of one of the groups was ever found."""
    wanted = [HAZARD_GROUPS.index(group) for group in groups]
    mask = _hazardous(city_facts.stored, wanted)
    if city_facts.recent is not None:
        mask[city_facts.recent.rows] = _hazardous(city_facts.recent.facts, wanted)
    return mask


def _hazardous(facts: DatedFacts, groups: list[int]) -> np.ndarray:
    periods = facts.fact_log.open_periods
    mask = np.zeros(facts.fact_log.buildings, bool)
    mask[periods.building[np.isin(periods.group, groups)]] = True
    return mask
