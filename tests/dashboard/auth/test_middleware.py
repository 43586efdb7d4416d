"""What every request passes: sessions, origins, headers, cookies, and what is said when something fails."""

import logging
import re

import pytest
from sqlalchemy import delete, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.auth.content_security import policy_for
from dashboard.auth.cookies_and_origin import safe_next
from dashboard.auth.middleware import HEADERS, SAME_FOR_EVERYBODY, AuthMiddleware
from dashboard.cache import city_cache
from dashboard.server import ROUTES
from data.access.accounts import Grant, account_named, add_account, set_disabled
from data.access.roles import SYSTEM
from data.access.sessions import auth_session
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry, FailedSignIn, TrustedBrowser
from tests.dashboard.conftest import SITE
from tests.sessions import COOKIE, token_of

PASSWORD = "copper kettle at noon"
TLS = "https://map.test"


@pytest.fixture
def mei(district) -> None:
    """A leader's account with a password, open and without failed sign-ins."""
    with writing(city_cache.database(), SYSTEM) as session:
        if session.scalar(select(Account.id).where(Account.name == "mei")) is None:
            add_account(session, SYSTEM, COMMAND_LINE, "mei", "leader", Grant(("demo",)), password=PASSWORD)
        set_disabled(session, SYSTEM, COMMAND_LINE, account_named(session, "mei"), False)
        session.execute(delete(FailedSignIn))


def at(site: str = SITE, **more) -> TestClient:
    app = Starlette(routes=[*ROUTES, Route("/map/broken", broken)], middleware=[Middleware(AuthMiddleware)])
    return TestClient(app, base_url=site, headers={"Origin": site}, follow_redirects=False, **more)


def broken(request):
    raise RuntimeError("the secret plan")


def signed_in(site: str = SITE, goal: str = "/", client: TestClient | None = None):
    client = client or at(site)
    return client, client.post("/sign-in", data={"name": "mei", "password": PASSWORD, "next": goal})


def test_signing_in_gives_a_session_and_leads_on(mei):
    client, answer = signed_in(goal="/?lang=en&show=hazards")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=en&show=hazards")
    assert client.get("/map/search?city=demo&q=a").status_code == 200


def test_a_browser_that_does_not_say_what_it_is_is_let_in_all_the_same(mei):
    client = at()
    del client.headers["User-Agent"]
    _, answer = signed_in(client=client)
    assert answer.status_code == 303
    assert auth_session(city_cache.database(), client.cookies[COOKIE]).name == "mei"


def test_the_cookies_are_the_browsers_alone(mei):
    for site, prefix, secure in ((SITE, "", False), (TLS, "__Host-", True)):
        _, answer = signed_in(site)
        cookies = answer.headers.get_list("set-cookie")
        assert [cookie.split("=")[0] for cookie in cookies] == [f"{prefix}credit-map", f"{prefix}credit-map-known"]
        for cookie in cookies:
            parts = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"httponly", "samesite=lax", "path=/"} <= parts
            assert ("secure" in parts) == secure
            assert not any(part.startswith("domain") for part in parts)
        assert ("strict-transport-security" in answer.headers) == secure


