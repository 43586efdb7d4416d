"""Which cities an officer may open is read from what is in memory, and is what the query says."""

import pytest
from sqlalchemy import event, select

from dashboard.cache import city_cache
from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.db.engine import reading
from data.db.models.city import Area
from tests.data.town_hall import Town


def scopes(town: Town) -> list[AccessScope]:
    """Officers of every area, of an area in each town, of a whole one, of none, and roles that hide rows."""
    with reading(town.engine, SYSTEM) as session:
        areas = session.execute(select(Area.id, Area.city_id).order_by(Area.id)).all()
        towns = [city.id for city in queries.cities(session, SYSTEM)]
    across = tuple(next(area for area, city in areas if city == town_id) for town_id in towns)
    return [
        *(AccessScope("grid_officer", areas=(area,)) for area, _ in areas),
        AccessScope("police", areas=across),
        AccessScope("police", areas=(), cities=(towns[1],)),
        AccessScope("police", areas=across[:1], cities=(towns[1],)),
        AccessScope("police"),
        AccessScope("operator", areas=across),
        AccessScope("department", areas=across, hazard_groups=("fire",)),
        AccessScope("public", areas=across),
        SYSTEM,
    ]


def test_an_officers_cities_are_those_the_query_finds_and_the_first_is_the_one_opened(two_towns):
    for scope in scopes(two_towns):
        with reading(two_towns.engine, scope) as session:
            asked = [city.code for city in queries.cities(session, scope)]
        assert [city.code for city in city_cache.cities(scope)] == asked
        opened = [city_cache.city_context(scope, code).options.is_default for code in asked]
        assert opened == [number == 0 for number in range(len(asked))]


@pytest.mark.parametrize("level", ["grid", "street"])
def test_opening_an_officers_area_reads_no_building(two_towns, level):
    with reading(two_towns.engine, SYSTEM) as session:
        area = session.scalars(select(Area.id).where(Area.level == level).order_by(Area.id)).first()
    scope = AccessScope("grid_officer", areas=(area,))
    code = city_cache.cities(scope)[0].code
    city_cache.city_context(SYSTEM, code)
    city_cache._city_context.clear()
    asked: list[str] = []
    event.listen(city_cache.database(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert city_cache.city_context(scope, code).buildings
    assert [one for one in asked if f"{level}_id" in one.partition("WHERE")[2]] == []
