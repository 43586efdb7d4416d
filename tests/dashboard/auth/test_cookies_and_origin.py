"""Which origin is the site's own, which cookies it sets, and who may pass where."""

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response

from dashboard.auth.account_views import browser_name
from dashboard.auth.cookies_and_origin import (
    TRUSTED_SECONDS,
    Cookies,
    cookies_of_page,
    from_this_site,
    safe_next,
)
from data.settings import settings
from tests.data.lockside import ON
from tests.data.town_hall import CITY


@pytest.fixture(autouse=True)
def no_address_of_its_own(monkeypatch):
    monkeypatch.delenv("CREDIT_MAP_ADDRESS", raising=False)


def ours(origin: str | None, scheme: str = "http", host: str = "map.test", **more: str) -> bool:
    headers = {"host": host, **{name.replace("_", "-"): value for name, value in more.items()}}
    if origin is not None:
        headers["origin"] = origin
    return from_this_site(Headers(headers), scheme)


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "is_ours"),
    [
        ("http://map.test", "http", "map.test", True),
        ("http://map.test:80", "http", "map.test", True),
        ("http://map.test", "ws", "map.test", True),
        ("https://map.test", "https", "map.test", True),
        ("https://map.test", "wss", "map.test", True),
        ("https://map.test:443", "wss", "map.test", True),
        ("http://map.test:8501", "http", "map.test:8501", True),
        ("http://map.test:8501", "http", "map.test", False),
        ("http://map.test", "http", "map.test:8501", False),
        ("http://map.test", "https", "map.test", False),
        ("https://map.test", "http", "map.test", False),
        ("http://evil.test", "http", "map.test", False),
        ("http://map.test.evil", "http", "map.test", False),
        ("http://map.test:x", "http", "map.test", False),
        ("null", "http", "map.test", False),
        ("file://map.test", "http", "map.test", False),
    ],
)
def test_an_origin_is_ours_with_the_same_scheme_host_and_port(origin, scheme, host, is_ours):
    assert ours(origin, scheme, host) == is_ours


def test_two_origins_that_say_nothing_are_not_each_others():
    assert not ours("http://", host="map.test")
    assert not ours("http://:80", host="map.test")


def test_without_an_origin_the_browser_must_say_that_it_comes_from_here():
    assert ours(None, sec_fetch_site="same-origin")
    for site in ("cross-site", "same-site", "none", ""):
        assert not ours(None, sec_fetch_site=site)
    assert not ours(None)


def test_behind_a_proxy_the_configured_address_is_ours_and_the_requests_own_is_not(monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_ADDRESS", "https://map.city.example/")
    assert settings().address == "https://map.city.example"
    assert ours("https://map.city.example", "http", "10.0.0.1:8501")
    assert not ours("http://10.0.0.1:8501", "http", "10.0.0.1:8501")
    assert not ours("http://map.city.example", "http", "map.city.example")


@pytest.mark.parametrize("unset", ["", "/"])
def test_an_empty_address_is_none(monkeypatch, unset):
    monkeypatch.setenv("CREDIT_MAP_ADDRESS", unset)
    assert settings().address is None


def test_a_page_looks_for_either_pair_of_cookies_unless_the_address_says(monkeypatch):
    assert cookies_of_page() == (Cookies(secure=True), Cookies(secure=False))
    monkeypatch.setenv("CREDIT_MAP_ADDRESS", "https://map.city.example")
    assert cookies_of_page() == (Cookies(secure=True),)
    monkeypatch.setenv("CREDIT_MAP_ADDRESS", "http://map.city.example")
    assert cookies_of_page() == (Cookies(secure=False),)


@pytest.mark.parametrize("secure", [True, False])
def test_the_session_ends_with_the_browser_and_its_trust_after_half_a_year(secure):
    response, cookies = Response(), Cookies(secure)
    cookies.set_on(response, "a token", "a browser")
    session, known = response.headers.getlist("set-cookie")
    assert session.startswith(f"{cookies.session}=")
    assert known.startswith(f"{cookies.trusted}=")
    assert "max-age" not in session.lower()
    assert f"max-age={TRUSTED_SECONDS}" in known.lower()
    assert TRUSTED_SECONDS == 180 * 86_400
    for cookie in (session, known):
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) == secure


def test_a_session_is_taken_back_with_what_it_was_given_with():
    response, cookies = Response(), Cookies(secure=True)
    cookies.clear_from(response)
    (gone,) = response.headers.getlist("set-cookie")
    parts = {part.strip().lower() for part in gone.split(";")}
    assert gone.startswith(f"{cookies.session}=")
    assert {"httponly", "samesite=lax", "path=/", "secure", "max-age=0"} <= parts


@pytest.mark.parametrize("sign", ["\\", "\x00", "\x1f", " ", "\x7f", "\n", "\t"])
def test_no_goal_holds_a_sign_that_browsers_read_otherwise(sign):
    assert safe_next(f"/a{sign}b") == "/"
    assert safe_next("/a!b~") == "/a!b~"


@pytest.mark.parametrize("goal", [None, "", "a", "//a", "http://a", "///"])
def test_a_goal_elsewhere_is_the_home_page(goal):
    assert safe_next(goal) == "/"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17 Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Gecko Firefox/121", "Firefox · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/121", "Firefox · Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 60, "x" * 40),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_a_person_calls_it(agent, name):
    assert browser_name(agent) == name


# who may pass where


@pytest.mark.parametrize("role", ["leader", "administrator"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent/x"])
def test_reserved_paths_are_for_those_with_the_right(come, role, path):
    answer = come(role).get(path)
    assert (answer.status_code == 403) == (role == "leader")


def test_a_request_without_a_session_is_told_to_sign_in_and_leads_there_for_a_page(come):
    client = come("leader")
    del client.headers["Cookie"]
    assert client.get("/map/search", headers={"Accept": "application/json"}).status_code == 401
    led = client.get("/", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in")
    led = client.get("/backtest?city=x&lang=en", headers={"Accept": "text/html"})
    assert led.headers["location"] == "/sign-in?next=/backtest%3Fcity%3Dx%26lang%3Den&lang=en"
    assert client.post("/anything", headers={"Accept": "text/html"}).status_code == 401
    assert client.get("/_stcore/metrics").status_code == 403


def test_what_is_open_is_open_and_what_only_looks_like_it_is_not(come):
    client = come("leader")
    del client.headers["Cookie"]
    assert client.get("/health").status_code in (200, 503)
    assert client.get("/sign-in").status_code == 200
    for path in ("/metricsx", "/metrics/x", "/sign", "/map/sign-in"):
        assert client.get(path).status_code == 401, path


def test_one_who_is_signed_in_gets_the_answer(come):
    answer = come("leader").get(f"/map/search?city={CITY}&day={ON}&q=plum")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" not in answer.headers
