"""A plan is kept whole or not at all, and comes back as it was; who sees which is as with everything else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.access.errors import NotAllowed
from data.access.roles import ROLES, AccessScope
from data.city import queries
from data.db.models.city import RuleEdition
from data.db.models.planning import Plan, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.errors import PlanRefused
from data.planning.stored import latest_plan, stops
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.made_plans import (
    ACTOR,
    AT,
    EDITION,
    FIGURES,
    INPUTS,
    assert_same,
    drawn,
    ids_of_buildings,
    keep,
    kept,
    made,
    read_back,
    two_areas,
)
from tests.data.planning.station import MONDAY, asked, entries, officer_id

PLANNING = ("police", "street_office", "administrator")
TABLES = (Plan, PlanOfficer, PlanStop, PlanLeftOut)


def counts(town) -> list[int]:
    with town.looked_at() as (session, _):
        return [session.scalar(select(func.count()).select_from(model)) for model in TABLES]


def street(town, role: str = "street_office", place: str = SOUTH, level: str = "street") -> AccessScope:
    return AccessScope(role, areas=(town.area(level, place),))


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), visits=st.integers(0, 30), nobody=st.booleans())
def test_every_plan_comes_back_bit_by_bit_as_it_was(station, seed, visits, nobody):
    officers = [] if nobody else [officer_id(station, code) for code in ("W-south", "P-li")]
    wei = [officer_id(station, "W-north")]
    buildings = ids_of_buildings(station)
    pinned_to = officers or wei
    areas = [
        drawn(seed, "one", pinned_to, buildings, visits),
        drawn(seed + 1, "two", wei if officers else pinned_to, buildings, 3),
    ]
    if nobody:
        areas = areas[:1]
    plan = keep(station, made(station), areas)
    again = read_back(station, plan)
    assert len(again) == len(areas)
    for before, after in zip(areas, again, strict=True):
        assert_same(before, after)


def test_what_a_plan_was_made_from_comes_back_with_it(station):
    plan = kept(station, keep(station, made(station), two_areas(station)))
    assert (plan.area, plan.first_day, plan.last_day) == (station.area("street", SOUTH), MONDAY, MONDAY + timedelta(6))
    assert (plan.seed, plan.iterations, plan.solver, plan.inputs) == (2**40 + 7, 40, "pyvrp 0.14.1", INPUTS)
    assert (plan.rule_set, plan.in_force, plan.sha256) == (EDITION.rule_set, EDITION.in_force, EDITION.sha256)
    assert plan.settings == FIGURES and plan.walking == {"move_cost": 900, "walk_factor": 1.3, "walk_kmh": 4.0}
    assert (plan.made_at, plan.made_by, plan.problems) == (AT, ACTOR.account, ("south/grid", "south/street"))
    with station.looked_at() as (session, _):
        kept_text = select(RuleEdition.text).where(RuleEdition.sha256 == EDITION.sha256)
        assert session.scalars(kept_text).one() == EDITION.text


def test_a_plan_has_an_entry_in_the_trail_that_says_where_and_how_much_and_not_who_goes_where(own_station):
    areas = two_areas(own_station)
    plan = keep(own_station, made(own_station), areas)
    action, details = entries(own_station)[-1]
    assert action == "make_plan"
    assert details == {
        "city": "lockside",
        "plan": plan,
        "area": SOUTH,
        "first_day": "2026-11-30",
        "days_planned": 7,
        "seed": 2**40 + 7,
        "planned": sum(len(one.routes) for one in areas),
        "left_out": sum(len(one.left_out.need) for one in areas),
    }


def test_a_plan_that_fails_on_the_way_leaves_nothing(own_station):
    areas = two_areas(own_station)
    needs = areas[1].problem.needs
    nowhere = replace(areas[1].problem, needs=replace(needs, building=needs.building + 987_654))
    before, said = counts(own_station), len(entries(own_station))
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        keep(own_station, made(own_station), [areas[0], replace(areas[1], problem=nowhere)])
    assert (counts(own_station), len(entries(own_station))) == (before, said)


def test_the_same_form_plans_once_and_without_a_form_each_time(own_station):
    first = keep(own_station, made(own_station), two_areas(own_station), key="a form")
    before = counts(own_station)
    assert keep(own_station, made(own_station), two_areas(own_station), key="a form") == first
    assert counts(own_station) == before
    assert keep(own_station, made(own_station), two_areas(own_station)) > first


def test_the_latest_plan_of_an_area_for_any_of_its_days_is_the_one_made_last(own_station):
    first = keep(own_station, made(own_station), two_areas(own_station))
    later = made(own_station, first_day=MONDAY + timedelta(2), days=3, replaces=first)
    second = keep(own_station, later, two_areas(own_station, 5))
    keep(own_station, made(own_station, place=NORTH), two_areas(own_station, 7))
    south = own_station.area("street", SOUTH)

    def latest(day: int, days: int = 1) -> int | None:
        plan = asked(own_station, latest_plan, AccessScope("police", areas=None), south, MONDAY + timedelta(day), days)
        return plan and plan.id

    assert [latest(day) for day in (-1, 0, 1, 2, 4, 5, 6, 7)] == [
        None,
        first,
        first,
        second,
        second,
        first,
        first,
        None,
    ]
    assert latest(-3, 7) == second
    assert kept(own_station, second).replaces == first


@pytest.mark.parametrize("role", (*ROLES, "public"))
def test_police_street_offices_and_administrators_plan_and_nobody_else(own_station, role):
    scope, before = AccessScope(role, areas=None), counts(own_station)
    if role in PLANNING:
        assert keep(own_station, made(own_station), two_areas(own_station), scope)
        return
    with pytest.raises(NotAllowed):
        keep(own_station, made(own_station), two_areas(own_station), scope)
    assert counts(own_station) == before


def test_a_street_office_plans_for_its_street_and_sees_no_plan_of_another(own_station):
    south = street(own_station)
    mine = keep(own_station, made(own_station), two_areas(own_station), south)
    theirs = keep(own_station, made(own_station, place=NORTH), two_areas(own_station))
    assert len(read_back(own_station, mine, south)) == 2
    with pytest.raises(PlanRefused, match="not yours to plan for"):
        keep(own_station, made(own_station, place=NORTH), two_areas(own_station), south)
    for question in (lambda: kept(own_station, theirs, south), lambda: read_back(own_station, theirs, south)):
        with pytest.raises(PlanRefused, match="not yours to see"):
            question()
    with pytest.raises(PlanRefused, match="not yours to see"):
        keep(own_station, made(own_station, replaces=theirs), two_areas(own_station), south)


def test_of_a_plan_of_the_whole_town_a_street_sees_the_stops_at_its_own_buildings_alone(own_station):
    town = keep(own_station, made(own_station, "district", "town"), two_areas(own_station, visits=40))
    everybody = asked(own_station, stops, AccessScope("police", areas=None), kept(own_station, town))
    south = street(own_station, "grid_officer", level="grid")
    own = asked(own_station, stops, south, kept(own_station, town, south))
    mine = set(asked(own_station, queries.building_ids, south).tolist())
    assert 0 < len(own) < len(everybody)
    assert set(own["building_id"]) == set(everybody["building_id"]) & mine
    assert set(own["officer"].dropna()) == {"W-south"} and set(everybody["officer"]) == {"W-south", "P-li", "P-chen"}
    with pytest.raises(PlanRefused):
        read_back(own_station, town, south)


@pytest.mark.parametrize("role", ["department", "operator", "public"])
def test_whoever_may_not_look_at_plans_sees_none(station, role):
    plan = keep(station, made(station), two_areas(station))
    with pytest.raises(PlanRefused):
        kept(station, plan, AccessScope(role, areas=None))
    assert len(asked(station, stops, AccessScope(role, areas=None), kept(station, plan))) == 0


def test_a_plan_that_forgets_a_visit_or_tells_of_one_twice_is_refused(station):
    area = two_areas(station)[0]
    routes, left_out = area.routes, area.left_out
    assert len(left_out.need) and len(routes)
    forgetful = replace(left_out, need=left_out.need[1:], reason=left_out.reason[1:], takes=left_out.takes[1:])
    for wrong, words in (
        ({"left_out": forgetful}, "who comes or why nobody does"),
        ({"routes": replace(routes, need=routes.need * 0 + left_out.need[0])}, "who comes or why nobody does"),
        ({"why": ()}, "do not fit"),
        ({"walked_s": area.walked_s + 1}, "do not add up"),
    ):
        with pytest.raises(PlanRefused, match=words):
            replace(area, **wrong)


def test_areas_of_one_plan_have_one_pace_and_codes_of_their_own(station):
    one, other = two_areas(station)
    for wrong in (replace(other.problem, walk_kmh=5.0), replace(other.problem, code=one.problem.code)):
        with pytest.raises(PlanRefused, match="same roles and pace"):
            keep(station, made(station), [one, replace(other, problem=wrong)])
