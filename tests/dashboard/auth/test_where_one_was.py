"""Signing in leads back to where one was, in the language one had; what is refused on the way is said in it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.auth import middleware
from dashboard.auth.cookies_and_origin import in_language, sign_in_address
from dashboard.cache.city_cache import database
from dashboard.i18n import translator
from data.access.accounts import Grant, add_account
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from data.db.models.accounts import Account
from data.db.refusals import DatabaseRefused
from data.errors import file_too_large

PASSWORD = "copper kettle at noon"
HTML = {"Accept": "text/html"}
ASKED = ["/?lang=en&show=hazards&area=street:1,street:2", "/imports?tab=0123456789ab", "/account?lang=en", "/sandbox"]


@pytest.fixture
def mei(two_towns) -> str:
    with writing(database(), SYSTEM) as session:
        if session.query(Account).filter_by(name="mei").first() is None:
            add_account(session, SYSTEM, COMMAND_LINE, "mei", "leader", Grant(("everywhere",)), password=PASSWORD)
    return "mei"


def hidden_goal(html: str) -> str:
    return re.search(r'name="next" value="([^"]*)"', html)[1].replace("&amp;", "&")


@pytest.mark.parametrize("asked", ASKED)
def test_who_asks_for_a_page_and_signs_in_gets_that_page_in_its_language(come, mei, asked):
    browser = come()
    language = "en" if "lang=en" in asked else "zh"
    led = browser.get(asked, headers=HTML).headers["location"]
    form = browser.get(led)
    assert f'action="/sign-in?lang={language}"' in form.text
    assert translator(language)("auth.no_account") in form.text
    tried = {"name": mei, "password": "a wrong password", "next": hidden_goal(form.text)}
    again = browser.post(f"/sign-in?lang={language}", data=tried)
    assert (again.status_code, hidden_goal(again.text)) == (403, asked)
    assert translator(language)("auth.mistake_SignInRefused") in again.text
    assert browser.post(f"/sign-in?lang={language}", data=tried | {"password": PASSWORD}).headers["location"] == asked


def test_a_language_chosen_on_the_sign_in_is_that_of_the_page_after_it(come, mei):
    form = {"name": mei, "password": PASSWORD}
    for goal, language, led in (
        ("/", "en", "/?lang=en"),
        ("/?lang=en&show=hazards", "zh", "/?show=hazards&lang=zh"),
        ("/imports?tab=0123456789ab", "en", "/imports?tab=0123456789ab&lang=en"),
    ):
        assert come().post(f"/sign-in?lang={language}", data=form | {"next": goal}).headers["location"] == led


def test_a_form_of_the_account_page_sent_after_the_session_ended_leads_to_the_sign_in_and_back_to_that_page(come):
    for path in ("/account/password", "/account/end"):
        led = come().post(f"{path}?lang=en", data={"old": "secret", "new": "secret too"}, headers=HTML)
        assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/account&lang=en")
    assert come().post("/sign-out?lang=en", data={}, headers=HTML).headers["location"] == "/sign-in?lang=en"


def test_who_signs_out_reads_the_sign_in_in_the_language_of_before(come):
    assert come("leader").post("/sign-out?lang=en", data={}).headers["location"] == "/sign-in?lang=en"


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_other_site_is_led_to_in_any_language(come, mei, goal):
    form = {"name": mei, "password": PASSWORD, "next": goal}
    assert come().post("/sign-in?lang=en", data=form).headers["location"] == "/?lang=en"


def test_an_address_that_says_its_language_already_stays_as_it_was_typed():
    assert in_language("/?area=a:1,b:2&lang=en", "en") == "/?area=a:1,b:2&lang=en"
    assert in_language("/?area=a:1,b:2", "zh") == "/?area=a:1,b:2"
    led = urlsplit(sign_in_address("/?a=1&b=2", "en", refused="1"))
    assert parse_qs(led.query) == {"next": ["/?a=1&b=2"], "lang": ["en"], "refused": ["1"]}


@pytest.mark.parametrize(("language", "said"), [("zh", "文件大小上限"), ("en", "limit of file sizes")])
def test_a_disk_refuses_a_person_by_a_page_in_their_language_and_a_program_in_both(come, monkeypatch, language, said):
    def refuse(_: object) -> None:
        raise DatabaseRefused(file_too_large().template)

    monkeypatch.setattr(middleware, "cached_auth_session_of", refuse)
    answer = come("leader").get(f"/accounts?lang={language}", headers=HTML)
    assert answer.status_code == 503 and said in answer.text and "<html" in answer.text
    told = come("leader").get("/map/search", headers={"Accept": "application/json"}).json()["mistake"]
    assert "文件大小上限" in told and "limit of file sizes" in told


def test_each_field_that_must_be_filled_in_says_so_in_the_language_of_the_page(come):
    for language in ("zh", "en"):
        html = come().get(f"/sign-in?lang={language}").text
        fields = re.findall(r"<input[^>]*required[^>]*>", html)
        assert len(fields) == 2
        assert all(f'data-missing="{translator(language)("auth.fill_in")}"' in field for field in fields)
