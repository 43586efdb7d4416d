"""What may be told of a plan in advance: the announced visits at one's own buildings."""

from datetime import timedelta

from data.access.roles import AccessScope
from data.city import queries
from data.planning.shown import UNANNOUNCED, announced_visits
from data.planning.stored import stops
from tests.data.lockside import SOUTH
from tests.data.planning.made_plans import keep, kept, made, two_areas
from tests.data.planning.station import MONDAY, asked

POLICE = AccessScope("police", areas=None)


def told_of(station, scope, plan, last_day):
    return asked(station, announced_visits, scope, asked(station, stops, scope, plan), last_day)


def test_a_street_is_told_of_its_own_buildings_alone_and_of_officers_it_sees(own_station):
    town = keep(own_station, made(own_station, "district", "town"), two_areas(own_station, visits=40))
    everything = told_of(own_station, POLICE, kept(own_station, town), MONDAY + timedelta(30))
    grid = AccessScope("grid_officer", areas=(own_station.area("grid", SOUTH),))
    own = told_of(own_station, grid, kept(own_station, town, grid), MONDAY + timedelta(30))
    mine = set(asked(own_station, queries.building_ids, grid).tolist())
    assert 0 < len(own) < len(everything)
    assert set(own["building_id"]) == set(everything["building_id"]) & mine
    assert set(own["officer"].dropna()) == {"W-south"}


def test_unannounced_visits_are_told_from_their_day_on_and_leave_no_gap(own_station):
    plan = kept(own_station, keep(own_station, made(own_station), two_areas(own_station, visits=40)))
    every = asked(own_station, stops, POLICE, plan)
    for last in (MONDAY - timedelta(1), MONDAY + timedelta(1), MONDAY + timedelta(9)):
        told = told_of(own_station, POLICE, plan, last)
        quiet = every["kind"].isin(UNANNOUNCED) & (every["day"] > last)
        assert told["id"].tolist() == every["id"][~quiet].tolist()
        for _, day in told.groupby(["officer_id", "day"]):
            assert day["turn"].tolist() == list(range(1, len(day) + 1))
