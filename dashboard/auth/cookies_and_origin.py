"""The site's own address: which cookies it sets, which origin is its own, where it may send a browser.

CREDIT_MAP_ADDRESS: the address people type, such as https://map.city.example; needed behind a proxy with TLS. Without
it the address of each request counts.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard.i18n import DEFAULT_LANGUAGE, supported_language
from data.settings import settings

HOME = "/"
TRUSTED_SECONDS = 180 * 24 * 3600
UNSAFE_IN_PATH = re.compile(r"[\\\x00-\x20\x7f]")  # browsers read "/\" as "//", and pass over control characters
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Cookies:
    """The names of our cookies. `__Host-` makes a browser keep them to this host and to TLS."""

    secure: bool

    @property
    def session(self) -> str:
        return self._prefixed("credit-map")

    @property
    def trusted(self) -> str:
        return self._prefixed("credit-map-known")

    def _prefixed(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def set_on(self, response: Response, token: str, trusted: str) -> None:
        """A session that ends with the browser, and what marks this browser as trusted for half a year."""
        self._set(response, self.session, token, None)
        self._set(response, self.trusted, trusted, TRUSTED_SECONDS)

    def _set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(name, value, max_age, path="/", secure=self.secure, httponly=True, samesite="lax")

    def clear_from(self, response: Response) -> None:
        response.delete_cookie(self.session, path="/", secure=self.secure, httponly=True, samesite="lax")


def cookies_of(connection: HTTPConnection) -> Cookies:
    return Cookies(secure=(settings().address or f"{connection.url.scheme}:").startswith(("https:", "wss:")))


def cookies_of_page() -> tuple[Cookies, ...]:
    """On a running page the scheme is not known: either pair of names, unless the address says."""
    own = settings().address
    return (Cookies(secure=True), Cookies(secure=False)) if own is None else (Cookies(own.startswith("https:")),)


def from_this_site(headers: Headers, scheme: str) -> bool:
    """Whether a request that changes something, or a socket, was begun by a page of ours: by its Origin."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "same-origin"
    secure = scheme in ("https", "wss")
    own = settings().address or f"{'https' if secure else 'http'}://{headers.get('host', '')}"
    return _origin(origin) == _origin(own)


def _origin(address: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.hostname is None or port is None:
        return None
    return parts.scheme, parts.hostname, port


def in_language(address: str, language: str) -> str:
    """A path of this site with the language in its query; as it is where it says so already."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    if language_of(address) == language:
        return address
    return urlunsplit(parts._replace(query=urlencode([*query, ("lang", language)])))


def sign_in_address(goal: str, language: str, **more: str) -> str:
    """The address of the sign-in that leads on to a path of this site, in the language somebody reads already."""
    query = {"next": goal} if goal != HOME else {}
    if language != DEFAULT_LANGUAGE:
        query["lang"] = language
    query |= more
    return f"/sign-in?{urlencode(query, quote_via=quote, safe='/')}" if query else "/sign-in"


def language_of(address: str) -> str:
    """The language a path of this site is read in."""
    return supported_language(lang_of(address))


def lang_of(address: str) -> str | None:
    """What an address says of its language."""
    with suppress(ValueError):  # no address at all
        return dict(parse_qsl(urlsplit(address).query)).get("lang")
    return None


def safe_next(asked: str | None) -> str:
    """Where to go after signing in: a path of this site, else the home page."""
    if not asked or not asked.startswith("/") or asked.startswith("//") or UNSAFE_IN_PATH.search(asked):
        return HOME
    return asked
