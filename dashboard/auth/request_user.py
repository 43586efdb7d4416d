"""Who comes in: the one place that turns a request, or the page's own socket, into a Visitor."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from dashboard.auth.cookies_and_origin import cookies_of, cookies_of_page
from dashboard.cache.city_cache import database
from dashboard.i18n import in_every_language
from dashboard.observability import logs
from data.access.roles import Right, Viewer
from data.access.sessions import Guest, guest, guest_remembered
from data.audit.trail import Actor


class SignedOut(Exception):
    """The session of an open page has ended: signed out, timed out, or the account was disabled."""


class NotForThisRole(Exception):
    """A page was opened that the visitor's role has no right to."""


@dataclass(frozen=True)
class Visitor:
    """Who is there, what that one may see, and how the audit trail names it."""

    guest: Guest
    actor: Actor

    @property
    def viewer(self) -> Viewer:
        return self.guest.viewer


def guest_of(connection: HTTPConnection) -> Guest | None:
    """Whose session a request or a socket brings along in its cookie."""
    found = guest(database(), connection.cookies.get(cookies_of(connection).session, ""))
    if found:
        logs.by(found.name)
    return found


def guest_remembered_of(connection: HTTPConnection) -> Guest | None:
    """The same without waiting for anything; None where the database must be asked."""
    return guest_remembered(database(), connection.cookies.get(cookies_of(connection).session, ""))


def visitor_of(request: Request | None = None) -> Visitor:
    """The visitor behind a request, or behind the running page when none is given; asked anew each time.

    Raises SignedOut.
    """
    if request is None:
        found, address = _guest_of_page(), st.context.ip_address or ""
    else:
        found = getattr(request.state, "guest", None) or guest_of(request)
        address = request.client.host if request.client else ""
    if found is None:
        raise SignedOut
    return Visitor(found, Actor(found.name, found.viewer.role, address))


def _guest_of_page() -> Guest | None:
    cookies = st.context.cookies
    tokens = (cookies.get(names.session) for names in cookies_of_page())
    return guest(database(), next((token for token in tokens if token), ""))


def visitor_with(right: Right) -> Visitor:
    """The running page's visitor. Raises SignedOut, or NotForThisRole without the right."""
    visitor = visitor_of()
    if not visitor.viewer.may(right):
        raise NotForThisRole
    return visitor


def refused(why: str, status: int) -> Response:
    """why: a key of the texts."""
    return JSONResponse({"mistake": in_every_language(why)}, status_code=status)


def guarded(right: Right, answer: Callable[[Request, Visitor], Response]) -> Callable[[Request], Response]:
    """A route for those who have the right; anyone else is refused before anything is read."""

    def route(request: Request) -> Response:
        try:
            visitor = visitor_of(request)
        except SignedOut:
            return refused("entrance.sign_in_first", 401)
        if not visitor.viewer.may(right):
            return refused("entrance.no_right", 403)
        return answer(request, visitor)

    route.right = right
    return route
