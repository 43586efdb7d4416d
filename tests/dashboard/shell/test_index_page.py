"""The page before its scripts have run."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.auth.content_security import INDEX
from dashboard.i18n import translator
from dashboard.shell import static_files
from dashboard.shell.index_page import IndexPage
from dashboard.shell.page_words import address

OURS = "<html><title>Our own form</title></html>"
HTML = {"accept": "text/html"}


def index(request):
    if "if-none-match" in request.headers:
        return PlainTextResponse(status_code=304)
    return HTMLResponse(INDEX.read_text("utf-8"), headers={"etag": "w/1", "last-modified": "yesterday"})


@pytest.fixture
def client() -> TestClient:
    routes = [
        Route("/sign-in", lambda request: HTMLResponse(OURS)),
        Route("/data.txt", lambda request: PlainTextResponse("<title>Streamlit</title>")),
        *static_files.ROUTES,
        Route("/{page:path}", index),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(IndexPage)]))


@pytest.mark.parametrize(
    ("query", "language", "code"), [("", "zh", "zh-CN"), ("?lang=en", "en", "en"), ("?lang=xx", "zh", "zh-CN")]
)
def test_title_description_and_language_are_ours_before_a_script_has_run(client, query, language, code):
    t = translator(language)
    html = client.get(f"/audit{query}", headers=HTML).text
    assert re.findall("<title>(.*?)</title>", html) == [t("shell.title")]
    assert f'<html lang="{code}">' in html
    assert f'name="description" content="{t("shell.description")}"' in html.replace("&#x27;", "'")
    assert t("shell.no_script") in html
    for theirs in ("Streamlit</title>", "You need to enable JavaScript", "Machine-readable", "_stcore/agent"):
        assert theirs not in html
    assert html.index(address()) < html.index('type="module"')  # before the scripts of Streamlit


def test_the_answer_has_the_length_it_says_and_is_never_taken_for_an_earlier_one(client):
    answer = client.get("/", headers=HTML | {"if-none-match": "w/1"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers and "last-modified" not in answer.headers


def test_what_is_not_streamlits_page_is_left_as_it_is(client):
    assert client.get("/sign-in", headers=HTML).text == OURS
    assert client.get("/data.txt", headers=HTML).text == "<title>Streamlit</title>"


def test_robots_are_told_to_stay_out(client):
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "User-agent: *\nDisallow: /\n"
