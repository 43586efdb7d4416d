"""The organisation's own sign-on by OpenID Connect, where it is configured.

CREDIT_MAP_SIGN_ON: the issuer's address. CREDIT_MAP_SIGN_ON_CLIENT and CREDIT_MAP_SIGN_ON_SECRET: as the issuer knows
this site. CREDIT_MAP_SIGN_ON_CLAIM: which claim is an account's `sign_on` ("sub"). CREDIT_MAP_SIGN_ON_NAME: what the
button calls it. The issuer must allow <the site's address>/sign-on/back.
"""

import logging
import os
from functools import lru_cache

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from httpx2 import HTTPError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.auth.cookies_and_origin import own_address, safe_next
from dashboard.auth.login import client_of, signed_in_response
from dashboard.auth.request_user import refused
from dashboard.cache.city_cache import database
from data.access.roles import SYSTEM
from data.access.sessions import ClientInfo, IssuedTokens, begin
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import writing
from data.db.models.accounts import Account

CALLBACK = "/sign-on/back"
REFUSED = "/sign-in?refused=1"
log = logging.getLogger("credit_map")


def setting(name: str, usual: str = "") -> str:
    return os.environ.get(f"CREDIT_MAP_SIGN_ON{name}") or usual


def name() -> str | None:
    """What the button is called; None where no sign-on is configured."""
    return setting("_NAME", "OpenID Connect") if setting("") else None


def issuer() -> StarletteOAuth2App:
    return _issuer(setting(""), setting("_CLIENT"), setting("_SECRET"))


@lru_cache(maxsize=2)
def _issuer(address: str, client: str, secret: str) -> StarletteOAuth2App:
    return OAuth().register(
        "sign_on",
        client_id=client,
        client_secret=secret,
        server_metadata_url=f"{address.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10},
    )


async def to_provider(request: Request) -> Response:
    """Sends the browser to the issuer, with a state, a nonce and a proof key of this browser's own."""
    if name() is None:
        return refused("auth.no_sign_on", 404)
    request.session["next"] = safe_next(request.query_params.get("next"))
    here = own_address() or str(request.base_url).rstrip("/")
    try:
        return await issuer().authorize_redirect(request, f"{here}{CALLBACK}")
    except (OAuthError, HTTPError, ValueError):
        log.exception("the sign-on's issuer cannot be reached")
        return RedirectResponse(REFUSED, status_code=303)


async def from_provider(request: Request) -> Response:
    """Checks what the issuer says of the user who comes back; an account must be there already."""
    if name() is None:
        return RedirectResponse(REFUSED, status_code=303)
    goal = safe_next(request.session.pop("next", None))
    try:
        token = await issuer().authorize_access_token(request)
    except (OAuthError, HTTPError, ValueError) as error:  # joserfc's errors are ValueErrors
        log.warning("sign-on refused: %s", type(error).__name__)
        return RedirectResponse(REFUSED, status_code=303)
    claim = str((token.get("userinfo") or {}).get(setting("_CLAIM", "sub")) or "")
    tokens = await run_in_threadpool(tokens_for, claim, client_of(request))
    return signed_in_response(request, tokens, goal) if tokens else RedirectResponse(REFUSED, status_code=303)


def tokens_for(claim: str, client: ClientInfo) -> IssuedTokens | None:
    """A session of the account that signs on by this claim; None where there is none or it is disabled."""
    with writing(database(), SYSTEM) as session:
        account = session.scalar(select(Account).where(Account.sign_on == claim)) if claim else None
        if account is not None and not account.disabled:
            return begin(session, account, client, "sign_on")
        name_tried = account.name if account is not None else ""
        trail.record(session, Actor(name_tried, "", client.address), "sign_in_refused", {"way": "sign_on"})
    return None


ROUTES = [Route("/sign-on", to_provider, methods=["GET"]), Route(CALLBACK, from_provider, methods=["GET"])]
