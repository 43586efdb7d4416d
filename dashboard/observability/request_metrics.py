"""The outermost layer: gives each request its reference number, counts it, and times it. Pure ASGI, as the gate is."""

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
    """Stands before the gate, so that whom the gate refuses is counted too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with request_context(RequestInfo(route=route_of(scope))) as request_info:
            await self._answered(request_info, scope, receive, send)

    async def _answered(self, request_info: RequestInfo, scope: Scope, receive: Receive, send: Send) -> None:
        status, began = 500, perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            seconds = perf_counter() - began
            method = scope["method"] if scope["method"] in METHODS else ANY_OTHER
            REQUESTS.labels(method, request_info.route, str(status)).inc()
            LATENCY.labels(request_info.route).observe(seconds)
            if status >= 400 or method not in READING:
                told = {"method": method, "status": status, "seconds": round(seconds, 3)}
                log.log(logging.WARNING if status >= 500 else logging.INFO, "request", extra=told)


def route_of(scope: Scope) -> str:
    """The template of the route that answers, never the address that was typed."""
    for route in scope["app"].routes if "app" in scope else ():
        found, _ = route.matches(scope)
        if found is not Match.NONE:
            return getattr(route, "path", "") or PAGE
    return ANY_OTHER
