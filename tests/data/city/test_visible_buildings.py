"""The mask of a scope says what the queries say, for everyone who may ask."""

from dataclasses import replace

import numpy as np
import pytest

from data.access.roles import PUBLIC, ROLES, SYSTEM, AccessScope
from data.city import queries
from data.city.city_facts import CityFacts
from data.city.visible_buildings import areas_of, visible_buildings
from data.db.models.city import HAZARD_GROUPS
from tests.data.lockside import MILL_YARD, NORTH, ON, SOUTH, Loop, Records
from tests.data.town_hall import Town

EVERYBODY = (*ROLES, "everything", "public")


def scopes(town: Town, city_id: int) -> list[AccessScope]:
    """Every role with every kind of area, and departments of every group."""
    grids = tuple(town.area("grid", name) for name in (NORTH, SOUTH))
    kinds = {"areas": None}, {"areas": ()}, {"areas": (-1,)}, {"areas": grids[:1]}, {"areas": grids}
    kinds = (*kinds, {"areas": (town.area("street", SOUTH),)}, {"cities": (city_id,)}, {"cities": (city_id + 1,)})
    plain = [AccessScope(role, **kind) for role in EVERYBODY for kind in kinds]
    groups = [(group,) for group in HAZARD_GROUPS] + [(), ("fire", "hygiene")]
    return plain + [replace(one, hazard_groups=its) for one in plain if one.role == "department" for its in groups]


def ids(city_facts: CityFacts, mask: np.ndarray | None) -> list[int]:
    return sorted(city_facts.buildings["id"][slice(None) if mask is None else mask].tolist())


def test_every_scope_sees_in_memory_what_it_sees_in_the_tables(lockside):
    city_facts = lockside.city_facts()
    seen = set()
    with lockside.looked_at() as (session, city):
        for scope in scopes(lockside, city.id):
            mask = visible_buildings(scope, city.id, city_facts)
            assert ids(city_facts, mask) == queries.building_ids(session, scope, city).tolist(), scope
            if mask is not None:
                visible = set(areas_of(city_facts, mask).tolist())
                told = set(queries.areas(session, scope, city)["id"]) if mask.any() else set()
                assert visible == told, scope
            seen.add(tuple(ids(city_facts, mask)))
    assert len(seen) > 8


@pytest.mark.parametrize("scope", [SYSTEM, AccessScope("leader", areas=None)])
def test_who_sees_all_needs_no_mask(lockside, scope):
    assert visible_buildings(scope, 1, lockside.city_facts()) is None


def test_the_public_sees_no_building(lockside):
    assert not visible_buildings(PUBLIC, 1, lockside.city_facts()).any()


def test_a_hazard_found_after_the_store_was_made_opens_the_house_to_its_department(own_lockside):
    scope = AccessScope("department", areas=None, hazard_groups=("counter_terrorism",))
    with own_lockside.looked_at() as (_, city):
        city_id = city.id
    own_lockside.city_facts()
    own_lockside.learn(MILL_YARD, Records(loops=(Loop("counter_terrorism", "low", None, (("found", ON),)),)))
    now = own_lockside.city_facts()
    assert now.recent is not None
    row = own_lockside.rows()[MILL_YARD.name]
    assert visible_buildings(scope, city_id, now)[row]
    assert not visible_buildings(scope, city_id, now.as_stored())[row]
