"""What is loaded once and shared is still only what each viewer may see, of the city each asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import (
    CityContext,
    Version,
    choropleth,
    city_context,
    point_layer,
    selected_buildings,
    snapshot,
)
from dashboard.cache.city_state import CityStates
from dashboard.view.basemap import basemap
from dashboard.view.view_state import ViewState, view_of
from data.access.roles import SYSTEM, AccessScope
from data.city.fact_store import store_folder
from data.city.filters import Filters
from data.city.grade_history import history_file, keep_history
from data.city.queries import NoSuchCity
from data.db.models.city import HAZARD_GROUPS
from tests.data.lockside import CAST, HARBOUR_ROW, LANTERN_HALL, NORTH, ON, SOUTH
from tests.data.town_hall import CITY

OTHER = "otherbank"
OF_OTHERBANK = (HARBOUR_ROW, LANTERN_HALL)
FIRE = AccessScope("department", areas=None, hazard_groups=("fire",))
HYGIENE = AccessScope("department", areas=None, hazard_groups=("hygiene",))
OPERATOR, LEADER = AccessScope("operator", areas=None), AccessScope("leader", areas=None)
WHOLE_DAY = {
    "leader": True,
    "police": True,
    "grid_officer": True,
    "street_office": True,
    "operator": True,
    "administrator": True,
    "everything": True,
    "public": False,
}


@pytest.fixture(autouse=True)
def nothing_kept(two_towns) -> Iterator[None]:
    st.cache_resource.clear()
    st.cache_data.clear()
    yield


def day(scope: AccessScope, code: str = CITY, on: date = ON):
    return snapshot(scope, code, city_context(scope, code).version, on)


def view(scope: AccessScope, code: str = CITY, **query: str) -> ViewState:
    found, unknown = view_of({"day": ON.isoformat(), **query}, city_context(scope, code).options)
    assert not unknown
    return found


def names(context: CityContext, rows: np.ndarray | None) -> set[int]:
    ids = context.city_facts.buildings["id"]
    return set((ids if rows is None else ids[rows]).tolist())


# departments


@pytest.mark.parametrize("others_first", [True, False])
@pytest.mark.parametrize("scope", [FIRE, HYGIENE], ids=lambda scope: scope.hazard_groups[0])
def test_a_departments_day_holds_its_own_hazards_and_no_homes_whoever_looked_before(scope, others_first):
    if others_first:
        for other in (SYSTEM, FIRE, HYGIENE):
            day(other)
    told, whole = day(scope), day(SYSTEM)
    mine = np.isin(HAZARD_GROUPS, scope.hazard_groups)
    for state in whole.hazards:
        np.testing.assert_array_equal(told.hazards[state][:, mine], whole.hazards[state][:, mine])
        assert not told.hazards[state][:, ~mine].any()
    assert told.hazards["ever"].any()
    assert whole.vacant.any()
    assert not told.vacant.any()


@pytest.mark.parametrize("role", [role for role, whole in WHOLE_DAY.items() if whole])
def test_who_sees_every_kind_shares_one_day(role):
    assert day(AccessScope(role, areas=None)) is day(SYSTEM) or role == "operator"


def test_a_departments_map_colours_nothing_for_the_hazards_of_others():
    hazards = view(SYSTEM, show="hazards")
    counts = {scope: point_layer(scope, hazards).counts_in_view(-180, -85, 180, 85) for scope in (SYSTEM, FIRE)}
    of_fire = point_layer(SYSTEM, view(SYSTEM, show="hazards", hazard="fire")).counts_in_view(-180, -85, 180, 85)
    assert list(counts[FIRE].by_class) == list(of_fire.by_class)
    assert list(counts[FIRE].by_class) != list(counts[SYSTEM].by_class)


def test_a_departments_choice_is_among_the_buildings_with_its_hazards():
    context = city_context(FIRE, CITY)
    rows = selected_buildings(FIRE, CITY, context.version, ON, Filters())
    assert not context.sees_all
    assert not (rows & ~context.seen).any()
    assert names(context, rows) == names(context, context.seen)
    assert context.buildings == int(context.seen.sum()) == 3


# operators and areas


def test_an_operator_is_shown_buildings_with_public_homes_only():
    context = city_context(OPERATOR, CITY)
    assert context.buildings == 1
    assert int(selected_buildings(OPERATOR, CITY, context.version, ON, Filters()).sum()) == 1
    assert context.options.public_homes


def test_public_homes_are_offered_where_there_are_some_to_be_seen(two_towns):
    assert city_context(two_towns.scope_of(SOUTH), CITY).options.public_homes
    assert not city_context(two_towns.scope_of(NORTH), CITY).options.public_homes
    assert not city_context(AccessScope("department", areas=None), CITY).options.public_homes  # has no right to homes
    assert city_context(LEADER, CITY).options.public_homes


@pytest.mark.parametrize("street", [NORTH, SOUTH])
def test_a_street_is_shown_its_own_buildings_areas_and_bounds(two_towns, street):
    scope = two_towns.scope_of(street)
    context, whole = city_context(scope, CITY), city_context(LEADER, CITY)
    mine = [house for house in CAST if house.street == street]
    rows = selected_buildings(scope, CITY, context.version, ON, Filters())
    assert context.buildings == len(mine) == int(rows.sum())
    assert whole.buildings == len(CAST)
    assert whole.sees_all
    assert set(context.areas["code"]) == {"town", street}
    assert set(whole.areas["code"]) == {"town", NORTH, SOUTH, "east"}
    placed = sum(house.off_map is None for house in mine)
    assert sum(point_layer(scope, view(scope)).counts_in_view(-180, -85, 180, 85).by_class) == placed
    assert context.bounds == pytest.approx((113.9, 22.55, 113.93, 22.57))
    assert whole.bounds == (113.8, 22.4, 114.0, 22.6)


def test_areas_are_coloured_by_ones_own_buildings(two_towns):
    everybody, mine = LEADER, two_towns.scope_of(SOUTH)
    density = view(everybody, show="density")
    whole, part = (choropleth(scope, density, "street") for scope in (everybody, mine))
    of_south = sum(house.street == SOUTH for house in CAST)
    of_north = sum(house.street == NORTH for house in CAST)
    by_name = dict(
        zip(city_cache.level_areas(city_context(everybody, CITY), "street")["code"], whole.value, strict=True)
    )
    assert by_name[SOUTH] == of_south
    assert by_name[NORTH] == of_north
    assert np.isnan(by_name["east"])
    assert part.value.tolist() == [of_south]


def test_the_shares_of_areas_are_of_buildings_with_open_hazards(two_towns):
    whole = choropleth(SYSTEM, view(SYSTEM, show="hazards"), "street")
    by_name = dict(zip(city_cache.level_areas(city_context(SYSTEM, CITY), "street")["code"], whole.value, strict=True))
    assert by_name[NORTH] == 0
    assert by_name[SOUTH] == pytest.approx(2 / sum(house.street == SOUTH for house in CAST))


def test_vacant_homes_colour_areas_by_their_number(two_towns):
    whole = choropleth(SYSTEM, view(SYSTEM, show="vacant"), "street")
    by_name = dict(zip(city_cache.level_areas(city_context(SYSTEM, CITY), "street")["code"], whole.value, strict=True))
    assert by_name[SOUTH] == LANTERN_HALL.vacant(ON)
    assert by_name[NORTH] == 0


# two cities


@pytest.mark.parametrize("order", [(CITY, OTHER), (OTHER, CITY)])
def test_two_towns_opened_one_after_the_other_are_not_mixed(order):
    context = {code: city_context(LEADER, code) for code in order}
    ids = {code: names(one, None) for code, one in context.items()}
    assert not ids[CITY] & ids[OTHER]
    assert (context[CITY].buildings, context[OTHER].buildings) == (len(CAST), len(OF_OTHERBANK))
    assert not set(context[CITY].areas["id"]) & set(context[OTHER].areas["id"])
    for code in order:
        assert set(day(LEADER, code).city_facts.buildings["id"].tolist()) == ids[code]
        assert day(LEADER, code).size == context[code].buildings
        drawn = sum(point_layer(LEADER, view(LEADER, code)).counts_in_view(-180, -85, 180, 85).by_class)
        assert drawn == context[code].city_facts.n_on_map


def test_who_sees_one_town_whole_cannot_open_the_other():
    other = city_context(SYSTEM, OTHER)
    here = AccessScope("leader", cities=(other.city.id,))
    assert [city.code for city in city_cache.cities(here)] == [OTHER]
    assert city_context(here, OTHER).sees_all
    version = city_context(SYSTEM, CITY).version
    for ask in (
        lambda: city_context(here, CITY),
        lambda: snapshot(here, CITY, version, ON),
        lambda: selected_buildings(here, CITY, version, ON, Filters()),
        lambda: point_layer(here, view(SYSTEM)),
        lambda: choropleth(here, view(SYSTEM), "street"),
        lambda: city_cache.outlines(here, CITY, version, "street"),
        lambda: city_cache.density(here, CITY, version, ON, Filters()),
        lambda: city_cache.history(here, CITY, version, "qishuyan"),
    ):
        for _ in range(2):
            with pytest.raises(NoSuchCity):
                ask()


def test_past_months_are_shown_as_they_were_graded_and_made_ready_where_nobody_graded_them(two_towns, monkeypatch):
    asked_for: list[str] = []
    monkeypatch.setattr(CityStates, "have_prepared", lambda _, code: asked_for.append(code))
    facts, rules = (getattr(city_context(LEADER, CITY), name) for name in ("city_facts", "rules"))
    graded, _ = two_towns.grade("qishuyan", ON)
    folder = store_folder(CITY, facts.stored.version, basemap().datum)
    keep_history(history_file(folder, rules, "qishuyan"), graded)

    months = city_cache.history(LEADER, CITY, city_context(LEADER, CITY).version, "qishuyan")
    assert months is not None
    assert months.days.tolist() == graded.days.tolist()
    assert months.grades.tolist() == graded.grades.tolist()
    assert months.grades[-1].tolist() == day(LEADER).grades["qishuyan"].tolist()
    assert asked_for == []
    assert city_cache.history(LEADER, OTHER, city_context(LEADER, OTHER).version, "qishuyan") is None
    assert asked_for == [OTHER]


def test_nobody_opens_anything():
    for scope in (AccessScope("public", areas=None), AccessScope("leader"), AccessScope("police", areas=(-1,))):
        assert city_cache.cities(scope) == []
        with pytest.raises(NoSuchCity):
            city_context(scope, CITY)


def test_the_days_that_may_be_chosen_are_those_of_the_town():
    choices = city_context(LEADER, CITY).options
    assert choices.last_day == ON
    assert choices.is_default
    assert not city_context(LEADER, OTHER).options.is_default
    assert choices.city == CITY
    assert set(choices.areas) >= {f"street:{NORTH}", f"street:{SOUTH}"}
    assert (
        choices.areas[f"street:{NORTH}"] == city_context(LEADER, CITY).areas.set_index("code")["id"].loc[NORTH].iloc[0]
    )


def test_another_state_of_the_data_is_another_mark():
    assert Version(1, 0).cache_key != Version(10, 0).cache_key
    assert Version(1, 11).cache_key != Version(11, 1).cache_key
    assert Version(2, 3).cache_key == "2.3"
    assert replace(FIRE, hazard_groups=None).cache_key != FIRE.cache_key


def test_all_who_see_the_whole_city_share_what_was_worked_out():
    whole = [city_cache.point_layer(scope, view(scope)) for scope in (LEADER, SYSTEM)]
    assert whole[0] is whole[1]
    assert city_cache.point_layer(FIRE, view(FIRE)) is not whole[0]
