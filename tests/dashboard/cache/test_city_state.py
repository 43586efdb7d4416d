"""The state that is shown: whole, never waited for once there is one, followed by the next as soon as it is ready."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from dashboard.cache import city_state
from dashboard.cache.city_state import Builder, CityStates, Version
from data.access.roles import SYSTEM
from data.city import fact_store
from data.city.changes import log_change
from data.city.fact_store import load_city_facts, store
from data.city.queries import NoSuchCity
from data.db.engine import open_database, writing
from tests.data.lockside import HARBOUR_ROW, PLUM_COURT, Records, told
from tests.data.town_hall import CITY, Town, settle

FIRE = Records(events=told("fire_accident 2024-06-29"))
LATER = Records(events=told("lead_given 2024-08-02"))


class SlowBuilder(Builder):
    """A builder that builds when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.busy = False

    def begin(self, city: str, version: Version) -> None:
        self.asked.append(city)
        self.busy = True

    def is_building(self, city: str) -> bool:
        return self.busy

    def began_lately(self, city: str) -> bool:
        return False

    def finish(self, town: Town) -> None:
        with town.looked_at() as (session, city):
            store(load_city_facts(session, city, "WGS84"), "WGS84")
        self.busy = False


@pytest.fixture
def town(tmp_path: Path, monkeypatch) -> Town:
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    monkeypatch.setattr(city_state, "SECONDS_BEHIND", 0)
    return settle(open_database(f"sqlite:///{tmp_path / 'lockside.sqlite'}"))


@pytest.fixture
def states(town) -> CityStates:
    return CityStates(town.engine, lambda: "WGS84")


@pytest.fixture
def builder(states, monkeypatch) -> SlowBuilder:
    """Lockside counts as a large city, of which nothing is built while somebody waits."""
    states.current(CITY)
    monkeypatch.setattr(city_state, "SMALL_CITY", 0)
    states.builder = SlowBuilder()
    return states.builder


def change_everything(town: Town) -> None:
    with town.looked_at() as (session, city), writing(town.engine, SYSTEM) as session:
        log_change(session, city.id, "import", None)


def test_a_fact_is_in_the_next_state_and_the_state_before_can_still_be_had(states, town):
    before = states.current(CITY)
    town.learn(PLUM_COURT, FIRE)
    now = states.current(CITY)
    row = town.rows()["Plum Court"]
    assert row in now.city_facts.fact_log.events["fire_accident"][0]
    assert row not in before.city_facts.fact_log.events["fire_accident"][0]
    assert now.version != before.version
    assert states.at(CITY, before.version) is before
    assert states.at(CITY, now.version) is now


def test_what_did_not_change_is_the_very_same(states, town):
    before = states.current(CITY)
    assert states.current(CITY) is before
    town.learn(PLUM_COURT, FIRE)
    now = states.current(CITY)
    assert now.city_facts.buildings is before.city_facts.buildings
    assert now.city_facts.stored is before.city_facts.stored


def test_a_fact_of_a_later_day_moves_the_last_day(states, town):
    before = states.current(CITY)
    town.learn(HARBOUR_ROW, LATER)
    assert states.current(CITY).last_day > before.last_day
    assert states.current(CITY).first_day == before.first_day


def test_while_the_whole_city_is_built_anew_the_state_before_is_served_and_says_so(states, builder, town):
    before = states.current(CITY)
    change_everything(town)
    for _ in range(3):
        behind = states.current(CITY)
        assert behind.is_behind
        assert (behind.version, behind.city_facts) == (before.version, before.city_facts)
    assert builder.asked[0] == CITY
    builder.finish(town)
    now = states.current(CITY)
    assert not now.is_behind
    assert now.version != before.version


def test_facts_go_on_being_shown_in_a_large_city_without_a_builder(states, builder, town):
    row = town.rows()["Plum Court"]
    with town.looked_at() as (session, city), writing(town.engine, SYSTEM) as session:
        log_change(session, city.id, "event", [int(states.current(CITY).city_facts.buildings["id"][row])])
    now = states.current(CITY)
    assert not now.is_behind
    assert now.city_facts.recent is not None
    assert builder.asked == []


def test_a_fact_is_shown_within_a_second_and_a_stream_of_them_in_steps_of_four(states, town, monkeypatch):
    second = [100]
    monkeypatch.setattr(city_state, "SECONDS_BEHIND", 1)
    monkeypatch.setattr(city_state, "monotonic", lambda: second[0])

    def shows_something_new(after: int, is_told: bool) -> bool:
        before = states.current(CITY).version
        if is_told:
            change_everything(town)
        second[0] += after
        return states.current(CITY).version != before

    states.current(CITY)
    assert [shows_something_new(1, is_told=True) for _ in range(2)] == [True, True]
    assert [shows_something_new(1, is_told=True) for _ in range(10)] == [False, True, *[False, False, False, True] * 2]
    assert not any(shows_something_new(1, is_told=False) for _ in range(4))
    assert shows_something_new(1, is_told=True)


def test_a_small_city_is_built_anew_at_once(states, town):
    before = states.current(CITY)
    change_everything(town)
    now = states.current(CITY)
    assert not now.is_behind
    assert now.version != before.version


def test_grades_are_made_to_follow_once_for_each_version(states, builder, town):
    ids = states.current(CITY).city_facts.buildings["id"].tolist()
    for times in (1, 2):
        with town.looked_at() as (session, city), writing(town.engine, SYSTEM) as session:
            log_change(session, city.id, "event", ids[:1])
        for _ in range(4):
            states.current(CITY)
        assert builder.asked == [CITY] * times


def test_a_builder_that_fails_is_not_begun_again_every_moment(monkeypatch):
    begun = []

    class Failed:
        def poll(self) -> int:
            return 1

    monkeypatch.setattr(city_state.subprocess, "Popen", lambda command, **_: begun.append(command) or Failed())
    builder, version = Builder(), Version("1-a", 0)
    for _ in range(3):
        builder.begin(CITY, version)
    assert len(begun) == 1
    builder.begin(CITY, Version("2-b", 0))
    assert len(begun) == 2


def test_recent_facts_are_folded_and_grades_follow_when_nothing_more_comes(states, builder, town):
    with town.looked_at() as (session, city), writing(town.engine, SYSTEM) as session:
        log_change(session, city.id, "event", [int(states.current(CITY).city_facts.buildings["id"][0])])
    states.current(CITY)
    assert builder.asked == []
    states.current(CITY)
    assert builder.asked == [CITY]


def test_where_the_database_cannot_be_read_the_last_state_is_shown(states, town, monkeypatch):
    before = states.current(CITY)

    def refuse(*_):
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr(city_state, "latest_version", refuse)
    assert states.current(CITY) is before


def test_a_city_that_is_not_there_is_named(states):
    with pytest.raises(NoSuchCity, match="atlantis"):
        states.current("atlantis")


def test_a_store_of_a_copy_of_the_database_in_another_place_is_used_again(town, states, tmp_path, monkeypatch):
    states.current(CITY)
    (tmp_path / "elsewhere").mkdir()
    copy = town.copied(tmp_path / "elsewhere")
    monkeypatch.setattr(fact_store, "facts_from_tables", lambda *_, **__: pytest.fail("The tables were read again."))
    assert CityStates(copy.engine, lambda: "WGS84").current(CITY).version == states.current(CITY).version
