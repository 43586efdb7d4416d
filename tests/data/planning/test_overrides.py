"""A word against a plan names its reason, stands beside the plan, and of several the latest counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.access.errors import NotAllowed
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.city import queries
from data.db.models.planning import PlanStop
from data.planning.errors import PlanRefused
from data.planning.overrides import Override, override_plan, overrides
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.made_plans import AT, keep, kept, made, read_back, two_areas
from tests.data.planning.station import ACTOR, MONDAY, asked, entries, officer_id
from tests.data.town_hall import CITY

WHY = "The keeper is away until Wednesday."


@pytest.fixture
def planned(own_station):
    """The station, a plan for the town, and a word against it about a building of the south."""
    plan = keep(own_station, made(own_station, "district", "town"), two_areas(own_station, visits=40))
    house = int(asked(own_station, queries.building_ids, own_station.scope_of(SOUTH))[0])
    return own_station, Override(plan, house, officer_id(own_station, "W-south"), MONDAY + timedelta(2), WHY)


def say(town, said: Override, scope: AccessScope = SYSTEM, key: str = "a form") -> int:
    return override_plan(town.engine, scope, ACTOR, CITY, said, at=AT, key=key)


def counting(town, said: Override, scope: AccessScope = SYSTEM) -> list[tuple]:
    frame = asked(town, overrides, scope, kept(town, said.plan))
    return list(frame[["building_id", "officer_id", "reason"]].itertuples(index=False, name=None))


def test_it_names_the_stop_that_is_moved_and_leaves_the_plan_as_it_was(planned):
    town, said = planned
    before = read_back(town, said.plan)
    say(town, said)
    frame = asked(town, overrides, SYSTEM, kept(town, said.plan))
    assert frame["day"].tolist() == [said.day] and frame["made_by"].tolist() == [ACTOR.account]
    with town.looked_at() as (session, _):
        stop = session.get(PlanStop, int(frame["stop_id"].iloc[0]))
        assert stop.building_id == said.building
    assert [one.routes.need.tolist() for one in read_back(town, said.plan)] == [
        one.routes.need.tolist() for one in before
    ]


def test_a_building_that_was_not_planned_is_pinned_without_a_stop(planned):
    town, said = planned
    empty = replace(said, plan=keep(town, made(town), two_areas(town, visits=0)))
    say(town, empty)
    assert asked(town, overrides, SYSTEM, kept(town, empty.plan))["stop_id"].isna().all()


def test_of_several_the_latest_counts_and_one_form_says_it_once(planned):
    town, said = planned
    first = say(town, said)
    assert say(town, said) == first
    li = officer_id(town, "P-li")
    say(town, replace(said, officer=li), key="another form")
    assert counting(town, said) == [(said.building, li, WHY)]
    assert [action for action, _ in entries(town)][-2:] == ["override_plan"] * 2
    assert entries(town)[-1][1]["reason"] == WHY


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": "  "}, "Say why"),
        ({"reason": "x" * 401}, "Say why"),
        ({"day": MONDAY - timedelta(1)}, "outside the plan"),
        ({"day": MONDAY + timedelta(7)}, "outside the plan"),
        ({"building": 987_654}, "not there"),
        ({"officer": 987_654}, "not there"),
        ({"plan": 987_654}, "not there"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(planned, wrong, words):
    town, said = planned
    before = entries(town)
    with pytest.raises(PlanRefused, match=words):
        say(town, replace(said, **wrong))
    assert counting(town, said) == [] and entries(town) == before


@pytest.mark.parametrize("role", ROLES)
def test_who_may_plan_may_say_so_of_what_they_see(planned, role):
    town, said = planned
    south, north = (AccessScope(role, areas=(town.area("street", place),)) for place in (SOUTH, NORTH))
    if role not in ("police", "street_office", "administrator"):
        with pytest.raises(NotAllowed):
            say(town, said, south)
        return
    with pytest.raises(PlanRefused, match="not yours to plan for"):
        say(town, said, north)
    with pytest.raises(PlanRefused, match="not yours to plan for"):
        say(town, replace(said, officer=officer_id(town, "W-north")), south)
    say(town, said, south)
    assert counting(town, said, south) and counting(town, said, north) == []
