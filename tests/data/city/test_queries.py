"""Every query takes the viewer along and answers nothing that is not the viewer's to see, nor of a later day."""

import inspect
from datetime import date

import pytest

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.city.city_metadata import first_and_last_day
from data.db.engine import reading
from tests.data.every_query import QUERIES, answers, choices, days_in, nothing
from tests.data.lockside import CAST, FAR_FIRST, NORTH, ON, SOUTH, STRAY_BARN
from tests.data.town_hall import CITY, NOBODY, Town, keep_only

THE_SAME_ON_ANY_DAY = {
    "area_names": "names have no day",
    "areas": "areas have no day",
    "building_by_code": "a building's row has no day",
    "building_by_id": "a building's row has no day",
    "building_ids": "a building's row has no day",
    "buildings": "a building's row has no day",
    "cities": "cities have no day",
    "city_by_code": "cities have no day",
    "search": "names have no day",
    "building_rows": "a building's row has no day",
    "off_map_counts": "a building's row has no day",
    "rejected_row_count": "rows that were not taken have no day",
}


def all_answers(town: Town, scope: AccessScope, asked_of: Town, on: date = ON) -> dict[str, list]:
    """Answers to all queries by name, about everything there is in `asked_of`."""
    with asked_of.looked_at() as (session, city):
        given = choices(session, city, on)
        session.expunge_all()
    with reading(town.engine, SYSTEM) as session:
        return {name: answers(query, session, scope, given) for name, query in QUERIES.items()}


@pytest.fixture(scope="module")
def by_viewer(lockside) -> dict[str | None, dict[str, list]]:
    """Answers by the street whose viewer asks; None: nobody's."""
    viewers = {SOUTH: lockside.scope_of(SOUTH), NORTH: lockside.scope_of(NORTH), None: NOBODY}
    return {street: all_answers(lockside, scope, lockside) for street, scope in viewers.items()}


@pytest.fixture(scope="module")
def by_town(lockside, tmp_path_factory) -> dict[str | None, dict[str, list]]:
    """Answers to one who sees everything, in a town where that street is all there is; None: no building at all."""
    told = {}
    for street in (SOUTH, NORTH, None):
        alone = lockside.copied(tmp_path_factory.mktemp("alone"))
        keep_only(alone, street)
        told[street] = all_answers(alone, SYSTEM, lockside)
    return told


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_takes_the_session_and_the_viewer_first_and_will_not_do_without(name):
    parameters = list(inspect.signature(QUERIES[name]).parameters.values())
    assert [parameter.name for parameter in parameters[:2]] == ["session", "scope"]
    assert parameters[1].annotation is AccessScope
    must = [parameter for parameter in parameters if parameter.name != "of"]
    assert all(parameter.default is inspect.Parameter.empty for parameter in must)


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_takes_the_day_unless_its_answer_is_the_same_on_any(name):
    takes_the_day = "on" in inspect.signature(QUERIES[name]).parameters
    assert takes_the_day != (name in THE_SAME_ON_ANY_DAY)


@pytest.mark.parametrize("name", QUERIES)
def test_a_viewer_of_no_area_is_told_nothing(by_viewer, name):
    told = by_viewer[None][name]
    assert told, "The query was not asked."
    assert all(nothing(answer) for answer in told)


@pytest.mark.parametrize("name", sorted(QUERIES))
@pytest.mark.parametrize("street", [SOUTH, NORTH, None])
def test_a_viewer_of_a_street_is_told_what_a_town_of_that_street_alone_would_tell(by_viewer, by_town, street, name):
    assert by_viewer[street][name] == by_town[street][name]


def test_every_query_has_something_to_tell_to_one_who_sees_everything(lockside):
    told = all_answers(lockside, SYSTEM, lockside)
    assert not [name for name, answered in told.items() if all(nothing(answer) for answer in answered)]


WITH_A_TERM = ("hazards", "hazards_of_building")  # their last column is the day a hazard is due


@pytest.mark.parametrize("on", [date(2024, 6, 2), date(2024, 2, 1), date(2022, 7, 1), date(1990, 1, 1)])
def test_no_query_tells_of_a_day_after_the_one_asked_for(lockside, on):
    told = all_answers(lockside, SYSTEM, lockside, on)
    for name in QUERIES.keys() - THE_SAME_ON_ANY_DAY.keys():
        # The day a hazard is due is known when it is found and may lie ahead.
        found = [[row[:-1] for row in frame] for frame in told[name]] if name in WITH_A_TERM else told[name]
        assert max(days_in(found), default=on) <= on, name


def test_days_known_are_those_of_rows_that_were_not_corrected(lockside):
    with lockside.looked_at() as (session, city):
        assert first_and_last_day(session, city) == (date(2022, 2, 2), ON)


def test_only_the_last_of_a_chain_of_corrections_counts(lockside):
    with lockside.looked_at() as (session, city):
        house = queries.building_by_code(session, SYSTEM, city, "mended-cottage")
        frames = [
            query(session, SYSTEM, city, date.max) for query in (queries.events, queries.inspections, queries.hazards)
        ]
        mine = [frame[frame["building_id"] == house.id] for frame in frames]
        steps = queries.hazard_steps(session, SYSTEM, city, date.max)
    assert [len(frame) for frame in mine] == [1, 1, 1]
    assert mine[0]["kind"].item() == "lead_given"
    assert set(mine[2]["group"]) == {"fire"}
    assert steps[steps["hazard_id"] == mine[2]["id"].item()]["step"].tolist() == ["found", "mended_on_the_spot"]
    assert len(steps) == sum(len(loop.steps) for house in CAST for loop in house.records.loops)


def test_buildings_kept_off_the_map_are_counted_by_their_reason(lockside):
    with lockside.looked_at() as (session, city):
        kept = queries.off_map_counts(session, SYSTEM, city)
        in_the_south = queries.off_map_counts(session, lockside.scope_of(SOUTH), city)
    assert kept == {house.off_map: 1 for house in FAR_FIRST}
    assert STRAY_BARN.off_map not in in_the_south


def test_a_building_is_found_by_the_beginning_of_its_code_or_by_any_part_of_its_name_or_address(lockside):
    with lockside.looked_at() as (session, city):

        def names(words: str, most: int = 20) -> list[str]:
            return [building.name for building in queries.search(session, SYSTEM, city, words, most)]

        assert names("yard") == ["Mill Yard"]
        assert names("far-") == ["Far Shed"]
        assert names("  rOW lane ") == ["Harbour Row"]
        assert names("lane", most=2) == ["Far Shed", "Mill Yard"]  # short names first
        assert names("%") == names("_") == names("  ") == []


def test_an_area_without_an_english_name_goes_by_its_own(lockside):
    with lockside.looked_at() as (session, city):
        frame = queries.areas(session, SYSTEM, city)
    assert (frame["name_en"] == frame["name"]).all()
    assert frame["level"].tolist() == ["district", *["street"] * 3, *["community"] * 3, *["grid"] * 3]


def test_a_city_that_is_not_there_is_named_with_the_cure(lockside):
    with lockside.looked_at() as (session, _):
        with pytest.raises(queries.NoSuchCity, match=r"'atlantis'.*python -m data import"):
            queries.city_by_code(session, SYSTEM, "atlantis")
        with pytest.raises(queries.NoSuchCity):
            queries.city_by_code(session, NOBODY, CITY)
