"""A page's socket is opened for who is signed in and comes from a page of ours; its session is told by our header."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.runtime.context import ContextProxy

from dashboard.auth.middleware import POLICY_VIOLATION, USER_HEADER, AuthMiddleware
from dashboard.auth.request_user import SignedOut, current_user
from dashboard.cache import city_cache
from data.access.roles import SYSTEM
from data.access.sessions import auth_session, end_session
from data.audit.trail import Actor
from data.db.engine import writing
from tests.dashboard.conftest import SITE
from tests.data.town_hall import CITY
from tests.sessions import COOKIE, token_of


async def tell_user(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json(socket.headers.getlist(USER_HEADER.decode()))
    await socket.close()


@pytest.fixture
def token(two_towns) -> str:
    return token_of(city_cache.database(), "leader", CITY)


def opened(token: str | None, origin: str | None = SITE, *, tls: bool = False, **headers: str) -> list[str]:
    """What the page behind the middleware is told of who is there. Raises WebSocketDisconnect where it is refused."""
    site = Starlette(routes=[WebSocketRoute("/_stcore/stream", tell_user)], middleware=[Middleware(AuthMiddleware)])
    if origin is not None:
        headers["Origin"] = origin
    if token is not None:
        headers["Cookie"] = f"{'__Host-' if tls else ''}{COOKIE}={token}"
    address = f"{'wss' if tls else 'ws'}://map.test/_stcore/stream"
    with TestClient(site, base_url=SITE).websocket_connect(address, headers=headers) as socket:
        return socket.receive_json()


def refused(*given, **more) -> None:
    with pytest.raises(WebSocketDisconnect) as refusal:
        opened(*given, **more)
    assert refusal.value.code == POLICY_VIOLATION


def test_a_socket_of_one_who_is_signed_in_is_bound_to_the_session(token):
    assert opened(token) == [str(auth_session(city_cache.database(), token).session_id)]


def test_a_header_sent_along_is_dropped(token):
    mine = [str(auth_session(city_cache.database(), token).session_id)]
    assert opened(token, **{"X-App-User": "1"}) == mine
    assert opened(token, **{"x-APP-user": "99"}) == mine


@pytest.mark.parametrize("cookie", [None, "", "made up"])
def test_nobody_gets_a_socket_without_a_session(two_towns, cookie):
    refused(cookie)


@pytest.mark.parametrize("origin", [None, "null", "http://evil.test", "https://map.test", "http://map.test:81"])
def test_no_page_of_another_site_opens_a_socket_with_our_cookie(token, origin):
    refused(token, origin)


def test_over_tls_a_page_that_came_over_tls_opens_a_socket_and_no_other(token):
    assert opened(token, "https://map.test", tls=True) == opened(token)
    refused(token, "http://map.test", tls=True)


def test_a_session_that_has_ended_opens_no_socket(token):
    mine = auth_session(city_cache.database(), token)
    with writing(city_cache.database(), SYSTEM) as session:
        end_session(session, SYSTEM, Actor("root", "administrator"), mine.session_id)
    refused(token)


# the page behind the socket


def test_a_page_knows_its_visitor_by_the_cookie_of_its_socket(token, monkeypatch):
    for address, told in ((None, ""), ("10.0.0.7", "10.0.0.7")):
        for name in (COOKIE, f"__Host-{COOKIE}"):
            monkeypatch.setattr(ContextProxy, "cookies", property(lambda _, name=name: {name: token}))
            monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _, address=address: address))
            user = current_user()
            assert user.auth_session == auth_session(city_cache.database(), token)
            assert user.actor == Actor(user.auth_session.name, "leader", told)


def test_a_page_without_a_session_stops(two_towns, monkeypatch):
    for cookies in ({}, {COOKIE: ""}, {COOKIE: "made up"}):
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _, cookies=cookies: cookies))
        with pytest.raises(SignedOut):
            current_user()


# one's own account


def test_what_is_wrong_with_a_new_password_is_no_success(come):
    client = come("leader")
    for form in ({"new": "a", "again": "b"}, {"new": "seven swans a-swimming"}, {"old": "x", "new": "x", "again": "x"}):
        assert client.post("/account/password", data=form).status_code == 422


def test_a_number_that_is_none_ends_no_session(come):
    client = come("leader")
    for number in ("", "x", "-1", "1e3", "9" * 18, "٣"):
        answer = client.post("/account/end?lang=en", data={"session": number})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?lang=en")
    assert client.get("/account").status_code == 200