def test_behind_a_proxy_with_tls_the_configured_address_decides(mei, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_ADDRESS", "https://map.city.example/")
    client = at(SITE)
    answer = client.post(
        "/sign-in", data={"name": "mei", "password": PASSWORD}, headers={"Origin": "https://map.city.example"}
    )
    assert answer.headers.get_list("set-cookie")[0].startswith("__Host-credit-map=")
    assert "strict-transport-security" in answer.headers
    assert client.post("/sign-in", data={}, headers={"Origin": SITE}).status_code == 403


def test_a_token_is_new_at_each_sign_in_and_one_brought_along_is_not_taken_over(mei):
    client = at()
    client.cookies.set(COOKIE, "chosen-by-somebody-else")
    _, first = signed_in(client=client)
    _, second = signed_in(client=client)
    tokens = [answer.headers.get_list("set-cookie")[0].split("=", 1)[1].split(";")[0] for answer in (first, second)]
    assert len({"chosen-by-somebody-else", *tokens}) == 3


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/%0a\n/x",
        "x",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(mei, goal):
    assert safe_next(goal) == "/"
    assert signed_in(goal=goal)[1].headers["location"] == "/"
    page = at().get("/sign-in", params={"next": goal})
    assert 'name="next" value="/"' in page.text


@pytest.mark.parametrize("goal", ["/", "/?lang=en#14/22.7/113.9", "/accounts", "/?day=2026-01-31&qishuyan=red,yellow"])
def test_signing_in_leads_back_to_where_one_was(goal):
    assert safe_next(goal) == goal


def answers_of_every_kind(client: TestClient) -> dict[str, object]:
    me = at()
    me.cookies.set(COOKIE, token_of(city_cache.database(), "administrator"))
    me_and_faults = at(raise_server_exceptions=False)
    me_and_faults.cookies.set(COOKIE, token_of(city_cache.database(), "administrator"))
    return {
        "a page of forms": client.get("/sign-in"),
        "a refused sign-in": client.post("/sign-in", data={"name": "x", "password": "y"}),
        "a redirect to sign in": client.get("/", headers={"Accept": "text/html"}),
        "401": client.get("/map/counts"),
        "403": client.post("/sign-in", headers={"Origin": "https://evil.example"}),
        "404": me.get("/map/assets/nothing.js"),
        "404 without a route": me.get("/nowhere"),
        "405": me.delete("/account"),
        "413": client.post("/sign-in", data={"name": "x" * 30_000}),
        "a tile": me.get("/map/tiles/9/418/223.mvt?city=demo"),
        "a file": me.get("/map/assets/leaflet.js"),
        "a wrong address": me.get("/map/counts?city=atlantis"),
        "500": me_and_faults.get("/map/broken"),
    }


def test_every_answer_carries_the_headers_errors_too(mei):
    answers = answers_of_every_kind(at())
    assert {answer.status_code for answer in answers.values()} >= {200, 303, 401, 403, 404, 405, 413, 500}
    for kind, answer in answers.items():
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS), kind
        assert answer.headers["content-security-policy"] == policy_for(answer.request.url.path), kind


def test_what_is_answered_to_a_session_is_for_that_session_alone(mei):
    for kind, answer in answers_of_every_kind(at()).items():
        path = answer.request.url.path
        if path.startswith(SAME_FOR_EVERYBODY):
            continue
        assert "Cookie" in answer.headers["vary"], kind
        assert answer.headers["cache-control"].split(",")[0] in ("no-store", "private", "no-cache"), kind


def forgets(answer) -> bool:
    return answer.headers.get("clear-site-data") == '"cache", "storage"'


