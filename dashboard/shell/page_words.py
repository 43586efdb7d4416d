"""The script that says Streamlit's own words in the language of the page, with its tables of words.

A table stands in `widget.toml` of each language: Streamlit's exact English, or between slashes a regular expression of
it, and what a page says instead. Which of the words cannot be reached so is listed in docs/operating.md.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.i18n import LANGUAGES, sentences

ROOM = "widget."
PATH = "/entrance/page-words.js"
FILE = Path(__file__).with_name("page-words.js")
PLACE_OF_TABLES = '"the tables of dashboard/i18n"'


def words(language: str) -> Mapping[str, str]:
    """What is said in a language, by Streamlit's English."""
    return {key.removeprefix(ROOM): said for key, said in sentences(language).items() if key.startswith(ROOM)}


@lru_cache(maxsize=1)
def script() -> tuple[str, str]:
    """The script with the words of every language, and what tells it from any other."""
    tables = {one: {"words": words(one), "reconnecting": sentences(one)["shell.reconnecting"]} for one in LANGUAGES}
    content = FILE.read_text(encoding="utf-8").replace(PLACE_OF_TABLES, json.dumps(tables, ensure_ascii=False))
    return content, hashlib.sha256(content.encode()).hexdigest()[:16]


def address() -> str:
    """Changes with the script, so that a browser keeps it for as long as it is the same."""
    return f"{PATH}?{script()[1]}"


def page_words(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(script()[0], media_type="text/javascript", headers=headers)


ROUTES = [Route(PATH, page_words)]
