"""The tables of a plan with what was said against it: moved, marked, and nothing else changed."""

from functools import partial

import pytest

from data.access.roles import SYSTEM, AccessScope
from data.planning.offers import offers
from data.planning.overrides import Override, override_plan
from data.planning.shown import officer_days, visits_left_out
from data.planning.standing_shown import PlanTables, as_it_stands
from data.planning.stored import stops
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.made_plans import AT, keep, kept, made, two_areas
from tests.data.planning.station import ACTOR, MONDAY, asked
from tests.data.town_hall import CITY

WHY = "The keeper is away until Wednesday."


@pytest.fixture
def planned(own_station):
    return own_station, keep(own_station, made(own_station, "district", "town"), two_areas(own_station, visits=40))


def as_made(town, plan: int, scope: AccessScope = SYSTEM) -> PlanTables:
    found = [asked(town, part, scope, kept(town, plan)) for part in (stops, officer_days, visits_left_out)]
    visits, days, left = found
    return PlanTables(visits.assign(moved=False), days, left, visits.head(0))


def now(town, plan: int, scope: AccessScope = SYSTEM) -> PlanTables:
    return asked(town, partial(as_it_stands, tables=as_made(town, plan, scope)), scope, kept(town, plan))


def said(town, plan: int, building: int, officer: int, day) -> None:
    override = Override(plan, int(building), int(officer), day, WHY)
    override_plan(town.engine, SYSTEM, ACTOR, CITY, override, at=AT, key=f"{building}-{officer}-{day}")


def days_of(tables: PlanTables) -> list[tuple]:
    return sorted(zip(tables.stops["building_id"], tables.stops["officer_id"], tables.stops["day"], strict=True))


def elsewhere(tables: PlanTables, stop):
    """An officer-day that the stop does not stand on."""
    days = tables.days
    return days[(days["officer_id"] != stop.officer_id) & (days["day"] != stop.day)].iloc[0]


def test_without_a_word_the_tables_are_those_of_the_plan_as_it_was_made(planned):
    tables = now(*planned)
    assert tables.stops.equals(as_made(*planned).stops) and tables.moved.empty


def test_a_visit_that_is_moved_stands_on_its_new_day_and_every_other_where_it_stood(planned):
    before = as_made(*planned)
    first = before.stops.iloc[0]
    other = elsewhere(before, first)
    said(*planned, first.building_id, other.officer_id, other.day)
    after = now(*planned)
    gone = set(days_of(before)) - set(days_of(after))
    assert gone == {(first.building_id, first.officer_id, first.day)}
    moved = after.stops[after.stops["moved"]].iloc[0]
    assert (moved.officer, moved.day) == (other.officer, other.day) and len(after.stops) == len(before.stops)
    assert all(len(set(one["place"])) == len(one) for _, one in after.stops.groupby(["officer_id", "day"]))
    told = after.moved.iloc[0]
    assert (told.officer_id_before, told.day_before, told.reason) == (first.officer_id, first.day, WHY)


def test_a_visit_that_was_left_out_and_is_now_made_is_not_left_out_any_more(planned):
    town, _ = planned
    planned = town, keep(town, made(town, "district", "town", seed=3), two_areas(town, seed=3, visits=4))
    before = as_made(*planned)
    planned_too = before.stops["building_id"]
    left = before.left_out[~before.left_out["building_id"].isin(planned_too)].iloc[0]
    day = before.days.iloc[0]
    said(*planned, left.building_id, day.officer_id, day.day)
    after = now(*planned)
    assert len(after.stops) == len(before.stops) + 1 and len(after.left_out) == len(before.left_out) - 1
    assert after.stops.loc[after.stops["moved"], "id"].tolist() == [-1]


def test_an_office_sees_of_the_words_what_it_sees_of_the_plan(planned):
    town, plan = planned
    scope = AccessScope("police", areas=(town.area("street", SOUTH),))
    before = as_made(town, plan, scope)
    first = before.stops.iloc[0]
    other = elsewhere(before, first)
    said(town, plan, first.building_id, other.officer_id, other.day)
    assert now(town, plan, scope).stops["moved"].sum() == 1
    north = AccessScope("police", areas=(town.area("street", NORTH),))
    assert now(town, plan, north).moved.empty and not now(town, plan, north).stops["moved"].any()


def test_no_officer_is_offered_whom_the_planner_does_not_see(planned):
    town, plan = planned
    scope = AccessScope("police", areas=(town.area("street", NORTH),))
    building = int(as_made(town, plan).stops["building_id"].iloc[0])
    nothing = asked(town, offers, scope, kept(town, plan), building, MONDAY)
    assert nothing.moves.empty and not nothing.against
