"""Who is at work: by week, days off, leave and end, and only where one may look."""

from datetime import date, timedelta

import numpy as np
import pytest

from data.access.roles import PERMISSIONS, ROLES, SYSTEM, AccessScope
from data.db.models.city import City
from data.planning.officers import ROLES as RULE_ROLES
from data.planning.officers import leave, officers
from data.planning.staffing import LeaveTaken, LeaveWithdrawn
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.station import MONDAY, WEEK, asked, at_work, crew, officer_id, say

LOOKING = ("leader", "police", "grid_officer", "street_office", "administrator")
SATURDAY = np.datetime64(MONDAY) + 5


def test_everybody_comes_on_the_working_days_of_their_week_until_they_end(station):
    assert at_work(station) == {"W-south": "12345", "W-north": "23456", "P-li": "12345", "P-chen": "12345"}


def test_officer_days_stand_in_order_of_day_then_officer_with_hours_minutes_and_rule_role(station):
    days = crew(station).crew
    assert np.array_equal(np.lexsort((days.officer, days.day)), np.arange(len(days)))
    chen = days.officer == officer_id(station, "P-chen")
    assert set(days.starts[chen].tolist()) == {780} and set(days.minutes[chen].tolist()) == {240}
    assert {RULE_ROLES[role] for role in days.role[chen]} == {"assistant"}
    assert {RULE_ROLES[role] for role in days.role[~chen]} == {"officer"}
    kinds = [getattr(days, name).dtype.str[1:] for name in ("officer", "day", "minutes", "starts", "role", "post")]
    assert kinds == ["i8", "M8[D]", "i4", "i4", "i1", "f8"]


def test_a_day_begins_in_the_middle_of_the_officers_own_area(station):
    days = crew(station)
    assert set(days.area.tolist()) == {
        station.area("grid", SOUTH),
        station.area("grid", NORTH),
        station.area("street", SOUTH),
    }
    assert np.allclose(days.crew.post, [113.915, 22.56])


def test_on_a_public_holiday_nobody_comes_and_on_a_saturday_worked_for_it_everybody(station):
    worked = np.append(WEEK[:-1], SATURDAY)
    assert at_work(station, working_days=worked) == {
        "W-south": "12346",
        "W-north": "2346",
        "P-li": "12346",
        "P-chen": "12346",
    }


def test_of_an_area_come_its_own_officers_and_those_of_areas_in_it(station):
    assert set(at_work(station, SYSTEM, "street", SOUTH)) == {"W-south", "P-li", "P-chen"}
    assert set(at_work(station, SYSTEM, "grid", SOUTH)) == {"W-south"}
    assert at_work(station, SYSTEM, "grid", "east") == {}


def test_an_area_without_officers_has_empty_columns_of_the_same_types(station):
    empty, full = crew(station, SYSTEM, "grid", "east").crew, crew(station).crew
    assert len(empty) == 0 and empty.post.shape == (0, 2)
    assert all(getattr(empty, name).dtype == getattr(full, name).dtype for name in vars(full))


def test_leave_keeps_an_officer_away_on_its_days_and_a_correction_and_a_withdrawal_count(own_station):
    wei = officer_id(own_station, "W-south")
    first = say(own_station, LeaveTaken(wei, MONDAY, MONDAY + timedelta(2)))
    assert at_work(own_station)["W-south"] == "45"
    second = say(own_station, LeaveTaken(wei, MONDAY, MONDAY, corrects=first.id))
    assert at_work(own_station)["W-south"] == "2345"
    say(own_station, LeaveWithdrawn(second.id))
    assert at_work(own_station)["W-south"] == "12345"
    assert len(asked(own_station, leave, SYSTEM, date.min, date.max)) == 0


@pytest.mark.parametrize("role", ROLES)
def test_roles_that_look_at_plans_see_the_officers_of_their_areas_and_the_others_none(station, role):
    street = AccessScope(role, areas=(station.area("street", SOUTH),))
    everywhere = AccessScope(role, areas=None, hazard_groups=("fire",) if role == "department" else None)
    seen = [len(asked(station, officers, scope)) for scope in (street, everywhere)]
    assert seen == ([4, 5] if role in LOOKING else [0, 0])
    assert (role in LOOKING) == ("plan_view" in PERMISSIONS[role])


def test_a_grid_officer_sees_those_of_the_grid_alone(station):
    grid = AccessScope("grid_officer", areas=(station.area("grid", SOUTH),))
    assert asked(station, officers, grid)["code"].tolist() == ["W-south"]
    assert set(at_work(station, grid)) == {"W-south"}


def test_whoever_sees_another_city_whole_sees_no_officer_of_this_one(station):
    with station.looked_at() as (session, city):
        (other,) = session.query(City.id).where(City.id != city.id).one()
    assert len(asked(station, officers, AccessScope("police", cities=(other,)))) == 0
