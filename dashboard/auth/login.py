"""One who has been recognised is let in: the cookies are given and the way leads on."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth.cookies_and_origin import cookies_of
from data.access.sessions import ClientInfo, IssuedTokens

NO_STORE = {"Cache-Control": "no-store"}


def client_of(request: Request) -> ClientInfo:
    return ClientInfo(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        trusted=request.cookies.get(cookies_of(request).trusted, ""),
    )


def signed_in_response(request: Request, begun: IssuedTokens, goal: str) -> Response:
    response = RedirectResponse(goal, status_code=303, headers=NO_STORE)
    cookies_of(request).give(response, begun.token, begun.trusted)
    return response
