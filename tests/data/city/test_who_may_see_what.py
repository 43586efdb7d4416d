"""What may reach whom: hazards of other groups, homes, and what the police alone may know, in every form of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import PERMISSIONS, SYSTEM, AccessScope
from data.city import building_report, queries
from data.city.building_report import BuildingReport
from data.city.snapshots import seen_by
from data.db.models.city import HAZARD_GROUPS, Hazard
from scoring.grading.advice import Advice, Window
from scoring.grading.reasons import Reason
from scoring.rulebook.editions import Rulebook, edition_from, edition_on
from scoring.rulebook.model import Cap, Edition, FactColumn, Text
from tests.data.lockside import ON
from tests.data.town_hall import Town

FIRE = AccessScope("department", areas=None, hazard_groups=("fire",))
LEADER, POLICE, OPERATOR = (AccessScope(role, areas=None) for role in ("leader", "police", "operator"))
A_CAP = """[[cap]]
grade = "green"
fact = "listed_persons"
at_least = 1
quote = "a cap of these tests"

"""
WITHOUT_IT = edition_on("qishuyan_as_published", ON)
TENANTS_COUNT = edition_from(WITHOUT_IT.text.replace("[[cap]]", f"{A_CAP}[[cap]]", 1), WITHOUT_IT.rule_set, ON)


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


# what the police alone may know


@pytest.fixture
def advised(lockside, monkeypatch) -> Callable[[AccessScope, Advice], Advice]:
    """What a viewer's card of Mill Yard makes of advice, under rules with a cap for what is known of tenants."""
    monkeypatch.setattr(building_report, "rulebook", lambda session, city: Rulebook((TENANTS_COUNT,)))

    def advice(scope: AccessScope, given: Advice) -> Advice:
        def in_place_of_it(_: object, edition: Edition, on: date) -> Advice:
            return given if edition == TENANTS_COUNT else Advice(on, None)

        with monkeypatch.context() as patch:
            patch.setattr(building_report, "advice_for", in_place_of_it)
            return card(lockside, "mill-yard", scope).advice[TENANTS_COUNT.rule_set]

    return advice


def caps_for(fact: str) -> tuple[Cap, ...]:
    return tuple(
        cap for cap in TENANTS_COUNT.caps if any(need.fact == fact for one in cap.conditions for need in one.needs)
    )


def test_a_cap_for_what_is_known_of_the_tenants_is_told_to_the_police_alone(advised):
    tenants, partly = caps_for("listed_persons"), caps_for("mixed_occupants")
    hazards = caps_for("open_public_order_hazards")
    assert all((tenants, partly, hazards))
    given = Advice(ON, "green", blocking_caps=tenants + partly + hazards)
    assert advised(POLICE, given).blocking_caps == tenants + partly + hazards
    assert advised(LEADER, given).blocking_caps == hazards
    assert advised(FIRE, given).blocking_caps == hazards


def test_what_is_missing_of_the_tenants_is_told_to_the_police_alone(advised):
    given = Advice(ON, None, missing=(FactColumn("listed_persons"), FactColumn("clean")))
    assert advised(POLICE, given) == given
    assert advised(LEADER, given).missing == (FactColumn("clean"),)


@pytest.mark.parametrize(
    ("fact", "open_to"),
    [
        ("criminal_cases", [POLICE]),
        ("listed_persons", [POLICE]),
        ("open_public_order_hazards", [POLICE, LEADER]),
        ("clean", [POLICE, LEADER, FIRE]),
    ],
)
def test_a_day_is_told_to_those_who_may_see_what_happened_on_it(advised, fact, open_to):
    given = Advice(ON, "green", windows=(Window(FactColumn(fact), ON, ON, 0.0, (), ()),))
    assert [scope for scope in (POLICE, LEADER, FIRE) if advised(scope, given).windows] == open_to


def test_reasons_about_tenants_are_told_to_the_police_alone(lockside, monkeypatch):
    told = (Reason("cap", Text("租客", "tenants"), police_only=True), Reason("cap", Text("门", "doors")))
    monkeypatch.setattr(building_report.Rating, "reasons", lambda rating, row: told)
    for scope, expected in ((POLICE, told), (LEADER, told[1:]), (FIRE, told[1:])):
        assert set(card(lockside, "mill-yard", scope).reasons.values()) == {expected}
