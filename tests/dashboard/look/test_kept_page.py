"""What is typed on a page is there again when one comes back to it, after a reload and after signing in again."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.admin.imports import upload_store
from dashboard.cache import background_jobs, city_cache
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.access.sessions import auth_session, end_session
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from data.db.models.city import HAZARD_GROUPS
from tests.dashboard.demonstration import ROOT
from tests.sessions import COOKIE, token_of

t = translator("en")
FILE = b"code,name\n001,Plum Court\n"
PAGES = {"accounts": "admin/accounts", "imports": "admin/imports", "sandbox": "studies/sandbox"}
GROUPS = list(HAZARD_GROUPS[:2])
Open = Callable[..., AppTest]


@pytest.fixture
def cookies(monkeypatch) -> dict[str, str]:
    """What the browser holds."""
    held: dict[str, str] = {}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: held))
    return held


@pytest.fixture
def opened(district, tmp_path, monkeypatch, cookies) -> Open:
    """A page as a new tab or a reload shows it: `opened("accounts", before)` has the address that `before` ended at."""
    monkeypatch.setattr(upload_store, "FOLDER", tmp_path / "uploads")
    monkeypatch.setattr(background_jobs.JOBS, "_jobs", {})
    cookies[COOKIE] = token_of(city_cache.database(), "administrator")

    def run(page: str, before: AppTest | None = None) -> AppTest:
        app = AppTest.from_file(ROOT / "dashboard" / PAGES[page] / "page.py", default_timeout=120)
        app.query_params |= before.query_params if before is not None else {"lang": "en"}
        return app.run()

    return run


def field(page: AppTest, kind: str, label: str):
    return next(one for one in page.get(kind) if one.label == t(label))


def sign_in_again(cookies: dict[str, str], role: str = "administrator") -> None:
    """The session has ended meanwhile, as it does after two hours."""
    session = auth_session(city_cache.database(), cookies[COOKIE])
    with writing(city_cache.database(), SYSTEM) as transaction:
        end_session(transaction, SYSTEM, COMMAND_LINE, session.session_id)
    cookies[COOKIE] = token_of(city_cache.database(), role)


def half_filled(page: AppTest) -> AppTest:
    field(page, "text_input", "auth.name").set_value("lan")
    field(page, "multiselect", "auth.areas").set_value(["demo"])
    field(page, "selectbox", "auth.role").set_value("department").run()
    return field(page, "multiselect", "auth.hazard_groups").set_value(GROUPS).run()


def filled(page: AppTest) -> tuple:
    fields = (("text_input", "auth.name"), ("multiselect", "auth.areas"), ("selectbox", "auth.role"))
    groups = [one.value for one in page.multiselect if one.label == t("auth.hazard_groups")]  # of a department alone
    return (*(field(page, kind, label).value for kind, label in fields), *groups)


HALF = ("lan", ["demo"], "department", GROUPS)
EMPTY = ("", [], None)


def test_a_form_filled_in_by_half_survives_a_reload(opened):
    page = half_filled(opened("accounts"))
    assert filled(page) == HALF
    again = opened("accounts", page)
    assert not again.exception
    assert filled(again) == HALF
    assert filled(again.run()) == HALF


def test_it_survives_signing_in_again_and_is_nothing_to_somebody_else_in_the_same_tab(opened, cookies):
    page = half_filled(opened("accounts"))
    sign_in_again(cookies)
    assert filled(opened("accounts", page)) == HALF
    cookies[COOKIE] = token_of(city_cache.database(), "administrator", "demo")
    assert filled(opened("accounts", page)) == EMPTY


def test_another_tab_begins_empty_and_a_page_on_which_nothing_was_typed_has_a_plain_address(opened):
    half_filled(opened("accounts"))
    fresh = opened("accounts")
    assert filled(fresh) == EMPTY
    assert "tab" not in fresh.run().query_params


def test_a_form_that_has_made_something_is_empty_again(opened):
    page = half_filled(opened("accounts"))
    field(page, "text_input", "auth.name").set_value("lan-of-gas")
    page = next(one for one in page.button if one.label == t("accounts.add")).click().run()
    assert not page.error
    assert filled(page) == EMPTY
    assert filled(opened("accounts", page)) == EMPTY


def two_pages() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.cache.kept_input import Owner
    from dashboard.look.forms import field_key, is_field
    from dashboard.look.kept_page import keep_last_words, kept_page

    user = SimpleNamespace(owner=Owner(7, "mei", 1))
    here = st.session_state.get("here", "one")
    keep_last_words(user, here)
    if here == "one":
        with kept_page(user, "one", lambda key: is_field(key, "form")):
            st.text_input("Name", key=field_key("form", "name"))


def test_what_is_typed_last_is_kept_though_it_comes_with_the_click_that_leaves_the_page():
    page = AppTest.from_function(two_pages).run()
    page.text_input[0].set_value("lan")
    page.session_state["here"] = "two"
    page.run()
    again = AppTest.from_function(two_pages)
    again.query_params |= page.query_params
    assert again.run().text_input[0].value == "lan"


def test_no_password_is_kept(opened, tmp_path):
    page = half_filled(opened("accounts"))
    field(page, "text_input", "auth.name").set_value("lan-of-words")
    page = next(one for one in page.button if one.label == t("accounts.add")).click().run()
    (password,) = (one.value for one in page.code)
    kept = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "kept").rglob("*.json"))
    assert password not in kept


def test_the_reason_and_the_day_of_a_draft_to_be_published_survive_a_reload_and_its_consent_does_not(opened):
    page = opened("sandbox")
    field(page, "text_area", "sandbox.reason").set_value("Council of 30 June")
    day = field(page, "date_input", "sandbox.from_day").value.replace(day=9)
    field(page, "date_input", "sandbox.from_day").set_value(day).run()
    field(page, "text_input", "sandbox.name").set_value("Milder").run()
    again = opened("sandbox", page)
    assert field(again, "text_area", "sandbox.reason").value == "Council of 30 June"
    assert field(again, "date_input", "sandbox.from_day").value == day
    assert field(again, "text_input", "sandbox.name").value == "Milder"


WRITTEN = [[["criterion", 4, "points", "no"], Decimal(-6)]]


def with_figures(page: AppTest) -> AppTest:
    """As though somebody had written it into the tables, which a test without a browser cannot."""
    start = page.selectbox(key="sandbox_start_demo").value
    page.session_state["figures-" + start] = WRITTEN
    page.session_state["tables-" + start] = 1
    return page.run()


def shown_figures(page: AppTest) -> list:
    return next(page.session_state[key] for key in map(str, page.session_state) if key.startswith("figures-"))


def changes_nothing(page: AppTest) -> bool:
    return t("sandbox.no_difference") in [one.value for one in page.caption]


def test_figures_written_in_the_sandbox_survive_a_reload_and_signing_in_again(opened, cookies):
    page = opened("sandbox")
    assert changes_nothing(page)
    page = with_figures(page)
    assert shown_figures(page) == WRITTEN and not changes_nothing(page)
    again = opened("sandbox", page)
    assert not again.exception
    assert shown_figures(again) == WRITTEN and not changes_nothing(again)
    sign_in_again(cookies)
    assert shown_figures(opened("sandbox", again).run()) == WRITTEN


def test_figures_can_be_discarded_and_stay_so(opened):
    page = with_figures(opened("sandbox"))
    page = next(one for one in page.button if one.label == t("sandbox.discard")).click().run()
    assert changes_nothing(page)
    assert changes_nothing(opened("sandbox", page))


def matched(page: AppTest) -> AppTest:
    page = page.file_uploader[0].set_value(("houses.csv", FILE, "text/csv")).run()
    page.number_input[0].set_value(1).run()
    field(page, "selectbox", "imports.target").set_value("inspection").run()
    return (
        next(one for one in page.selectbox if one.label.startswith(t("imports.slot_building"))).set_value("name").run()
    )


def reading(page: AppTest) -> dict[str, object]:
    return {one.label: one.value for one in page.selectbox}


def test_a_matched_file_survives_a_reload_and_signing_in_again(opened, cookies):
    page = matched(opened("imports"))
    assert reading(page)[f"{t('imports.slot_building')} *"] == "name"
    again = opened("imports", page)
    assert not again.exception
    assert reading(again) == reading(page)
    boxes = [one for one in again.selectbox if one.value is None]
    assert boxes and {one.placeholder for one in boxes} == {t("imports.not_there")}  # not "Choose an option"
    assert any("houses.csv" in one.value for one in again.markdown)
    assert again.session_state["import_key"] == page.session_state["import_key"]
    sign_in_again(cookies)
    assert reading(opened("imports", again)) == reading(page)


def test_a_matched_file_is_there_after_looking_at_the_imports_so_far(opened):
    page = matched(opened("imports"))
    page.segmented_control[0].set_value("past").run()
    page.segmented_control[0].set_value("one").run()
    assert reading(page)[f"{t('imports.slot_building')} *"] == "name"


def test_a_kept_file_is_nobody_elses(opened, cookies):
    page = matched(opened("imports"))
    cookies[COOKIE] = token_of(city_cache.database(), "administrator", "demo")
    assert reading(opened("imports", page)) == {}


def test_a_kept_file_can_be_removed(opened):
    page = opened("imports", matched(opened("imports")))
    page = next(one for one in page.button if one.label == t("imports.remove")).click().run()
    assert reading(page) == {} and reading(opened("imports", page)) == {}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["the only session", "another one in another browser"])
def test_a_kept_file_goes_when_its_account_signs_out(opened, cookies, visit, tmp_path, elsewhere):
    page = matched(opened("imports"))
    token = cookies[COOKIE]
    if elsewhere:
        cookies[COOKIE] = token_of(city_cache.database(), "administrator")
    other = matched(opened("imports")) if elsewhere else None
    client = visit()
    client.headers["Cookie"] = f"{COOKIE}={token}"
    assert client.post("/sign-out", data={}).status_code == 303
    assert len(list((tmp_path / "uploads").iterdir())) == int(elsewhere)
    cookies[COOKIE] = token_of(city_cache.database(), "administrator")
    assert reading(opened("imports", page)) == {}
    if other is not None:
        assert reading(opened("imports", other)) == reading(other)


def test_an_address_with_a_made_up_tab_opens_like_any_other(opened):
    for made_up in ("../../etc/passwd", "0" * 12, "x", ""):
        page = AppTest.from_file(ROOT / "dashboard" / PAGES["accounts"] / "page.py", default_timeout=120)
        page.query_params |= {"lang": "en", "tab": made_up}
        assert filled(page.run()) == EMPTY and not page.exception
