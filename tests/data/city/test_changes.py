"""The change log: one number a transaction, the buildings it wrote about, and what has come since a number."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.city import changes
from data.city.changes import NOTHING_WRITTEN, CityVersion, changes_since, latest_version, log_change
from data.db.engine import open_database, reading, writing
from data.db.models.changes import Change
from data.db.models.city import City
from tests.data.lockside import PLUM_COURT, Records, told
from tests.data.town_hall import CITY, Town, settle

FIRE = Records(events=told("fire_accident 2024-06-29"))


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request, tmp_path) -> Town:
    if request.param == "sqlite":
        return settle(open_database(f"sqlite:///{tmp_path / 'lockside.sqlite'}"))
    return settle(open_database(request.getfixturevalue("server").database()))


def written(town: Town, kind: str, building_ids: list[int] | None) -> CityVersion:
    with writing(town.engine, SYSTEM) as session:
        city = session.scalars(select(City.id).where(City.code == CITY)).one()
        return log_change(session, city, kind, building_ids)


def since(town: Town, version: CityVersion) -> tuple[list[int] | None, bool]:
    with town.looked_at() as (session, city):
        found = changes_since(session, city, version)
        assert found.version == latest_version(session, city)
    return (None if found.building_ids is None else found.building_ids.tolist()), found.facts_only


def test_a_city_without_a_log_was_never_written_about(town):
    with writing(town.engine, SYSTEM) as session:
        session.query(Change).delete()
    with town.looked_at() as (session, city):
        assert latest_version(session, city) == NOTHING_WRITTEN


def test_what_came_since_is_every_building_once(town):
    first = written(town, "visit", [3])
    for kind, ids in (("visit", [2, 1]), ("hazard", [2])):
        last = written(town, kind, ids)
    assert since(town, first) == ([1, 2], True)
    assert since(town, last) == ([], True)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=365)])
def test_the_order_of_what_was_written_does_not_hang_on_the_clock(town, monkeypatch, back):
    first = written(town, "visit", [1])

    class SetBack(datetime):
        @classmethod
        def now(cls, tz=None) -> datetime:
            return datetime.now(tz) - back

    monkeypatch.setattr(changes, "datetime", SetBack)
    last = written(town, "visit", [2])
    assert last.number == first.number + 1
    assert since(town, first) == ([2], True)
    assert since(town, last) == ([], True)


def test_an_import_among_it_may_have_changed_more_than_facts(town):
    first = written(town, "visit", [1])
    written(town, "import", [2])
    assert since(town, first) == ([2], False)


def test_one_that_names_nobody_stands_for_the_whole_city(town):
    first = written(town, "visit", [1])
    written(town, "import", None)
    written(town, "visit", [1])
    assert since(town, first) == (None, False)


@pytest.mark.parametrize("at_once", [True, False])
def test_more_buildings_than_are_named_are_the_whole_city(town, monkeypatch, at_once):
    monkeypatch.setattr(changes, "MOST_NAMED", 3)
    first = written(town, "visit", [1])
    for ids in [[1, 2, 3, 4]] if at_once else [[1, 2], [3, 4]]:
        written(town, "visit", ids)
    assert since(town, first) == (None, False)


def test_a_version_of_a_copy_that_was_written_to_apart_is_not_known(town):
    version = written(town, "visit", [1])
    assert since(town, version._replace(token="of another")) == (None, False)


def test_a_transaction_that_fails_leaves_no_number(town):
    before = written(town, "visit", [1])
    with pytest.raises(RuntimeError), writing(town.engine, SYSTEM) as session:
        log_change(session, session.scalars(select(City.id).where(City.code == CITY)).one(), "visit", [2])
        raise RuntimeError
    assert written(town, "visit", [3]).number == before.number + 1


def test_of_many_writers_at_once_each_has_a_number_of_its_own_and_none_is_left_out(town):
    before = written(town, "visit", [1])
    with ThreadPoolExecutor(8) as pool:
        numbers = [version.number for version in pool.map(lambda n: written(town, "visit", [n]), range(1, 25))]
    assert sorted(numbers) == list(range(before.number + 1, before.number + 25))
    assert since(town, before) == (list(range(1, 25)), True)


def test_another_citys_writes_are_its_own(town):
    version = written(town, "visit", [1])
    with writing(town.engine, SYSTEM) as session:
        log_change(session, session.scalars(select(City.id).where(City.code != CITY)).one(), "visit", [2])
    assert since(town, version) == ([], True)


def test_a_kind_that_nobody_knows_is_a_mistake_of_ours(town):
    with pytest.raises(KeyError):
        written(town, "guess", [1])


def test_learning_of_a_house_is_one_number(town):
    with reading(town.engine, SYSTEM) as session:
        city = session.scalars(select(City).where(City.code == CITY)).one()
        before = latest_version(session, city)
    town.learn(PLUM_COURT, FIRE)
    (ids, facts_only) = since(town, before)
    assert ids is not None and len(ids) == 1
    assert not facts_only
