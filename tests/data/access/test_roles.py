"""Role by area by query: what each role is told, and that nobody hears of another's street."""

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import select

from data.access.roles import PERMISSIONS, ROLES, SYSTEM, AccessScope
from data.city import queries
from data.db.engine import reading
from data.db.models.city import Building, Hazard, Home
from tests.data.city.test_queries import all_answers
from tests.data.every_query import QUERIES, nothing
from tests.data.lockside import ON, SOUTH
from tests.data.town_hall import keep_only

CASES = tomllib.loads(Path(__file__).with_name("rights.toml").read_text(encoding="utf-8"))
SEEING = CASES["roles"]["seeing"]
GROUPS = {"department": ("fire",)}
STRANGERS = ("public", "king", "")
HAZARD_QUERIES = ("hazards", "hazard_steps", "hazards_of_building")
NO_HAZARD_THERE = {(query, "operator") for query in HAZARD_QUERIES}  # no public home of Lockside has one


def scope(role: str, areas: tuple[int, ...] | None = None) -> AccessScope:
    return AccessScope(role, areas=areas, hazard_groups=GROUPS.get(role))


@pytest.fixture(scope="module")
def told(lockside) -> dict[str, dict[str, list]]:
    """Answers by role to one who may see every area."""
    return {role: all_answers(lockside, scope(role), lockside) for role in (*ROLES, *STRANGERS)}


def test_every_role_is_in_the_table_of_cases():
    assert set(SEEING) == set(ROLES) == set(PERMISSIONS) - {"everything"}


def test_every_query_is_in_the_table_of_cases():
    assert set(CASES["answers"]) == set(QUERIES)


@pytest.mark.parametrize("role", (*ROLES, *STRANGERS))
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_the_roles_it_is_for_and_nobody_else(told, name, role):
    allowed = CASES["answers"].get(name, ())
    if allowed == "anybody":
        return
    answers = told[role][name]
    assert answers, "The query was not asked."
    expected = role in (SEEING if allowed == "seeing" else allowed) and (name, role) not in NO_HAZARD_THERE
    assert any(not nothing(answer) for answer in answers) == expected


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_told_of_its_street_what_a_town_of_that_street_alone_would_tell(lockside, tmp_path, role):
    alone = lockside.copied(tmp_path)
    keep_only(alone, SOUTH)
    mine = all_answers(lockside, scope(role, (lockside.area("street", SOUTH),)), lockside)
    theirs = all_answers(alone, scope(role), lockside)
    for name in QUERIES:
        assert mine[name] == theirs[name], name


def test_a_department_sees_the_buildings_with_hazards_of_its_groups_and_only_those_hazards(lockside):
    with lockside.looked_at() as (session, city):
        fire = session.scalars(
            select(Hazard.building_id).where(Hazard.group == "fire", Hazard.city_id == city.id).distinct()
        )
        assert queries.building_ids(session, scope("department"), city).tolist() == sorted(fire)
        assert set(queries.hazards(session, scope("department"), city, ON)["group"]) == {"fire"}
        assert len(set(queries.hazards(session, SYSTEM, city, ON)["group"])) > 1


@pytest.mark.parametrize("name", ["home_states", "homes_of_building", "credit_records_of_building"])
def test_a_department_that_sees_a_building_is_told_nothing_of_its_homes(lockside, name):
    every_group = AccessScope("department", areas=None)
    with lockside.looked_at() as (session, city):
        homes = session.scalars(select(Home.building_id))
        assert set(homes) & set(queries.building_ids(session, every_group, city).tolist())
    answers = all_answers(lockside, every_group, lockside)[name]
    assert answers
    assert all(nothing(answer) for answer in answers)


def test_an_operator_sees_the_buildings_with_public_rental_homes(lockside):
    with lockside.looked_at() as (session, city):
        homes = session.scalars(select(Home.building_id).join(Building).where(Building.city_id == city.id).distinct())
        seen = queries.building_ids(session, scope("operator"), city).tolist()
        assert seen == sorted(homes)
        assert 0 < len(seen) < len(queries.building_ids(session, SYSTEM, city))


def test_one_city_seen_whole_tells_nothing_of_another(lockside):
    with lockside.looked_at() as (session, city):
        here = AccessScope("leader", cities=(city.id,))
        assert [one.code for one in queries.cities(session, here)] == [city.code]
        assert len(queries.building_ids(session, here, city)) == len(queries.building_ids(session, SYSTEM, city))
        other = next(one for one in queries.cities(session, SYSTEM) if one.id != city.id)
        assert not len(queries.building_ids(session, here, other))
        assert here.sees_all_of(city.id)
        assert not here.sees_all_of(other.id)


def test_cases_day_by_day_are_for_the_police_and_their_count_in_a_grade_for_all(lockside):
    with reading(lockside.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "lockside")
        robbed = next(iter(queries.events(session, SYSTEM, city, ON)["building_id"]))
        building = queries.building_by_id(session, SYSTEM, city, int(robbed))
        kinds = {
            role: set(queries.building_history(session, scope(role), building, ON)["kind"])
            for role in ("police", "leader")
        }
    assert "event" in kinds["police"]
    assert kinds["leader"] == kinds["police"] - {"event"}
