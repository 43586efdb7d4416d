"""What may reach whom: hazards of other groups and homes, in every form of them."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import PERMISSIONS, SYSTEM, AccessScope
from data.city import building_report, queries
from data.city.building_report import BuildingReport
from data.city.snapshots import seen_by
from data.db.models.city import HAZARD_GROUPS, Hazard
from tests.data.lockside import ON
from tests.data.town_hall import Town

FIRE = AccessScope("department", areas=None, hazard_groups=("fire",))
LEADER, OPERATOR = (AccessScope(role, areas=None) for role in ("leader", "operator"))


def card(town: Town, code: str, scope: AccessScope) -> BuildingReport:
    known = town.city_facts()
    with town.looked_at() as (session, city):
        found = building_report.building_report(session, scope, city, known, code, ON)
    assert found is not None
    return found


def test_a_department_hears_of_the_steps_of_its_own_hazards_only(lockside):
    with lockside.looked_at() as (session, city):
        group = dict(session.execute(select(Hazard.id, Hazard.group)).all())
        told = queries.hazard_steps(session, FIRE, city, ON)["hazard_id"]
        every = queries.hazard_steps(session, SYSTEM, city, ON)["hazard_id"]
    assert {group[hazard] for hazard in told} == {"fire"}
    assert told.tolist() == [hazard for hazard in every if group[hazard] == "fire"]
    assert len(told) < len(every)


def test_a_card_tells_a_department_of_its_own_hazards_only(lockside):
    everything, told = (card(lockside, "mill-yard", scope).history for scope in (SYSTEM, FIRE))
    of_hazards = everything[everything["what"].isin(HAZARD_GROUPS)]
    assert set(of_hazards["what"]) == {"fire", "hygiene"}
    assert set(told["what"]) & set(HAZARD_GROUPS) == {"fire"}
    assert len(told) == len(everything) - (everything["what"] == "hygiene").sum()


@pytest.mark.parametrize("groups", [("fire",), ("hygiene", "public_order")])
def test_a_departments_day_counts_its_own_hazards_and_no_homes(lockside, groups):
    whole = lockside.snapshot()
    day = seen_by(AccessScope("department", areas=None, hazard_groups=groups), whole)
    mine = np.isin(HAZARD_GROUPS, groups)
    for state, counts in whole.hazards.items():
        assert counts[:, ~mine].any(), "There is nothing to hide."
        np.testing.assert_array_equal(day.hazards[state][:, mine], counts[:, mine])
        assert not day.hazards[state][:, ~mine].any()
        assert day.hazards[state].dtype == counts.dtype
    assert whole.vacant.any()
    assert not day.vacant.any()


def test_who_has_no_right_to_hazards_is_shown_none_and_who_has_is_shown_all(lockside):
    whole = lockside.snapshot()
    stranger, leader = seen_by(AccessScope("public", areas=None), whole), seen_by(LEADER, whole)
    for state, counts in whole.hazards.items():
        assert not stranger.hazards[state].any()
        np.testing.assert_array_equal(leader.hazards[state], counts)
    assert not stranger.vacant.any()
    np.testing.assert_array_equal(leader.vacant, whole.vacant)


@pytest.mark.parametrize("role", PERMISSIONS)
def test_the_whole_day_is_for_those_who_see_every_kind(lockside, role):
    scope, whole = AccessScope(role, areas=None), lockside.snapshot()
    hidden = seen_by(scope, whole)
    same = all((hidden.hazards[state] == counts).all() for state, counts in whole.hazards.items())
    assert scope.sees_every_kind == (same and bool((hidden.vacant == whole.vacant).all()))
    assert not replace(scope, hazard_groups=("fire",)).sees_every_kind


def test_only_what_is_hidden_makes_a_viewer_narrow():
    assert FIRE.is_row_filtered
    assert OPERATOR.is_row_filtered
    assert OPERATOR.public_homes_only
    assert not LEADER.is_row_filtered
    assert not AccessScope("police", areas=(1,)).is_row_filtered
    assert not FIRE.public_homes_only


def test_a_whole_city_is_seen_by_nobody_who_is_narrow_or_has_no_right():
    assert LEADER.sees_all_of(1)
    assert not FIRE.sees_all_of(1)
    assert not OPERATOR.sees_all_of(1)
    assert not AccessScope("public", areas=None).sees_all_of(1)
    assert not AccessScope("leader", areas=(1,)).sees_all_of(1)
    assert not AccessScope("leader", cities=(2,)).sees_all_of(1)
    assert AccessScope("leader", cities=(1, 2)).sees_all_of(1)


def test_viewers_who_differ_in_anything_are_kept_apart():
    viewers = [
        AccessScope(role, areas, cities, groups)
        for role in ("leader", "department")
        for areas in (None, (), (1,), (1, 2))
        for cities in ((), (1,))
        for groups in (None, ("fire",), ("fire", "hygiene"))
    ]
    assert len({scope.cache_key for scope in viewers}) == len(viewers)
    assert viewers[0].cache_key == replace(viewers[0]).cache_key
