"""Many at the door at once, or a writer before it: whoever is inside goes on, and whoever waits is told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from anyio import CapacityLimiter
from sqlalchemy import select
from starlette.testclient import TestClient

from dashboard.auth import account_views
from dashboard.cache import city_cache
from dashboard.exports import download_route
from dashboard.i18n import translator
from dashboard.map import tile_routes
from dashboard.shell import thread_pools
from dashboard.shell.thread_pools import DOOR, SEARCHES, SESSIONS, TILES
from data.access import sessions
from data.access.accounts import Grant, add_account
from data.access.errors import SignInRefused
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import MOST_CONNECTIONS, RETRY_AFTER_S, writing
from data.db.models.accounts import Account
from tests.data.lockside import ON
from tests.data.town_hall import CITY

PASSWORD = "copper kettle at noon"
A_PERSON = {"Accept": "text/html"}
OTHER_THREADS = 40  # of every Starlette server, for what names no pool
A_TILE = f"/map/tiles/1/1/0.mvt?city={CITY}"
CROWD = 60
HANGS_S = 120
ROOT = Path(__file__).parents[3]


@pytest.fixture
def browser(come) -> TestClient:
    """Lan's, not yet signed in, before the town's site."""
    client = come()
    with writing(city_cache.database(), SYSTEM) as session:
        if session.scalar(select(Account.id).where(Account.name == "lan")) is None:
            add_account(session, SYSTEM, COMMAND_LINE, "lan", "leader", Grant((CITY,)), password=PASSWORD)
    return client


def sign_in(browser: TestClient, language: str = "zh", **headers: str):
    form = {"name": "lan", "password": PASSWORD}
    return browser.post(f"/sign-in?lang={language}", data=form, headers=headers)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_signs_in_while_others_write_is_asked_in_their_language_to_try_again(browser, monkeypatch, language):
    monkeypatch.setattr(sessions, "PERSONS_PATIENCE_S", 0)
    with writing(city_cache.database(), SYSTEM) as other:
        other.connection()  # its transaction begins
        answer = sign_in(browser, language, **A_PERSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert translator(language)("shell.busy") in answer.text
    assert sign_in(browser, language, **A_PERSON).status_code == 303


def test_a_machine_is_told_the_same_as_json(browser, monkeypatch):
    monkeypatch.setattr(sessions, "PERSONS_PATIENCE_S", 0)
    with writing(city_cache.database(), SYSTEM) as other:
        other.connection()  # its transaction begins
        answer = sign_in(browser)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert translator("en")("shell.busy") in answer.json()["mistake"]


def test_an_export_that_cannot_be_entered_in_the_trail_does_not_leave_and_is_to_be_asked_for_again(come, monkeypatch):
    monkeypatch.setattr(download_route, "PERSONS_PATIENCE_S", 0)
    leader = come("leader")
    with writing(city_cache.database(), SYSTEM) as other:
        other.connection()
        answer = leader.get(f"/export/{CITY}.csv?day={ON}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_AFTER_S))
    assert translator("en")("shell.busy") in answer.json()["mistake"]


def test_while_the_door_is_full_tiles_and_searches_are_answered(come, monkeypatch):
    inside, full, stop = come("leader"), Event(), Event()

    def slow(*_):
        if DOOR.borrowed_tokens == DOOR.total_tokens:
            full.set()
        stop.wait(HANGS_S)
        raise SignInRefused("no")

    monkeypatch.setattr(account_views, "sign_in", slow)
    with inside, ThreadPoolExecutor(CROWD + 1) as many:
        waiting = [many.submit(sign_in, inside) for _ in range(CROWD)]
        full.wait(HANGS_S)
        try:
            assert many.submit(inside.get, A_TILE).result(HANGS_S).status_code == 200
            assert many.submit(inside.get, f"/map/search?city={CITY}&q=mill").result(HANGS_S).json()["found"]
        finally:
            stop.set()
        assert {one.result().status_code for one in waiting} == {403}


def test_a_rush_on_the_search_leaves_the_tiles_alone(come, monkeypatch):
    inside, full, stop = come("leader"), Event(), Event()

    def slow(*_):
        if SEARCHES.borrowed_tokens == SEARCHES.total_tokens:
            full.set()
        stop.wait(HANGS_S)
        return []

    monkeypatch.setattr(tile_routes.queries, "search", slow)
    with inside, ThreadPoolExecutor(CROWD + 1) as many:
        waiting = [many.submit(inside.get, f"/map/search?city={CITY}&q=a") for _ in range(CROWD)]
        full.wait(HANGS_S)
        try:
            assert many.submit(inside.get, A_TILE).result(HANGS_S).status_code == 200
        finally:
            stop.set()
        assert {one.result().status_code for one in waiting} == {200}


def test_each_thread_that_may_hold_a_connection_finds_one():
    pools = [TILES, SESSIONS, SEARCHES, DOOR]
    assert {one for one in vars(thread_pools).values() if isinstance(one, CapacityLimiter)} == set(pools)
    assert sum(pool.total_tokens for pool in pools) + OTHER_THREADS <= MOST_CONNECTIONS


def test_no_page_waits_longer_for_other_writers_than_a_person_does():
    in_a_job = "dashboard/admin/imports/run.py"  # beside the pages, by the form it belongs to
    patient = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "with writing(" in line and "PERSONS_PATIENCE_S" not in line
    ]
    assert [line for line in patient if not line.startswith(in_a_job)] == []
