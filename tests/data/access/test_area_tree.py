"""The areas somebody may give, as a tree."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from data.access.area_tree import areas_to_give
from data.access.roles import SYSTEM, AccessScope
from data.city.local_time import city_zone, today_in
from data.db.engine import reading, writing
from data.db.models.city import Area
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY

STREET, COMMUNITY, GRID = (f"{CITY}/{level}:{SOUTH}" for level in ("street", "community", "grid"))


def tree_of(town, scope):
    with reading(town.engine, SYSTEM) as session:
        return areas_to_give(session, scope)


def end(town, level: str, code: str, day: date) -> None:
    with writing(town.engine, SYSTEM) as session:
        session.execute(update(Area).where(Area.level == level, Area.code == code).values(ended_on=day))


def test_who_holds_everything_may_give_every_area_each_below_the_one_around_it(lockside):
    tree = tree_of(lockside, AccessScope("administrator", areas=None))
    assert [grant for grant, area in tree.items() if area.above is None] == [CITY, "otherbank"]
    assert tree[CITY].names["zh"] == "闸口" and tree[CITY].level == ""
    assert [tree[grant].above for grant in (STREET, COMMUNITY, GRID)] == [f"{CITY}/district:town", STREET, COMMUNITY]
    assert tree[GRID].names == {"zh": "south-grid", "en": "south-grid"}
    assert list(tree).index(STREET) < list(tree).index(f"{CITY}/grid:{NORTH}")


def test_who_holds_a_street_may_give_it_and_what_lies_in_it(lockside):
    tree = tree_of(lockside, AccessScope("administrator", areas=(lockside.area("street", SOUTH),)))
    assert {grant: area.above for grant, area in tree.items()} == {STREET: None, COMMUNITY: STREET, GRID: COMMUNITY}


@pytest.mark.parametrize("role", ["leader", "police"])
def test_who_looks_after_no_accounts_may_give_nothing(lockside, role):
    assert tree_of(lockside, AccessScope(role, areas=None)) == {}


def test_an_area_that_has_ended_is_not_given_and_what_lay_in_it_lies_in_the_next_wider(own_lockside):
    with own_lockside.looked_at() as (session, city):
        today = today_in(city_zone(city.time_zone, city.bounds))
        assert session.scalar(select(Area.id).where(Area.level == "street", Area.code == SOUTH))
    end(own_lockside, "street", SOUTH, today)
    end(own_lockside, "grid", SOUTH, today + timedelta(days=9))
    tree = tree_of(own_lockside, AccessScope("administrator", areas=None))
    assert STREET not in tree and GRID in tree
    assert tree[COMMUNITY].above == f"{CITY}/district:town"
