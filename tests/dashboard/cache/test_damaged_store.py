"""Whatever becomes of the files of a fact store: the map is shown, the store is made again, and /health is true."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache, city_state
from dashboard.cache.city_state import Builder, Version
from dashboard.observability import health
from dashboard.server import ROUTES
from dashboard.shell.startup import open_first_city
from data.access.roles import SYSTEM
from data.city import fact_store, rebuild
from data.city.fact_store import load_city_facts, read_city_facts, store, store_folder
from data.db.engine import open_database
from tests.data.lockside import PLUM_COURT, RULE_SETS, Records, told
from tests.data.town_hall import CITY, Town, settle
from tests.sessions import COOKIE, token_of

SITE = "http://map.test"
EVERYTHING = {"city": CITY, "box": "100,20,120,40"}
FIRE = Records(events=told("fire_accident 2024-06-29"))


class BuilderHere(Builder):
    """Builds in this process, and is done before anybody looks again."""

    def __init__(self, engine) -> None:
        super().__init__()
        self.engine, self.built = engine, 0

    def begin(self, city: str, version: Version) -> None:
        self.built += 1
        rebuild.prepare_city(self.engine, city, "WGS84", lambda *_: None)

    def began_lately(self, city: str) -> bool:
        return False


@pytest.fixture
def town(tmp_path, monkeypatch) -> Iterator[Town]:
    """Lockside made ready for the map, with this process pointed at it and nothing open."""
    address = f"sqlite:///{tmp_path / 'towns.sqlite'}"
    monkeypatch.setenv("CREDIT_MAP_DATABASE", address)
    for name in ("CREDIT_MAP_TILES", "CREDIT_MAP_TILES_DATUM", "CREDIT_MAP_TILES_CREDIT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    monkeypatch.setattr(city_state, "SECONDS_BEHIND", 0)
    monkeypatch.setattr(health, "SECONDS_KEPT", 0)
    st.cache_resource.clear()
    town = settle(open_database(address))
    rebuild.prepare_city(town.engine, CITY, "WGS84", lambda *_: None)
    rebuild.prepare_city(town.engine, "otherbank", "WGS84", lambda *_: None)
    yield town
    st.cache_resource.clear()


@pytest.fixture
def folder(town) -> Path:
    with town.looked_at() as (session, city):
        stored = fact_store.nearest_whole(session, city, "WGS84")
    assert stored is not None
    return store_folder(CITY, stored, "WGS84")


@pytest.fixture
def open_server(town) -> Callable[[], TestClient]:
    """Opens the first city as a server does when it starts; the browser of one who may see everything."""

    def opened() -> TestClient:
        city_cache.city_states().builder = BuilderHere(town.engine)
        open_first_city()
        headers = {"Cookie": f"{COOKIE}={token_of(city_cache.database(), 'administrator')}"}
        site = Starlette(routes=ROUTES, middleware=[Middleware(AuthMiddleware)])
        return TestClient(site, SITE, headers=headers, raise_server_exceptions=False)

    return opened


def flipped(file: Path, place: int) -> None:
    whole = bytearray(file.read_bytes())
    whole[place] ^= 1
    file.write_bytes(whole)


def cut(file: Path, length: int) -> None:
    """In place: whoever had the file mapped would end by SIGBUS."""
    os.truncate(file, length)


def otherbanks(file: Path) -> None:
    other = next(file.parent.parent.glob(f"otherbank-*/{file.name}"))
    shutil.copyfile(other, file)


def made_a_folder(file: Path) -> None:
    """What can be opened by no one, even by root."""
    file.unlink()
    file.mkdir()


HEAD = 40  # a place among the names and types
DAMAGE: dict[str, Callable[[Path], None]] = {
    "a byte of an array": lambda file: flipped(file, -1),
    "a byte of the head": lambda file: flipped(file, HEAD),
    "the first byte": lambda file: flipped(file, 0),
    "cut in half": lambda file: cut(file, file.stat().st_size // 2),
    "emptied": lambda file: cut(file, 0),
    "deleted": Path.unlink,
    "another city's": otherbanks,
    "another format's": lambda file: file.write_bytes(b"PK\x03\x04" * 400) and None,
    "a folder": made_a_folder,
    "of a dead builder": lambda file: [one.unlink() for one in file.parent.iterdir() if one != file] and None,
}
PARTS = ("buildings", "events-0", "open_periods", "vacancies")
EACH = [(kind, "visits") for kind in DAMAGE] + [("deleted", part) for part in PARTS]
NOT_IN_A_HEAD = "a byte of an array"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def answers(client: TestClient) -> tuple[int, object]:
    answer = client.get("/map/counts", params=EVERYTHING)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(("damage", "part"), EACH)
def test_a_server_that_starts_over_a_damaged_store_makes_it_again_and_says_so(
    open_server, folder, damage, part, caplog
):
    before, whole = answers(open_server()), bytes_of(folder)
    st.cache_resource.clear()
    DAMAGE[damage](folder / f"{part}.arrays")
    client = open_server()
    assert answers(client) == before
    assert before[0] == 200
    assert f"The fact store {folder.name} cannot be used" in caplog.text
    client.get("/health")  # asks for the history, which went with the store
    assert client.get("/health").json() == {"ready": True, "reasons": []}
    assert bytes_of(folder) == whole
    assert [one.name for one in folder.parent.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_running_server_goes_on_over_a_damaged_store_and_has_it_made_again(open_server, town, folder, damage):
    client, whole = open_server(), bytes_of(folder)
    before = answers(client)
    DAMAGE[damage](folder / "visits.arrays")
    assert answers(client) == before
    said = client.get("/health")
    expected = [] if damage == NOT_IN_A_HEAD else ["facts_being_made_again"]
    assert (said.status_code, said.json()) == (200, {"ready": True, "reasons": expected})
    if damage == NOT_IN_A_HEAD:  # nobody reads it again before the next builder
        rebuild.prepare_city(town.engine, CITY, "WGS84", lambda *_: None)
    assert client.get("/health").json() == {"ready": True, "reasons": []}
    assert bytes_of(folder) == whole
    assert answers(client) == before


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_history_is_made_again_beside_the_map(open_server, folder, damage):
    client, whole = open_server(), bytes_of(folder)
    before = answers(client)
    file = next(folder.glob(f"history-{RULE_SETS[0]}-*"))
    if damage in ("a folder", "of a dead builder", "another city's"):
        file.write_bytes(next(folder.glob(f"history-{RULE_SETS[1]}-*")).read_bytes())
    else:
        DAMAGE[damage](file)
    version = city_cache.city_context(SYSTEM, CITY).version
    assert city_cache.history(SYSTEM, CITY, version, RULE_SETS[0]) is None  # the page says that it is being made
    assert city_cache.history(SYSTEM, CITY, version, RULE_SETS[0]) is not None
    assert bytes_of(folder) == whole
    assert answers(client) == before


def test_a_damaged_history_is_told_by_health(open_server, folder):
    client = open_server()
    cut(next(folder.glob("history-*")), 20)
    assert client.get("/health").json() == {"ready": True, "reasons": ["history_missing"]}
    assert client.get("/health").json() == {"ready": True, "reasons": []}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads whatever its permissions say")
@pytest.mark.parametrize("which", [Path, lambda folder: folder / "visits.arrays"])
def test_a_store_that_may_not_be_read_is_made_again(open_server, folder, which):
    before = answers(open_server())
    st.cache_resource.clear()
    which(folder).chmod(0)
    assert answers(open_server()) == before
    assert read_city_facts(folder).city == CITY


def test_a_store_in_the_place_of_which_a_file_lies_is_made_again(open_server, folder):
    before = answers(open_server())
    st.cache_resource.clear()
    shutil.rmtree(folder)
    folder.write_text("no store")
    assert answers(open_server()) == before
    assert read_city_facts(folder).city == CITY


def test_what_a_killed_builder_left_is_removed_by_the_next(open_server, town, folder):
    half = fact_store._scratch(CITY) / folder.name
    half.mkdir(parents=True)
    shutil.copy(folder / "visits.arrays", half / "events-99.arrays")
    shutil.rmtree(folder)
    assert answers(open_server())[0] == 200
    assert not half.parent.exists()
    assert folder.exists()
    assert not (folder / "events-99.arrays").exists()


def test_a_later_store_that_is_damaged_does_not_take_an_earlier_whole_one_with_it(town, folder):
    town.learn(PLUM_COURT, FIRE)
    with town.looked_at() as (session, city):
        later = store_folder(CITY, store(load_city_facts(session, city, "WGS84"), "WGS84").version, "WGS84")
        cut(later / "visits.arrays", 7)
        fact_store.remove_older(session, city, "WGS84")
        assert folder.exists()
        assert fact_store.nearest_whole(session, city, "WGS84") == read_city_facts(folder).version
        row = town.rows()["Plum Court"]
        assert row in load_city_facts(session, city, "WGS84").fact_log.events["fire_accident"][0]


def test_where_nothing_can_be_stored_the_map_is_shown_from_memory(open_server, folder, monkeypatch, caplog):
    before = answers(open_server())
    st.cache_resource.clear()
    shutil.rmtree(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fact_store, "write_columns", full)
    monkeypatch.setattr(BuilderHere, "begin", lambda *_: None)
    client = open_server()
    assert answers(client) == before
    assert "cannot be written to (the disk is full)" in caplog.text
    assert client.get("/health").json() == {"ready": True, "reasons": ["facts_being_made_again"]}


def test_a_state_moves_to_the_store_that_was_made_in_the_place_of_its_own(open_server, town, folder):
    open_server()
    town.learn(PLUM_COURT, FIRE)
    states = city_cache.city_states()
    before = states.current(CITY)
    shutil.rmtree(folder)
    states.current(CITY)  # notices, and has one made
    now = states.current(CITY)
    assert now.version == before.version
    assert fact_store.is_stored(now.city_facts, "WGS84")
    assert states.builder.built == 1


def test_states_over_more_than_two_stores_are_not_kept_in_memory(open_server, town):
    open_server()
    states = city_cache.city_states()
    for minute in range(4):
        town.learn(PLUM_COURT, Records(events=told(f"fire_accident 2024-06-{10 + minute}")), minute)
        with town.looked_at() as (session, city):
            store(load_city_facts(session, city, "WGS84"), "WGS84")
        shutil.rmtree(store_folder(CITY, states.current(CITY).city_facts.stored.version, "WGS84"))
        states.current(CITY)
        city_cache.city_context(SYSTEM, CITY)
    kept = {id(state.city_facts.stored) for state in states._shown[CITY].states}
    assert len(kept) == city_state.STORES_KEPT


def test_arrays_that_are_shown_are_no_part_of_a_file(folder):
    """Of a mapped file that is cut short the process that looks at it is ended by SIGBUS."""
    facts = read_city_facts(folder)
    before = facts.buildings["id"].copy()
    for file in folder.iterdir():
        cut(file, 0)
    np.testing.assert_array_equal(facts.buildings["id"], before)
    assert str(folder) not in Path("/proc/self/maps").read_text()
