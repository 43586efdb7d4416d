"""The log is JSON lines with the number a person reads out; nothing secret is in it."""

import io
import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.observability import logs
from dashboard.observability.request_metrics import RequestMetrics
from dashboard.server import ROUTES
from data.access.roles import SYSTEM
from data.db.engine import writing
from tests.sessions import COOKIE, token_of

SITE = "http://map.test"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def lines(monkeypatch):
    """What stands on stderr by now, line by line."""
    stream, log = io.StringIO(), logging.getLogger(logs.NAME)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", logging.WARNING)
    logs.to_stderr()
    logs.to_stderr()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def site(district) -> TestClient:
    app = Starlette(routes=ROUTES, middleware=[Middleware(RequestMetrics), Middleware(AuthMiddleware)])
    headers = {"Origin": SITE}
    return TestClient(app, SITE, raise_server_exceptions=False, follow_redirects=False, headers=headers)


def signed_in(site: TestClient) -> str:
    token = token_of(city_cache.database(), "administrator")
    site.headers["Cookie"] = f"{COOKIE}={token}"
    return token


def break_the_map(monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("dashboard.map.tile_routes.city_cache.point_layer", broken)


def test_a_line_is_one_object_with_time_level_and_message_and_is_written_once(lines):
    logging.getLogger(logs.NAME).warning("the disk is nearly full 磁盘将满")
    (line,) = lines()
    assert line.pop("time")
    assert line == {
        "level": "WARNING",
        "message": "the disk is nearly full 磁盘将满",
        "reference": "",
        "route": "",
        "account": "",
    }


def test_a_fault_of_a_route_is_logged_with_the_number_that_the_answer_shows(site, lines, monkeypatch):
    break_the_map(monkeypatch)
    token = signed_in(site)
    answer = site.get("/map/at?city=demo&at=0,0,18")
    assert answer.status_code == 500
    fault, request = lines()
    assert fault["reference"] == request["reference"] == answer.json()["fault"]
    assert fault["route"] == request["route"] == "/map/at"
    assert fault["account"] == request["account"] == "administrator"
    assert "RuntimeError: broken" in fault["exc_info"]
    assert (request["method"], request["status"]) == ("GET", 500)
    assert "city=demo" not in json.dumps(lines())
    assert token not in json.dumps(lines())


def test_two_requests_have_two_numbers_and_what_is_outside_of_them_a_new_one(site, lines, monkeypatch):
    break_the_map(monkeypatch)
    signed_in(site)
    shown = [site.get("/map/at?city=demo&at=0,0,18").json()["fault"] for _ in range(2)]
    assert len({*shown, logs.reference(), logs.reference()}) == 4


@pytest.mark.parametrize("fault", [False, True])
def test_a_password_never_gets_into_the_log(site, lines, monkeypatch, fault):
    if fault:
        monkeypatch.setattr("data.access.sessions.verify_password", lambda password, kept: 1 / 0)
    answer = site.post("/sign-in?next=/secret", data={"name": PASSWORD, "password": PASSWORD})
    assert answer.status_code == (500 if fault else 403)
    assert answer.headers["content-type"].startswith("application/json" if fault else "text/html")
    written = json.dumps(lines())
    assert "/sign-in" in written
    assert "horse" not in written
    assert "secret" not in written


def test_a_fault_of_the_database_does_not_carry_what_rows_hold_into_the_log(site, lines, monkeypatch):
    with pytest.raises(OperationalError) as fault, writing(city_cache.database(), SYSTEM) as session:
        session.execute(text("INSERT INTO nowhere VALUES (:it)"), {"it": PASSWORD})
    logging.getLogger(logs.NAME).error("it failed", exc_info=fault.value)
    assert "nowhere" in lines()[0]["exc_info"]
    assert "horse" not in json.dumps(lines())


def test_what_goes_well_and_changes_nothing_is_not_logged(site, lines):
    signed_in(site)
    assert site.get("/map/search?city=demo&q=a").status_code == 200
    assert lines() == []


HOSTILE = [
    "a\nb",
    "a\r\nb",
    'a","level":"INFO',
    "\x1b[2J\x1b[31m",
    "\x9b2J",
    "a\u202eb",
    "a\u2028b\x85c",
    "\U000e0041",
    "\x7f\x00",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_ends_a_line_steers_a_terminal_or_turns_its_neighbours(lines, name):
    logging.getLogger(logs.NAME).warning("the city %s could not be opened (%s)", name, ValueError(name))
    logging.getLogger(logs.NAME).error("fault", exc_info=ValueError(name), extra={"reference": name})
    written = logging.getLogger(logs.NAME).handlers[0].stream.getvalue()
    assert len(written.splitlines()) == written.count("\n") == 2
    assert all(sign.isprintable() for sign in written.replace("\n", ""))
    first, second = lines()
    assert first["message"] == f"the city {name} could not be opened ({name})"
    assert second["reference"] == name and second["level"] == "ERROR"