def test_signing_out_has_the_browser_forget_and_so_has_the_sign_in_of_another(mei):
    client, first = signed_in()
    assert not forgets(first)
    _, again = signed_in(client=client)
    assert not forgets(again)
    assert forgets(client.post("/sign-out", data={}))
    with writing(city_cache.database(), SYSTEM) as session:
        session.execute(delete(TrustedBrowser))
    assert forgets(signed_in(client=client)[1])  # nobody knows who used it last


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://map.test.evil.example", "https://map.test", ""]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/password", "/account/end"])
def test_a_request_that_changes_something_must_come_from_a_page_of_ours(mei, path, origin):
    client, _ = signed_in()
    answer = client.post(path, data={"name": "mei", "password": PASSWORD}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert client.get("/account").status_code == 200


def test_a_request_without_any_origin_changes_nothing(mei):
    client, _ = signed_in()
    del client.headers["Origin"]
    assert client.post("/sign-out", data={}).status_code == 403
    assert client.post("/sign-out", data={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/sign-out", data={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_signing_out_ends_the_session_for_good(mei):
    client, _ = signed_in()
    token = client.cookies[COOKIE]
    answer = client.post("/sign-out", data={})
    assert answer.headers["location"] == "/sign-in"
    assert auth_session(city_cache.database(), token) is None
    client.cookies.set(COOKIE, token)
    assert client.get("/map/counts?city=demo&box=1,1,2,2").status_code == 401


def test_a_disabled_account_is_stopped_at_its_next_request(mei):
    client, _ = signed_in()
    assert client.get("/account").status_code == 200
    with writing(city_cache.database(), SYSTEM) as session:
        set_disabled(session, SYSTEM, COMMAND_LINE, account_named(session, "mei"), True)
    assert client.get("/account", headers={"Accept": "text/html"}).headers["location"].startswith("/sign-in")
    assert client.get("/map/counts").status_code == 401
    assert signed_in()[1].status_code == 403


def test_a_forged_header_names_nobody(district):
    answer = at().get("/map/counts", headers={"X-App-User": "1"})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/upload_file/one/two", "/_stcore/metrics"])
@pytest.mark.parametrize(("role", "status"), [(None, 403), ("leader", 403), ("police", 403), ("administrator", 404)])
def test_uploads_and_metrics_of_streamlit_are_for_administrators(district, path, role, status):
    client = at()
    if role:
        client.cookies.set(COOKIE, token_of(city_cache.database(), role))
    assert client.get(path).status_code == status
    assert client.put(path, content=b"x").status_code == status


@pytest.mark.parametrize("path", ["/media/abc.csv", "/component/x/index.html", "/anything", "/_stcore/host-config"])
def test_nobody_gets_anything_without_a_session(district, path):
    assert at().get(path).status_code == 401
    assert at().get(path, headers={"Accept": "text/html"}).headers["location"] == f"/sign-in?next={path}"


def test_what_was_asked_for_is_kept_on_the_way_to_signing_in(district):
    answer = at().get("/?lang=en&qishuyan=red", headers={"Accept": "text/html"})
    page = at().get(answer.headers["location"])
    assert 'value="/?lang=en&amp;qishuyan=red"' in page.text


def test_a_fault_of_ours_is_told_by_a_number_and_its_trace_stays_in_the_log(district, caplog):
    client = at(raise_server_exceptions=False)
    client.cookies.set(COOKIE, token_of(city_cache.database(), "administrator"))
    with caplog.at_level(logging.ERROR, "credit_map"):
        answer = client.get("/map/broken")
    assert answer.status_code == 500
    number = answer.json()["fault"]
    assert re.fullmatch("[0-9a-f]{8}", number)
    assert number in answer.json()["mistake"]
    assert "secret plan" not in answer.text
    assert "Traceback" not in answer.text
    logged = [record for record in caplog.records if number in record.getMessage()]
    assert "the secret plan" in str(logged[0].exc_info[1])


def test_a_persons_mistake_is_one_sentence_without_a_trace(client):
    for path, translator in (
        ("/map/counts?city=atlantis&box=1,2,3,4", "There is no city 'atlantis' here."),
        ("/map/counts?city=demo&box=here", "'box' takes 4 numbers"),
    ):
        answer = client.get(path)
        assert answer.status_code == 404
        assert translator in answer.json()["mistake"]
        assert "Traceback" not in answer.text


def test_the_form_of_sign_in_says_what_is_wrong_in_either_language_and_keeps_no_password(mei):
    for language, translator in (("zh", "用户名或密码错误"), ("en", "User name or password is wrong")):
        answer = at().post(f"/sign-in?lang={language}", data={"name": "mei", "password": "a wrong password"})
        assert answer.status_code == 403
        assert translator in answer.text
        assert "a wrong password" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_a_name_on_the_forms_is_text_and_no_markup(mei):
    answer = at().get("/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


def test_ones_password_is_changed_on_ones_own_page(mei):
    client, _ = signed_in()
    new = "seven swans a-swimming"
    form = {"old": PASSWORD, "new": new, "again": new}
    assert "两次输入的新密码不一致" in client.post("/account/password", data=form | {"again": "x"}).text
    assert "原密码错误" in client.post("/account/password", data=form | {"old": "x"}).text
    assert (
        "新密码不合要求" in client.post("/account/password", data={"old": PASSWORD, "new": "mei", "again": "mei"}).text
    )
    assert "密码已修改" in client.post("/account/password", data=form).text
    assert signed_in()[1].status_code == 403
    back = {"old": new, "new": PASSWORD, "again": PASSWORD}
    assert "密码已修改" in client.post("/account/password", data=back).text


def test_another_session_of_ones_own_is_ended_on_ones_own_page(mei):
    here, _ = signed_in()
    there, _ = signed_in()
    number = auth_session(city_cache.database(), there.cookies[COOKIE]).session_id
    assert f'value="{number}"' in here.get("/account").text
    here.post("/account/end", data={"session": str(number)})
    assert auth_session(city_cache.database(), there.cookies[COOKIE]) is None
    assert here.get("/account").status_code == 200


def test_sign_in_and_sign_out_are_in_the_audit_trail_with_the_address(mei):
    client, _ = signed_in()
    client.post("/sign-out", data={})
    with reading(city_cache.database(), SYSTEM) as session:
        last = session.query(AuditEntry).order_by(AuditEntry.id.desc()).limit(2).all()
    assert [(entry.account, entry.action, entry.address) for entry in last] == [
        ("mei", "end_session", "testclient"),
        ("mei", "sign_in", "testclient"),
    ]
