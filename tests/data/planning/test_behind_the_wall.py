"""Behind row-level security officers and plans are kept, read and withheld as without it."""

from collections.abc import Iterator

import pytest

from data.access.roles import SYSTEM, AccessScope
from data.planning.errors import PlanRefused
from data.planning.officers import leave, officers
from data.planning.overrides import Override, override_plan, overrides
from data.planning.staffing import Hours, LeaveTaken, OfficerAdded
from data.planning.stored import latest_plan, stops
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.made_plans import AT, assert_same, keep, kept, made, read_back, two_areas
from tests.data.planning.station import ACTOR, MONDAY, asked, at_work, officer_id, say, staffed
from tests.data.secured_town import a_secured_town
from tests.data.town_hall import CITY, Town

OWN = ["W-south", "P-li", "P-chen", "P-zhao"]


@pytest.fixture(scope="module")
def walled(server, var) -> Iterator[Town]:
    for secured in a_secured_town(server):
        yield staffed(secured.town)


def office(town: Town, place: str) -> AccessScope:
    return AccessScope("street_office", areas=(town.area("street", place),))


def test_a_street_sees_its_own_officers_and_their_leave_and_those_of_an_empty_grid(walled):
    south, north = office(walled, SOUTH), office(walled, NORTH)
    say(walled, LeaveTaken(officer_id(walled, "P-li"), MONDAY, MONDAY), south)
    east = AccessScope("street_office", areas=(walled.area("street", SOUTH), walled.area("street", "east")))
    say(walled, OfficerAdded("W-east", "grid_officer", walled.area("grid", "east"), Hours(60)), east)
    seen = {code for code in asked(walled, officers, south)["code"] if code in [*OWN, "W-north", "W-east"]}
    assert seen == set(OWN)
    assert "W-east" in asked(walled, officers, east)["code"].tolist()
    assert (
        len(asked(walled, leave, south, MONDAY, MONDAY)) == 1 and len(asked(walled, leave, north, MONDAY, MONDAY)) == 0
    )
    assert at_work(walled, south)["P-li"] == "2345"


def test_a_plan_comes_back_bit_by_bit_to_its_street_and_not_to_another(walled):
    south, north = office(walled, SOUTH), office(walled, NORTH)
    areas = two_areas(walled)
    plan = keep(walled, made(walled), areas, south)
    for before, after in zip(areas, read_back(walled, plan, south), strict=True):
        assert_same(before, after)
    assert asked(walled, latest_plan, south, walled.area("street", SOUTH), MONDAY).id == plan
    with pytest.raises(PlanRefused):
        kept(walled, plan, north)


def test_stops_and_words_against_them_are_seen_where_the_building_is(walled):
    south, north = office(walled, SOUTH), office(walled, NORTH)
    plan = keep(walled, made(walled, "district", "town"), two_areas(walled, visits=40))
    everybody = asked(walled, stops, SYSTEM, kept(walled, plan))
    seen = [asked(walled, stops, scope, kept(walled, plan, scope)) for scope in (south, north)]
    assert not set(seen[0]["id"]) & set(seen[1]["id"]) and 0 < len(seen[0]) + len(seen[1]) <= len(everybody)
    assert seen[0]["officer"].notna().all() and seen[1]["officer"].isna().all()
    said = Override(plan, int(seen[0]["building_id"].iloc[0]), officer_id(walled, "P-li"), MONDAY, "asked for")
    override_plan(walled.engine, south, ACTOR, CITY, said, at=AT, key="a form")
    words = [len(asked(walled, overrides, scope, kept(walled, plan, scope))) for scope in (south, north)]
    assert words == [1, 0]
