"""The quarter of an area from its facts and officers: whose buildings, whose minutes, and what a scenario changes."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.access.roles import SYSTEM
from data.city import queries
from data.db.engine import reading
from data.planning.outlook import (
    MINUTES_OF_NOBODY,
    QUARTER_WEEKS,
    Foreseen,
    OutlookAsked,
    Scenario,
    StaffedOutlook,
    areas_helped_most,
    foreseen_quarter,
    with_officers,
)
from scoring.planning.forecast import Outlook
from tests.data.lockside import NORTH, ON, SOUTH
from tests.data.planning.station import MONDAY
from tests.data.town_hall import CITY, Town

DISTRICT = ("district", "town")
AS_IT_IS = Scenario()
BRINGS = np.array([[3, 1], [0, 0], [9, 2], [4, 4]])


def foretold(town: Town, place=DISTRICT, staff: str = "grid_officer", scenario: Scenario = AS_IT_IS) -> Foreseen:
    asked = OutlookAsked(town.area(*place), MONDAY, staff)
    snapshot = town.snapshot(ON)
    with reading(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        return foreseen_quarter(session, city, snapshot, "qishuyan", asked, scenario, lambda *_: None)


def of_unit(told: Foreseen, town: Town, level: str, place: str) -> float:
    return float(told.at_work[told.unit == town.area(level, place)][0])


def staffed(officers: list[float], minutes: list[float]) -> StaffedOutlook:
    """Two buildings in each area, one of them late on the first day and one never visited."""
    n = 2 * len(officers)
    last = np.where(np.arange(n) % 2 == 0, np.datetime64(MONDAY) - 40, np.datetime64("NaT"))
    outlook = Outlook(
        first=MONDAY,
        area=np.repeat(np.arange(len(officers)), 2),
        grade=np.zeros(n, np.int8),
        last=last,
        minutes=np.full(n, 30.0),
        weight=np.ones(n),
        interval=np.array([30, 30], "timedelta64[D]"),
        officer_minutes=np.array(minutes),
    )
    return StaffedOutlook(outlook, np.arange(len(officers)) + 1, np.array(officers))


def test_each_grid_has_its_own_officer_on_their_own_days(station):
    told = foretold(station)
    assert of_unit(told, station, "grid", SOUTH) == 1
    assert of_unit(told, station, "grid", NORTH) == pytest.approx(61 / 60)  # Tuesdays to Saturdays, of 60 working days
    assert told.minutes_each == pytest.approx(120)


def test_police_of_a_street_have_all_of_it_and_who_has_gone_is_not_counted(station):
    told = foretold(station, ("street", SOUTH), "police")
    assert (told.officers, told.minutes_each) == (1, 360)


def test_every_building_of_the_area_that_stands_is_visited_once_there_is_time(station):
    told = foretold(station, scenario=Scenario(minutes_a_day=480))
    assert told.late[:, -1].sum() == 0
    assert told.gone_in == 0
    assert told.visits[:2].sum() > 0


def test_a_street_is_a_part_of_its_district(station):
    south, whole = foretold(station, ("street", SOUTH)), foretold(station)
    assert 0 < south.visits.sum() < whole.visits.sum()
    assert set(south.unit) < set(whole.unit) | {station.area("street", SOUTH)}


def test_minutes_asked_for_take_the_place_of_everybodys_own(station):
    told = foretold(station, scenario=Scenario(minutes_a_day=200))
    assert told.minutes_each == pytest.approx(200)
    assert told.given.sum() == pytest.approx(foretold(station).given.sum() * 200 / 120)


def test_published_intervals_change_how_often_somebody_comes(station):
    own, published = (foretold(station, scenario=Scenario(480, instead)) for instead in (None, "longgang"))
    assert own.visits.sum() != published.visits.sum()


def test_officers_more_are_put_into_the_areas_they_were_asked_for(station):
    told = foretold(station, scenario=Scenario(minutes_a_day=30, officers=1))
    before = foretold(station, scenario=Scenario(minutes_a_day=30))
    assert len(told.added) == 1
    assert told.officers == pytest.approx(before.officers + 1)
    assert told.late.sum() == before.late.sum() - before.brings.sum(axis=1).max()


def test_weeks_hold_no_more_minutes_than_there_are(station):
    told = foretold(station, scenario=Scenario(minutes_a_day=30))
    assert told.visits.shape == told.minutes.shape == told.given.shape == (QUARTER_WEEKS,)
    assert (told.minutes <= told.given + 1).all()


def test_the_next_officers_go_where_each_brings_most_and_nowhere_where_they_bring_nothing():
    assert areas_helped_most(BRINGS, 2).tolist() == [2, 3]
    assert areas_helped_most(BRINGS, 9).tolist() == [2, 3, 0]
    assert areas_helped_most(BRINGS, 0).tolist() == []


def test_an_officer_more_has_the_minutes_of_the_others_in_the_mean():
    more = with_officers(staffed([1, 2, 0], [100, 260, 0]), np.array([2]))
    assert more.officers.tolist() == [1, 2, 1]
    assert more.outlook.officer_minutes.tolist() == [100, 260, 120]


def test_where_there_is_no_officer_at_all_the_next_one_has_the_usual_minutes():
    assert staffed([0, 0], [0, 0]).minutes_each == MINUTES_OF_NOBODY


def test_what_was_never_visited_is_due_on_the_first_day_and_not_overdue_before_it():
    seen = staffed([1, 1, 1], [60, 60, 60])
    assert seen.overdue == 3
    later = replace(seen, outlook=replace(seen.outlook, first=date(2026, 11, 20)))
    assert later.overdue == 0
