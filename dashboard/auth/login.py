"""One who has been recognised is let in: the cookies are given and the way leads on."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth.cookies_and_origin import cookies_of
from data.access.sessions import Begun, Caller

NO_STORE = {"Cache-Control": "no-store"}


def caller_of(request: Request) -> Caller:
    return Caller(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        known=request.cookies.get(cookies_of(request).known, ""),
    )


def let_in(request: Request, begun: Begun, goal: str) -> Response:
    response = RedirectResponse(goal, status_code=303, headers=NO_STORE)
    cookies_of(request).give(response, begun.token, begun.known)
    return response
