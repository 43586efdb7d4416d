"""A user who proved who they are: the cookies are set and the browser goes on to the page asked for."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.auth.cookies_and_origin import cookies_of
from data.access.sessions import ClientInfo, IssuedTokens

NO_STORE = {"Cache-Control": "no-store"}
FORGET = {"Clear-Site-Data": '"cache", "storage"'}  # what the browser keeps of the one who leaves


def client_of(request: Request) -> ClientInfo:
    return ClientInfo(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        trusted=request.cookies.get(cookies_of(request).trusted, ""),
    )


def signed_in_response(request: Request, tokens: IssuedTokens, goal: str) -> Response:
    forget = FORGET if tokens.another_before else {}
    response = RedirectResponse(goal, status_code=303, headers=NO_STORE | forget)
    cookies_of(request).set_on(response, tokens.token, tokens.trusted)
    return response
