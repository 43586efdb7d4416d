"""The organisation's own sign-on, tried with a small provider of OpenID Connect that runs beside the tests."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import oidc_provider_mock
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.testclient import TestClient

from dashboard.auth.middleware import AuthMiddleware
from dashboard.cache import city_cache
from dashboard.server import ROUTES
from data.access.accounts import Grant, account_named, add_account, set_disabled
from data.access.roles import SYSTEM
from data.access.sessions import auth_session
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry
from tests.dashboard.conftest import SITE
from tests.sessions import COOKIE


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def browser(district, provider, monkeypatch) -> TestClient:
    """A browser at a site that knows the provider, where Chen has an account."""
    for name, value in {"": provider, "_CLIENT": "credit-map", "_SECRET": "between us", "_NAME": "市统一认证"}.items():
        monkeypatch.setenv(f"CREDIT_MAP_SIGN_ON{name}", value)
    with writing(city_cache.database(), SYSTEM) as session:
        if session.scalar(select(Account.id).where(Account.name == "chen")) is None:
            add_account(session, SYSTEM, COMMAND_LINE, "chen", "leader", Grant(("demo",)), sign_on="m.chen")
        chen = account_named(session, "chen")
        chen.sign_on = "m.chen"
        set_disabled(session, SYSTEM, COMMAND_LINE, chen, False)
    site = Starlette(
        routes=ROUTES, middleware=[Middleware(AuthMiddleware), Middleware(SessionMiddleware, secret_key="x" * 40)]
    )
    return TestClient(site, base_url=SITE, headers={"Origin": SITE}, follow_redirects=False)


def told_by_the_provider(browser: TestClient, who: str, goal: str = "/") -> str:
    """Leaves for the provider, signs in there, and returns the address that it sends the browser back to."""
    left = browser.get("/sign-on", params={"next": goal})
    assert left.status_code == 302
    back = httpx2.post(left.headers["location"], data={"sub": who}, follow_redirects=False)
    assert back.status_code == 302
    return back.headers["location"].removeprefix(SITE)


def test_the_button_is_there_only_where_a_sign_on_is_configured(browser, monkeypatch):
    assert "通过市统一认证登录" in browser.get("/sign-in").text
    monkeypatch.delenv("CREDIT_MAP_SIGN_ON")
    assert "/sign-on" not in browser.get("/sign-in").text
    assert browser.get("/sign-on").status_code == 404


def test_one_whom_the_provider_knows_and_who_has_an_account_is_let_in(browser):
    answer = browser.get(told_by_the_provider(browser, "m.chen", "/?show=hazards"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?show=hazards")
    found = auth_session(city_cache.database(), browser.cookies[COOKIE])
    assert (found.name, found.scope.role) == ("chen", "leader")
    assert browser.get("/map/search?city=demo&q=a").status_code == 200


def test_the_question_carries_a_state_a_nonce_and_a_proof_key(browser, provider):
    asked = [parse_qs(urlsplit(browser.get("/sign-on").headers["location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({question[name][0] for question in asked}) == 2
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["redirect_uri"] == [f"{SITE}/sign-on/back"]


def refusal(browser: TestClient, back: str) -> None:
    answer = browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?refused=1")
    assert COOKIE not in browser.cookies
    assert "统一身份认证未通过" in browser.get("/sign-in?refused=1").text


def test_one_without_an_account_is_refused_and_it_is_noted(browser):
    refusal(browser, told_by_the_provider(browser, "a stranger"))
    with reading(city_cache.database(), SYSTEM) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.account, entry.action, entry.details) == ("", "sign_in_refused", {"way": "sign_on"})


def test_an_answer_without_the_claim_is_nobodys_even_where_an_account_signs_on_as_nothing(browser, monkeypatch):
    with writing(city_cache.database(), SYSTEM) as session:
        account_named(session, "chen").sign_on = ""
    back = told_by_the_provider(browser, "m.chen")
    monkeypatch.setenv("CREDIT_MAP_SIGN_ON_CLAIM", "employee_number")
    refusal(browser, back)


def test_a_disabled_account_is_refused(browser):
    with writing(city_cache.database(), SYSTEM) as session:
        set_disabled(session, SYSTEM, COMMAND_LINE, account_named(session, "chen"), True)
    refusal(browser, told_by_the_provider(browser, "m.chen"))


def test_an_answer_to_another_browsers_question_is_refused(browser):
    back = told_by_the_provider(browser, "m.chen")
    browser.cookies.clear()
    refusal(browser, back)


def test_an_answer_is_taken_once(browser):
    back = told_by_the_provider(browser, "m.chen")
    assert browser.get(back).headers["location"] == "/"
    browser.cookies.delete(COOKIE)
    refusal(browser, back)


@pytest.mark.parametrize("back", ["/sign-on/back", "/sign-on/back?code=x&state=y", "/sign-on/back?error=access_denied"])
def test_an_answer_that_nobody_asked_for_is_refused(browser, back):
    refusal(browser, back)


def test_a_provider_that_cannot_be_reached_is_told_in_a_sentence(browser, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_SIGN_ON", "http://localhost:9")
    answer = browser.get("/sign-on")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?refused=1")


def test_an_account_that_signs_on_has_no_password_to_guess(browser):
    answer = browser.post("/sign-in", data={"name": "chen", "password": "anything at all"})
    assert answer.status_code == 403
