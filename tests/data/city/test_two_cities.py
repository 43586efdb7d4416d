"""Two towns in one database, with houses of the same names and codes: nothing of one reaches what is told of the other.

Otherbank has a Harbour Row and a Lantern Hall of its own, with the same things happening there.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM, AccessScope
from data.city import building_report, grade_history, queries
from data.city.fact_store import load_city_facts
from data.city.grade_history import write_history
from data.db.engine import reading, writing
from data.db.models.city import Area, AreaExpectation, Building, City, Hazard, Home, Rating, RatingCorrection
from tests.data.lockside import ON
from tests.data.town_hall import CITY, FILES, Town

OTHER = "otherbank"
LATER = date(2024, 8, 15)


@pytest.fixture(autouse=True)
def fifteen_months(monkeypatch):
    monkeypatch.setattr(grade_history, "MONTHS", 15)


@pytest.fixture(params=[CITY, OTHER])
def town(request, lockside) -> Iterator[tuple]:
    """A session, one of the towns, and ids of its own rows."""
    with reading(lockside.engine, SYSTEM) as session:
        city = session.scalars(select(City).where(City.code == request.param)).one()
        mine = {
            "building_id": set(session.scalars(select(Building.id).where(Building.city_id == city.id))),
            "area_id": set(session.scalars(select(Area.id).where(Area.city_id == city.id))),
            "hazard_id": set(session.scalars(select(Hazard.id).where(Hazard.city_id == city.id))),
            "home_id": set(session.scalars(select(Home.id).join(Building).where(Building.city_id == city.id))),
        }
        yield session, city, mine


def graded(town: Town, code: str, on: date = ON, rule_set: str = "qishuyan"):
    with reading(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, code)
        city_facts = load_city_facts(session, city, "WGS84")
        session.expunge_all()
    return write_history(town.engine, city, city_facts, FILES, rule_set, on, lambda *_: None)


def written(town: Town, code: str) -> list[tuple]:
    """Rows of the grades of a town, and what they correct."""
    question = select(Building.code, Rating.day, Rating.score, Rating.grade, RatingCorrection.before)
    question = question.select_from(Rating).join(Building, Building.id == Rating.building_id).join(City)
    question = question.outerjoin(RatingCorrection, RatingCorrection.rating_id == Rating.id).where(City.code == code)
    with reading(town.engine, SYSTEM) as session:
        return sorted((tuple(row) for row in session.execute(question)), key=repr)


@pytest.mark.parametrize(("first", "then"), [(OTHER, CITY), (CITY, OTHER)])
def test_the_history_of_one_town_is_the_same_whether_or_not_the_other_was_graded_before(
    own_lockside, lockside, tmp_path, first, then
):
    (tmp_path / "alone").mkdir()
    alone = lockside.copied(tmp_path / "alone")
    history, run = graded(alone, then)
    graded(own_lockside, first, on=LATER)  # so late that a mix-up would call every row of the other a correction
    after, run_after = graded(own_lockside, then)
    np.testing.assert_array_equal(after.grades, history.grades)
    assert run_after == run
    assert run.corrected == 0
    assert written(own_lockside, then) == written(alone, then)


def test_the_history_of_one_rule_set_knows_nothing_of_another(own_lockside):
    graded(own_lockside, CITY, on=LATER, rule_set="baoan")
    _, run = graded(own_lockside, CITY)
    assert run.corrected == 0


FRAMES = {
    "inspections": {"building_id"},
    "events": {"building_id"},
    "hazards": {"building_id"},
    "hazard_steps": {"hazard_id"},
    "home_states": {"building_id", "home_id"},
}


@pytest.mark.parametrize("name", FRAMES)
def test_what_happened_in_one_town_is_not_told_of_the_other(town, name):
    session, city, mine = town
    frame = getattr(queries, name)(session, SYSTEM, city, ON)
    assert len(frame)
    for column in FRAMES[name]:
        assert set(frame[column]) <= mine[column], column


def test_buildings_and_areas_of_one_town_are_not_the_others(town):
    session, city, mine = town
    assert set(queries.buildings(session, SYSTEM, city)["id"]) == mine["building_id"]
    assert set(queries.building_ids(session, SYSTEM, city).tolist()) == mine["building_id"]
    assert set(queries.areas(session, SYSTEM, city)["id"]) == mine["area_id"]
    assert set(queries.area_expectations(session, SYSTEM, city, ON)["area_id"]) <= mine["area_id"]
    every = session.scalars(select(Building.id).order_by(Building.id)).all()
    assert {row.id for row in queries.building_rows(session, SYSTEM, city, every)} == mine["building_id"]
    assert {one.id for one in queries.search(session, SYSTEM, city, "a", 100)} <= mine["building_id"]
    for code in ("harbour-row", "lantern-hall"):
        building = queries.building_by_code(session, SYSTEM, city, code)
        assert building.id in mine["building_id"]
        assert queries.building_by_id(session, SYSTEM, city, building.id) is building
    for stranger in set(every) - mine["building_id"]:
        assert queries.building_by_id(session, SYSTEM, city, stranger) is None


def test_an_area_of_one_town_opens_nothing_of_the_other(town):
    session, city, _ = town
    street = session.scalars(
        select(Area.id).where(Area.city_id == city.id, Area.code == "north", Area.level == "street")
    )
    scope = AccessScope("police", areas=(street.one(),))
    assert [one.id for one in queries.cities(session, scope)] == [city.id]
    others = session.scalars(select(City).where(City.id != city.id)).all()
    for other in others:
        assert not len(queries.building_ids(session, scope, other))
        assert not len(queries.areas(session, scope, other))
        assert not len(queries.area_expectations(session, scope, other, ON))
        assert queries.rejected_row_count(session, scope, other) == 0


def test_the_fact_store_of_one_town_holds_its_own_buildings_only(town, var):
    session, city, mine = town
    assert set(load_city_facts(session, city, "WGS84").buildings["id"].tolist()) == mine["building_id"]


def test_cards_of_the_same_code_are_of_different_buildings(town, var):
    session, city, mine = town
    city_facts = load_city_facts(session, city, "WGS84")
    told = building_report.building_report(session, SYSTEM, city, city_facts, "harbour-row", ON)
    assert told.building.id in mine["building_id"]
    assert (
        building_report.building_report(session, SYSTEM, city, city_facts, "mill-yard", ON) is None or city.code == CITY
    )


# what is told in two languages, and the latest of what was said


def test_areas_are_named_in_both_languages_and_by_the_chinese_name_where_there_is_no_other(own_lockside):
    north, south = (own_lockside.area("street", name) for name in ("north", "south"))
    with writing(own_lockside.engine, SYSTEM) as session:
        session.get_one(Area, north).name_en = "North Street"
    with own_lockside.looked_at() as (session, city):
        for scope in (SYSTEM, AccessScope("police", areas=(north, south))):
            names = queries.area_names(session, scope, [north, None, south, -1])
            assert names == {north: ("north-street", "North Street"), south: ("south-street", "south-street")}
        assert queries.area_names(session, AccessScope("police", areas=(south,)), [north]) == {}
        frame = queries.areas(session, SYSTEM, city).set_index("id")
        assert frame.loc[north, ["name", "name_en"]].tolist() == ["north-street", "North Street"]
        assert frame.loc[south, "name_en"] == "south-street"


def test_the_latest_word_up_to_a_day_says_how_many_buildings_an_area_has(own_lockside):
    north = own_lockside.area("street", "north")
    with own_lockside.looked_at() as (_, city):
        said = {"city_id": city.id, "area_id": north, "import_id": 1}
    with writing(own_lockside.engine, SYSTEM) as session:
        for day, buildings in ((date(2023, 1, 1), 50), (date(2024, 1, 1), 60)):
            session.add(AreaExpectation(**said, buildings=buildings, source="a count", day=day))
    with own_lockside.looked_at() as (session, city):
        for on, buildings in (
            (date(2022, 12, 31), 40),
            (date(2023, 1, 1), 50),
            (date(2023, 12, 31), 50),
            (date(2024, 1, 1), 60),
        ):
            told = queries.area_expectations(session, SYSTEM, city, on)
            assert told["area_id"].is_unique
            assert len(told) == len(queries.areas(session, SYSTEM, city))
            assert told.set_index("area_id").loc[north, "buildings"] == buildings
        assert queries.area_expectations(session, SYSTEM, city, date(2021, 12, 31)).empty
