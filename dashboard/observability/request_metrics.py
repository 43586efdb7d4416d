"""The outermost middleware: gives each request its reference number, counts and times it. Pure ASGI."""

import logging
from time import perf_counter

from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.observability.logs import NAME, RequestInfo, request_context
from dashboard.observability.metrics import LATENCY, REQUESTS

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
ANY_OTHER = "other"
PAGE = "page"  # Streamlit's own files, and every address it does not know
log = logging.getLogger(NAME)


class RequestMetrics:
    """Stands before AuthMiddleware, so that refused requests are counted too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with request_context(RequestInfo(route=route_of(scope))) as request_info:
            await self._measure(request_info, scope, receive, send)

    async def _measure(self, request_info: RequestInfo, scope: Scope, receive: Receive, send: Send) -> None:
        status, started = 500, perf_counter()

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            seconds = perf_counter() - started
            method = scope["method"] if scope["method"] in METHODS else ANY_OTHER
            REQUESTS.labels(method, request_info.route, str(status)).inc()
            LATENCY.labels(request_info.route).observe(seconds)
            if status >= 400 or method not in READING:
                fields = {"method": method, "status": status, "seconds": round(seconds, 3)}
                log.log(logging.WARNING if status >= 500 else logging.INFO, "request", extra=fields)


def route_of(scope: Scope) -> str:
    """The template of the route that answers, never the address that was typed."""
    for route in scope["app"].routes if "app" in scope else ():
        match, _ = route.matches(scope)
        if match is not Match.NONE:
            return getattr(route, "path", "") or PAGE
    return ANY_OTHER
