"""Who comes in: the one place that turns a request, or the page's own socket, into a Visitor."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from data.access.audit import Actor
from data.viewer import EVERYTHING, Right, Viewer


@dataclass(frozen=True)
class Visitor:
    """Who is there, what that one may see, and how the audit trail names it."""

    viewer: Viewer
    actor: Actor


def visitor_of(request: Request | None = None) -> Visitor:
    """The visitor behind a request, or behind the running page when none is given."""
    return Visitor(EVERYTHING, Actor("", "everything"))


def viewer_of(request: Request | None = None) -> Viewer:
    return visitor_of(request).viewer


def guarded(right: Right, answer: Callable[[Request, Visitor], Response]) -> Callable[[Request], Response]:
    """A route for those who have the right; anyone else is refused before anything is read."""

    def route(request: Request) -> Response:
        return answer(request, visitor_of(request))

    route.right = right
    return route
