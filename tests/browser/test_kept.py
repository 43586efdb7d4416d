"""What is typed and not finished is there again: after another page, a reload, and signing in anew; and one is led back
to where one was, in the language one had."""

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.access.sessions import auth_session, end_session
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from tests.browser.city_page import CityPage
from tests.browser.test_sandbox import figure, write
from tests.browser.test_signing_in import PASSWORD, engine, fill_in, mei  # noqa: F401  # fixtures
from tests.sessions import COOKIE, token_of

pytestmark = pytest.mark.browser
t, chinese = translator("en"), translator("zh")
FILE = {"name": "houses.csv", "mimeType": "text/csv", "buffer": b"code,name\n001,Plum Court\n"}


def end_the_session(city: CityPage, engine) -> None:  # noqa: F811
    """As two hours without a click do."""
    token = next(one["value"] for one in city.context.cookies() if one["name"] == COOKIE)
    session = auth_session(engine, token)
    with writing(engine, SYSTEM) as transaction:
        end_session(transaction, SYSTEM, COMMAND_LINE, session.session_id)


def sign_in_elsewhere(city: CityPage, engine, role: str, address: str) -> None:  # noqa: F811
    """A new session of the same account in this browser, which has no password to type."""
    token = token_of(engine, role)
    city.context.add_cookies([{"name": COOKIE, "value": token, "url": address, "httpOnly": True, "sameSite": "Lax"}])


def no_difference(page: Page):
    return page.get_by_text(t("sandbox.no_difference"))


def test_figures_written_in_the_sandbox_outlast_a_page_a_reload_and_a_session(open_city, engine, address):  # noqa: F811
    city = open_city("sandbox?lang=en", role="leader")
    page, worse = city.page, figure(city.page, t("changes.worse"))
    expect(worse).to_have_text("0")
    write(page, row=2, column_px=270, text="-9")
    expect(worse).not_to_have_text("0")
    written = worse.inner_text()
    page.get_by_test_id("stTopNav").get_by_text(t("nav.changes"), exact=True).click()
    expect(page.get_by_text(t("changes.misleads"))).to_be_visible()
    page.get_by_test_id("stTopNav").get_by_text(t("nav.sandbox"), exact=True).click()
    expect(worse).to_have_text(written)
    page.reload()
    expect(worse).to_have_text(written)
    assert "lang=en" in city.query
    end_the_session(city, engine)
    sign_in_elsewhere(city, engine, "leader", address)
    page.reload()
    expect(worse).to_have_text(written)
    page.get_by_role("button", name=t("sandbox.discard")).click()
    expect(no_difference(page)).to_be_visible()
    page.reload()
    expect(no_difference(page)).to_be_visible()


def test_a_matched_file_and_a_form_filled_in_by_half_outlast_a_page_and_a_reload(open_city):
    city = open_city("imports?lang=zh")
    page = city.page
    expect(page.get_by_text(chinese("imports.hint"))).to_be_visible()
    page.locator("input[type=file]").set_input_files(FILE)
    box = page.get_by_role("combobox", name=re.compile(chinese("imports.target")))
    expect(box).to_be_visible()
    box.click()
    page.get_by_role("option", name=chinese("imports.inspection"), exact=True).click()
    expect(page.get_by_text(re.compile(chinese("imports.slot_inspector")))).to_be_visible()
    page.get_by_test_id("stTopNav").get_by_text(chinese("nav.accounts"), exact=True).click()
    name = page.get_by_label(chinese("auth.name"), exact=True)
    name.fill("lan")
    name.press("Tab")
    page.get_by_test_id("stTopNav").get_by_text(chinese("nav.imports"), exact=True).click()
    expect(page.get_by_text(re.compile(chinese("imports.slot_inspector")))).to_be_visible()
    page.reload()
    expect(page.get_by_text("houses.csv").first).to_be_visible()
    expect(page.get_by_text(re.compile(chinese("imports.slot_inspector")))).to_be_visible()
    page.get_by_test_id("stTopNav").get_by_text(chinese("nav.accounts"), exact=True).click()
    expect(name).to_have_value("lan")


def test_an_open_map_leads_by_the_sign_in_back_to_its_view_place_and_language(open_city, engine, mei):  # noqa: F811
    city = open_city("?lang=en&show=hazards", role=None)
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn("show=hazards")
    city.move_to(16, 22.7, 113.88)
    city.wait_until_at("#16/")
    place = city.place
    end_the_session(city, engine)
    city.choose_theme(t("overlay.density") if "overlay.density" in t else t("theme.density"))
    again = city.page.get_by_role("link", name=t("auth.sign_in"))
    expect(again).to_be_visible()
    again.click()
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn()
    assert "lang=en" in city.query
    assert city.place == place


def test_what_a_field_lacks_is_said_in_the_language_of_the_page(open_city):
    for language, words in (("zh", chinese), ("en", t)):
        city = open_city(f"sign-in?lang={language}", role=None)
        lacks = "document.getElementById('name').validationMessage"
        assert city.page.evaluate(lacks) == words("auth.fill_in")
        city.page.locator("#name").fill("mei")
        assert city.page.evaluate(lacks) == ""


def test_the_chosen_language_goes_along_to_pages_beside_the_map_and_back(open_city):
    city = open_city("?lang=en")
    city.wait_until_drawn()
    city.page.get_by_test_id("stTopNav").get_by_text(t("nav.audit"), exact=True).click()
    expect(city.page.get_by_role("heading", name=t("audit.title"))).to_be_visible()
    city.page.wait_for_url(re.compile("audit.*lang=en"))
    city.page.reload()
    expect(city.page.get_by_role("heading", name=t("audit.title"))).to_be_visible()
    city.page.get_by_test_id("stTopNav").get_by_text(t("nav.city"), exact=True).click()
    city.wait_until_drawn()
    assert "lang=en" in city.query
