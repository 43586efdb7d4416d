"""The organisation's own sign-on by OpenID Connect, where it is configured.

See data.settings.SingleSignOn. The provider must allow <the site's address>/sign-on/back.
"""

import logging
from functools import lru_cache
from json import JSONDecodeError

from anyio.to_thread import run_sync
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from httpx2 import HTTPError
from joserfc.errors import JoseError
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.auth.cookies_and_origin import in_language, language_of, safe_next, sign_in_address
from dashboard.auth.login import client_of, signed_in_response
from dashboard.auth.request_user import refused
from dashboard.cache.city_cache import database
from dashboard.i18n import supported_language
from dashboard.shell.thread_pools import DOOR
from data.access.roles import SYSTEM
from data.access.sessions import ClientInfo, IssuedTokens, begin
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import PERSONS_PATIENCE_S, writing
from data.db.models.accounts import Account
from data.settings import SingleSignOn, settings

CALLBACK = "/sign-on/back"
ISSUERS_MISTAKES = (OAuthError, HTTPError, JoseError, JSONDecodeError)  # what it says, how, signed how, in which form
log = logging.getLogger("credit_map")


def name() -> str | None:
    """What the button is called; None where no sign-on is configured."""
    provider = settings().single_sign_on
    return provider.name if provider else None


@lru_cache(maxsize=2)
def issuer(provider: SingleSignOn) -> StarletteOAuth2App:
    return OAuth().register(
        "sign_on",
        client_id=provider.client,
        client_secret=provider.secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": 10},
    )


async def to_provider(request: Request) -> Response:
    """Sends the browser to the issuer, with a state, a nonce and a proof key of this browser's own."""
    provider = settings().single_sign_on
    if provider is None:
        return refused("auth.no_sign_on", 404)
    language = supported_language(request.query_params.get("lang"))
    goal = request.session["next"] = in_language(safe_next(request.query_params.get("next")), language)
    here = settings().address or str(request.base_url).rstrip("/")
    try:
        return await issuer(provider).authorize_redirect(request, f"{here}{CALLBACK}")
    except ISSUERS_MISTAKES:
        log.exception("the sign-on's issuer cannot be reached")
        return _refused(goal)


async def from_provider(request: Request) -> Response:
    """Checks what the issuer says of the user who comes back; an account must be there already."""
    provider = settings().single_sign_on
    goal = safe_next(request.session.pop("next", None))
    if provider is None:
        return _refused(goal)
    try:
        token = await issuer(provider).authorize_access_token(request)
    except ISSUERS_MISTAKES as error:
        log.warning("sign-on refused: %s", type(error).__name__)
        return _refused(goal)
    claim = str((token.get("userinfo") or {}).get(provider.claim) or "")
    tokens = await run_sync(tokens_for, claim, client_of(request), limiter=DOOR)
    return signed_in_response(request, tokens, goal) if tokens else _refused(goal)


def _refused(goal: str) -> Response:
    """Back to the sign-in, in the language and with the goal one had."""
    return RedirectResponse(sign_in_address(goal, language_of(goal), refused="1"), status_code=303)


def tokens_for(claim: str, client: ClientInfo) -> IssuedTokens | None:
    """A session of the account that signs on by this claim; None where there is none or it is disabled."""
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        account = session.scalar(select(Account).where(Account.sign_on == claim)) if claim else None
        if account is not None and not account.disabled:
            return begin(session, account, client, "sign_on")
        name_tried = account.name if account is not None else ""
        trail.record(session, Actor(name_tried, "", client.address), "sign_in_refused", {"way": "sign_on"})
    return None


ROUTES = [Route("/sign-on", to_provider, methods=["GET"]), Route(CALLBACK, from_provider, methods=["GET"])]
