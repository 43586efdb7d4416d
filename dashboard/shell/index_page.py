"""Streamlit's own page, which every address of a page begins with, as one of ours: its title, language and words.

It stands before Streamlit's scripts have run, and is all that a bookmark, a search engine or a browser without scripts
ever sees of it.
"""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.i18n import supported_language, translator
from dashboard.shell import page_words

MARK = b"<title>Streamlit</title>"
OF_THE_FILE = ("etag", "last-modified", "accept-ranges")  # none of them is that of the page made of it
LEFT_OUT = (b"if-none-match", b"if-modified-since", b"range", b"accept-encoding")  # the whole page, and not packed
NO_SCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
TO_MACHINES = re.compile(r"<!--\s*Machine-readable.*?-->\s*<link rel=\"service-desc\"[^>]*>\s*", re.DOTALL)
LANGUAGE_CODES: Mapping[str, str] = {"zh": "zh-CN"}


def our_page(html: str, language: str) -> str:
    t = translator(language)
    head = (
        f"<title>{escape(t('shell.title'))}</title>\n"
        f'    <meta name="description" content="{escape(t("shell.description"))}" />\n'
        '    <meta name="robots" content="noindex, nofollow" />\n'
        f'    <script src="{page_words.address()}"></script>'
    )
    html = html.replace('<html lang="en">', f'<html lang="{LANGUAGE_CODES.get(language, language)}">')
    html = TO_MACHINES.sub("", html.replace(MARK.decode(), head))
    return NO_SCRIPT.sub(f"<noscript><p>{escape(t('shell.no_script'))}</p></noscript>", html)


class IndexPage:
    """Puts our words into Streamlit's index.html wherever it is the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _asks_for_a_page(scope):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [one for one in scope["headers"] if one[0].lower() not in LEFT_OUT]}
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
        await self.app(scope, receive, _Rewriting(send, supported_language(asked)).message)


def _asks_for_a_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "") or scope["path"] == "/"


class _Rewriting:
    """Holds back an answer that is HTML until it is whole; any other goes on at once."""

    def __init__(self, send: Send, language: str) -> None:
        self.send, self.language = send, language
        self.start: Message | None = None
        self.body = b""

    async def message(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                self.start = message
                return
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._whole(self.start)
            return
        await self.send(message)

    async def _whole(self, start: Message) -> None:
        if MARK in self.body:
            self.body = our_page(self.body.decode(), self.language).encode()
            headers = MutableHeaders(raw=start["headers"])
            headers["content-length"] = str(len(self.body))
            for name in OF_THE_FILE:
                del headers[name]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": self.body})
