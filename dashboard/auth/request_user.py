"""Who is signed in: the one place that turns a request, or the page's own socket, into a CurrentUser."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import streamlit as st
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from dashboard.auth.cookies_and_origin import cookies_of, cookies_of_page
from dashboard.cache.city_cache import database
from dashboard.cache.kept_input import Owner
from dashboard.i18n import in_every_language
from dashboard.observability import logs
from data.access.roles import AccessScope, Permission
from data.access.sessions import AuthSession, auth_session, cached_auth_session
from data.audit.trail import Actor


class SignedOut(Exception):
    """The session of an open page has ended: signed out, timed out, or the account was disabled."""


class NotForThisRole(Exception):
    """A page was opened that the user's role has no permission for."""


@dataclass(frozen=True)
class CurrentUser:
    """Who is signed in, what they may see, and how the audit trail names them."""

    auth_session: AuthSession
    actor: Actor

    @property
    def scope(self) -> AccessScope:
        return self.auth_session.scope

    @property
    def owner(self) -> Owner:
        """Whose is what is typed and not handed in yet."""
        return Owner(self.auth_session.account_id, self.auth_session.name, self.auth_session.session_id)


def auth_session_of(connection: HTTPConnection) -> AuthSession | None:
    """Whose session a request or a socket brings along in its cookie."""
    session = auth_session(database(), connection.cookies.get(cookies_of(connection).session, ""))
    if session:
        logs.set_account(session.name)
    return session


def cached_auth_session_of(connection: HTTPConnection) -> AuthSession | None:
    """The same without waiting for anything; None where the database must be asked."""
    return cached_auth_session(database(), connection.cookies.get(cookies_of(connection).session, ""))


def current_user(request: Request | None = None) -> CurrentUser:
    """The user behind a request, or behind the running page when none is given; asked anew each time.

    Raises SignedOut.
    """
    if request is None:
        session, address = _auth_session_of_page(), st.context.ip_address or ""
    else:
        session = getattr(request.state, "auth_session", None) or auth_session_of(request)
        address = request.client.host if request.client else ""
    if session is None:
        raise SignedOut
    return CurrentUser(session, Actor(session.name, session.scope.role, address))


def _auth_session_of_page() -> AuthSession | None:
    cookies = st.context.cookies
    tokens = (cookies.get(names.session) for names in cookies_of_page())
    return auth_session(database(), next((token for token in tokens if token), ""))


def user_with(permission: Permission) -> CurrentUser:
    """The running page's user. Raises SignedOut, or NotForThisRole without the permission."""
    user = current_user()
    if not user.scope.can(permission):
        raise NotForThisRole
    return user


def refused(why: str, status: int) -> Response:
    """why: a key of the texts."""
    return JSONResponse({"mistake": in_every_language(why)}, status_code=status)


class GuardedRoute(Protocol):
    """An endpoint that says which permission it asks for."""

    permission: Permission

    def __call__(self, request: Request) -> Response: ...


def guarded(permission: Permission, answer: Callable[[Request, CurrentUser], Response]) -> GuardedRoute:
    """A route for those who have the permission; anyone else is refused before anything is read."""

    def route(request: Request) -> Response:
        try:
            user = current_user(request)
        except SignedOut:
            return refused("auth.sign_in_first", 401)
        if not user.scope.can(permission):
            return refused("auth.no_right", 403)
        return answer(request, user)

    return with_permission(permission, route)


def with_permission(permission: Permission, route: Callable[[Request], Response]) -> GuardedRoute:
    """The same function, marked. Starlette takes functions for endpoints and other callables for whole apps."""
    marked = cast(GuardedRoute, route)
    marked.permission = permission
    return marked
