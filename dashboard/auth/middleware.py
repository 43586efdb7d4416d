"""What every request and every socket passes before anything else: without a session there is no answer.

Pure ASGI, because Starlette's BaseHTTPMiddleware never sees sockets.
"""

import logging
from collections.abc import Mapping

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.auth.account_views import busy_page, refused_page
from dashboard.auth.content_security import policy_for
from dashboard.auth.cookies_and_origin import HOME, cookies_of, from_this_site, language_of, sign_in_address
from dashboard.auth.request_user import auth_session_of, cached_auth_session_of, refused
from dashboard.i18n import in_every_language, refusal_in_every_language
from dashboard.observability.logs import NAME
from dashboard.shell.error_page import log_error, refusal_behind
from dashboard.shell.thread_pools import SESSIONS
from data.access.roles import Permission
from data.access.sessions import AuthSession
from data.db.engine import RETRY_AFTER_S, is_busy

USER_HEADER = b"x-app-user"  # Streamlit binds a page's state to it, see server.trustedUserHeaders
POLICY_VIOLATION = 1008
READING = ("GET", "HEAD", "OPTIONS")
OPEN_TO_ALL = ("/sign-in", "/sign-on", "/health", "/static/", "/entrance/", "/_stcore/health", "/favicon.png")
OPEN_EXACTLY = ("/metrics", "/robots.txt")  # the first accepts a token of its own, for machines
RESERVED: Mapping[str, Permission] = {
    "/_stcore/upload_file": "import",
    "/_stcore/metrics": "metrics",
    "/_stcore/agent": "metrics",
}
PAGE_OF_A_FORM = {"/sign-out": HOME, "/account/password": "/account", "/account/end": "/account"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # the map is a frame of the page
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TLS_ONLY = "max-age=31536000"
log = logging.getLogger(NAME)
SAME_FOR_EVERYBODY = (
    *OPEN_TO_ALL,
    "/robots.txt",
    "/map/assets/",
    "/component/",
)  # scripts and styles: no person stands in them


class AuthMiddleware:
    """Headers on every answer, foreign origins refused, a session asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != USER_HEADER]
        scope = {**scope, "headers": headers}
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._request(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        auth_session = None
        if from_this_site(Headers(scope=scope), scope["scheme"]):
            auth_session = await run_sync(auth_session_of, HTTPConnection(scope), limiter=SESSIONS)
        if auth_session is None:
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        scope["headers"].append((USER_HEADER, str(auth_session.session_id).encode()))
        await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        response_started = False

        async def with_headers(message: Message) -> None:
            nonlocal response_started
            if message["type"] == "http.response.start":
                response_started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Content-Security-Policy"] = policy_for(scope["path"])
                if not scope["path"].startswith(SAME_FOR_EVERYBODY):
                    _keep_to_the_session(headers)
                if cookies_of(HTTPConnection(scope)).secure:
                    _add_tls_headers(headers)
            await send(message)

        try:
            refusal = await _refusal(scope)
            await (refusal or self.app)(scope, receive, with_headers)
        except Exception as error:
            if is_busy(error) and not response_started:
                log.warning("busy", exc_info=error)
                await _busy_response(scope)(scope, receive, with_headers)
                return
            answer = _error_response(scope, error)
            if response_started:
                raise
            await answer(scope, receive, with_headers)


def _keep_to_the_session(headers: MutableHeaders) -> None:
    """What was answered to one session is nothing to the next in the same browser, whatever may be cached of it.

    The cookie is part of the browser's key, with or without TLS. Clear-Site-Data at sign-out removes the rest, but
    browsers heed it over TLS alone.
    """
    headers.setdefault("Cache-Control", "no-store")
    headers.add_vary_header("Cookie")


def _add_tls_headers(headers: MutableHeaders) -> None:
    headers.setdefault("Strict-Transport-Security", TLS_ONLY)
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:  # Streamlit's own do not know of the proxy
        headers.append("set-cookie", cookie if "secure" in cookie.lower() else f"{cookie}; Secure")


async def _refusal(scope: Scope) -> Response | None:
    """The answer to a request that is refused; None for one that passes."""
    path, headers = scope["path"], Headers(scope=scope)
    if scope["method"] not in READING and not from_this_site(headers, scope["scheme"]):
        return refused("auth.foreign", 403)
    if path.startswith(OPEN_TO_ALL) or path in OPEN_EXACTLY:
        return None
    connection = HTTPConnection(scope)
    auth_session = cached_auth_session_of(connection) or await run_sync(auth_session_of, connection, limiter=SESSIONS)
    if auth_session is None:
        return _to_sign_in(scope, headers)
    scope["state"] = {**scope.get("state", {}), "auth_session": auth_session}
    return None if _can_open(auth_session, path) else refused("auth.no_right", 403)


def _can_open(auth_session: AuthSession, path: str) -> bool:
    return all(auth_session.scope.can(permission) for start, permission in RESERVED.items() if path.startswith(start))


def _to_sign_in(scope: Scope, headers: Headers) -> Response:
    query = scope["query_string"].decode("latin-1")
    asked = scope["path"] + (f"?{query}" if query else "")
    goal = asked if scope["method"] == "GET" else PAGE_OF_A_FORM.get(scope["path"])
    if goal is not None and _is_for_a_person(scope):
        return RedirectResponse(sign_in_address(goal, language_of(asked)), status_code=303)
    status = 403 if any(scope["path"].startswith(start) for start in RESERVED) else 401
    return refused("auth.sign_in_first", status)


def _busy_response(scope: Scope) -> Response:
    """Nothing is wrong, and soon it will do: a sentence, and when to try again."""
    if _is_for_a_person(scope):
        return busy_page(Request(scope))
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return JSONResponse({"mistake": in_every_language("shell.busy")}, status_code=503, headers=headers)


def _is_for_a_person(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _error_response(scope: Scope, error: Exception) -> Response:
    if refused := refusal_behind(error):
        if _is_for_a_person(scope):
            return refused_page(Request(scope), refused)
        return JSONResponse({"mistake": refusal_in_every_language(refused)}, status_code=503)
    number = log_error(error)
    return JSONResponse({"fault": number, "mistake": in_every_language("shell.fault", number=number)}, status_code=500)
