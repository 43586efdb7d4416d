"""Health tells whether visitors may come and no more; figures are for who has the right or holds the token."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.observability import health, metrics
from dashboard.observability.request_metrics import RequestMetrics
from dashboard.server import ROUTES
from dashboard.shell import startup
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.audit.trail import COMMAND_LINE, record
from data.db.engine import open_database, writing
from tests.sessions import COOKIE, token_of

SITE = "http://map.test"
TOKEN = "a token of more than thirty-two characters"


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch) -> None:
    monkeypatch.setattr(health.recent_reasons, "until", 0.0)
    monkeypatch.setattr(health, "SECONDS_KEPT", 0)
    monkeypatch.delenv("CREDIT_MAP_METRICS_TOKEN", raising=False)


@pytest.fixture
def come(district) -> Callable[..., TestClient]:
    """A browser before the outermost layer of a server that has opened its city."""
    city_cache.city_states().current("demo")

    def come(role: str | None = None, **headers: str) -> TestClient:
        routes = [*health.ROUTES, *(route for route in ROUTES if route.path not in ("/health", "/metrics"))]
        site = Starlette(routes=routes, middleware=[Middleware(RequestMetrics), Middleware(AuthMiddleware)])
        groups = ("fire",) if role == "department" else None
        if role:
            headers["Cookie"] = f"{COOKIE}={token_of(city_cache.database(), role, hazard_groups=groups)}"
        return TestClient(site, SITE, raise_server_exceptions=False, follow_redirects=False, headers=headers)

    return come


def told(client: TestClient) -> tuple[int, dict]:
    answer = client.get("/health")
    return answer.status_code, answer.json()


def value(client: TestClient, name: str, **labels: str) -> float:
    text = client.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


def test_a_prepared_server_is_ready(come):
    assert told(come()) == (200, {"ready": True, "reasons": []})


def test_without_a_city_it_is_not(come, tmp_path, monkeypatch):
    engine = open_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    monkeypatch.setattr(health, "database", lambda: engine)
    assert told(come()) == (503, {"ready": False, "reasons": ["no_city"]})


def test_with_no_city_open_it_is_not_and_opens_one(come, monkeypatch):
    asked = threading.Event()
    city_cache.city_states.clear()
    monkeypatch.setattr(health, "open_first_city", asked.set)
    assert told(come()) == (503, {"ready": False, "reasons": ["being_prepared"]})
    assert asked.wait(60)


def test_what_is_open_is_served_while_its_store_is_made_again(come, tmp_path, monkeypatch):
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    asked = []
    monkeypatch.setattr(city_cache.city_states(), "have_prepared", asked.append)
    assert told(come()) == (200, {"ready": True, "reasons": ["facts_being_made_again"]})
    assert asked == ["demo"]


def test_a_server_that_cannot_open_its_city_is_not_ready_and_tries_again(come, monkeypatch):
    opened = threading.Event()
    monkeypatch.setattr(health, "OPENED", opened)
    monkeypatch.setattr(startup, "OPENED", opened)
    city_cache.city_states.clear()
    with monkeypatch.context() as patch:
        patch.setattr(city_cache, "city_context", lambda *_: 1 / 0)
        startup.open_first_city()
    assert told(come()) == (503, {"ready": False, "reasons": ["being_prepared"]})
    assert opened.wait(60)
    assert told(come()) == (200, {"ready": True, "reasons": []})


def test_a_server_is_not_ready_before_it_has_opened_the_first_city(come, monkeypatch):
    opened = threading.Event()
    monkeypatch.setattr(health, "OPENED", opened)
    monkeypatch.setattr(health, "open_first_city", opened.set)
    client = come()
    assert told(client) == (503, {"ready": False, "reasons": ["being_prepared"]})
    assert opened.wait(60)
    monkeypatch.setattr(health, "recent_reasons", health._RecentReasons(health.reasons))
    assert told(client) == (200, {"ready": True, "reasons": []})


def test_without_a_history_it_is_ready_and_says_so(come, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "history_file", lambda *_: tmp_path / "nothing")
    assert told(come()) == (200, {"ready": True, "reasons": ["history_missing"]})


def test_while_another_writes_it_is_ready_and_says_so(come, district):
    client = come()
    with closing(sqlite3.connect(district.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert told(client) == (200, {"ready": True, "reasons": ["database_locked"]})
        other.execute("ROLLBACK")


def test_a_database_that_takes_no_writes_is_told(come, monkeypatch):
    opened = sqlite3.connect

    def read_only(file: str, **how) -> sqlite3.Connection:
        return opened(file.replace("mode=rw", "mode=ro"), **how)

    monkeypatch.setattr(health.sqlite3, "connect", read_only)
    assert told(come()) == (503, {"ready": False, "reasons": ["database_read_only"]})


def test_an_unreachable_database_is_told_without_a_trace_or_an_address(come, monkeypatch):
    client = come()
    engine = create_engine("postgresql+psycopg://someone:secret@localhost:1/nothing?connect_timeout=1")
    monkeypatch.setattr(health, "database", lambda: engine)
    assert told(client) == (503, {"ready": False, "reasons": ["database_unreachable"]})


def test_a_full_disk_is_told(come, monkeypatch):
    monkeypatch.setattr(health, "LEAST_DISK", 2**70)
    assert told(come()) == (503, {"ready": False, "reasons": ["low_disk_space"]})


def test_who_asks_without_end_is_told_what_was_found_before(come, monkeypatch):
    asked = []
    monkeypatch.setattr(health, "SECONDS_KEPT", 60)
    monkeypatch.setattr(health.recent_reasons, "find", lambda: asked.append(1) or iter(("no_city",)))
    client = come()
    assert told(client) == told(client) == (503, {"ready": False, "reasons": ["no_city"]})
    assert asked == [1]


@pytest.mark.parametrize("role", [None, *ROLES])
def test_figures_are_for_those_who_have_the_right(come, role):
    answer = come(role).get("/metrics")
    if role is None:
        assert answer.status_code == 401
    else:
        assert answer.status_code == (200 if AccessScope(role).can("metrics") else 403)


@pytest.mark.parametrize(
    ("kept", "given", "status"),
    [
        (TOKEN, f"Bearer {TOKEN}", 200),
        (TOKEN, f"bearer {TOKEN}", 200),
        (TOKEN, "Bearer another token of more than thirty-two", 401),
        (TOKEN, f"Basic {TOKEN}", 401),
        (TOKEN, "Bearer ", 401),
        (TOKEN, "Bearer \xe9", 401),
        ("short", "Bearer short", 401),
        ("", "Bearer ", 401),
        ("", "", 401),
    ],
)
def test_a_machine_needs_the_whole_token_and_a_long_one(come, monkeypatch, kept, given, status):
    monkeypatch.setenv("CREDIT_MAP_METRICS_TOKEN", kept)
    client = come()
    assert client.get("/metrics", headers={"Authorization": given.encode("latin-1")}).status_code == status


def test_requests_are_counted_by_the_template_of_their_route(come):
    client = come("administrator")

    def counted(**labels: str) -> float:
        return value(client, "credit_map_requests_total", **labels)

    before = counted(route="/map/search", status="404"), counted(route="other", method="other")
    client.get("/map/search?city=atlantis&q=secret")
    client.request("INVENTED", "/a/secret/address")
    assert counted(route="/map/search", status="404") == before[0] + 1
    assert counted(route="other", method="other") == before[1] + 1
    text = client.get("/metrics").text
    assert "secret" not in text
    assert "INVENTED" not in text


def test_whom_the_gate_refuses_is_counted_too(come):
    client = come("administrator")
    before = value(client, "credit_map_requests_total", route="/map/search", status="401")
    come().get("/map/search")
    assert value(client, "credit_map_requests_total", route="/map/search", status="401") == before + 1


def test_deeds_are_counted_in_the_trail_and_faults_where_they_happen(come, monkeypatch):
    client = come("administrator")
    before = {name: value(client, f"credit_map_{name}_total") for name in (*metrics.COUNTED_ACTIONS.values(), "faults")}
    assert before["sign_ins"] >= 1
    with writing(city_cache.database(), SYSTEM) as session:
        for action in metrics.COUNTED_ACTIONS:
            record(session, COMMAND_LINE, action, {})
    monkeypatch.setattr(metrics, "Runtime", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.map.tile_routes.city_cache.point_layer", None)
        assert client.get("/map/at?city=demo&at=0,0,18").status_code == 500
    monkeypatch.undo()
    for name, count in before.items():
        assert value(client, f"credit_map_{name}_total") == count + 1, name


def test_memory_open_files_pages_and_times_are_there(come):
    client = come("administrator")
    client.get("/health")
    assert value(client, "credit_map_process_resident_memory_bytes") > 10**7
    assert value(client, "credit_map_process_open_fds") >= len(os.listdir("/proc/self/fd")) - 5
    assert value(client, "credit_map_open_pages") == 0
    assert value(client, "credit_map_request_seconds_count", route="/health") >= 1
