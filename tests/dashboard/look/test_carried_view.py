"""The view goes along from page to page by the menu, and stands in the address of each."""

from types import SimpleNamespace

import pytest

from dashboard.look import carried_view
from dashboard.look.carried_view import arriving_with, carry, change_view, note_page, study_view, take_off

RED = {"qishuyan": "red", "day": "2026-03-31"}


class Address(dict):
    """What Streamlit has of the browser's address."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, query) -> None:
        self.clear()
        self.update(query)


@pytest.fixture
def browser(monkeypatch) -> SimpleNamespace:
    browser = SimpleNamespace(session_state={}, query_params=Address())
    monkeypatch.setattr(carried_view, "st", browser)
    monkeypatch.setattr(carried_view, "language_query", lambda: {"lang": "en"})
    monkeypatch.setattr(carried_view, "tab_query", lambda: {"tab": "t"})
    return browser


def gone_to(browser, page: str, **query: str) -> None:
    browser.query_params.from_dict(query)
    note_page(page)


def test_a_page_gone_to_by_the_menu_takes_the_view_of_the_page_before(browser):
    gone_to(browser, "city", **RED)
    carry({**RED, "lang": "en"})
    gone_to(browser, "changes")
    assert arriving_with() == RED
    assert study_view() == RED
    assert arriving_with() == {}
    gone_to(browser, "fairness")
    assert study_view() == RED


def test_a_first_page_and_an_address_of_its_own_say_themselves_what_they_show(browser):
    gone_to(browser, "changes")
    assert study_view() == {}
    carry(RED)
    gone_to(browser, "fairness", area="street:1", lang="en", tab="t")
    assert arriving_with() == {}
    assert study_view() == {"area": "street:1"}


def test_a_page_between_that_has_no_view_does_not_lose_it(browser):
    gone_to(browser, "city", **RED)
    carry(RED)
    gone_to(browser, "imports")
    gone_to(browser, "city")
    assert arriving_with() == RED


def test_an_empty_address_without_a_change_of_page_is_a_step_back_to_everything(browser):
    gone_to(browser, "changes", **RED)
    study_view()
    browser.query_params.from_dict({"lang": "en"})
    note_page("changes")
    assert arriving_with() == {}
    assert study_view() == {}


def test_a_click_that_comes_before_the_browser_has_the_address_loses_nothing(browser):
    carry(RED)
    gone_to(browser, "changes")
    study_view()
    note_page("changes")
    assert study_view() == RED


def test_a_chip_taken_off_leaves_the_address_too(browser):
    gone_to(browser, "changes", qishuyan="red,yellow", day="2026-03-31")
    study_view()
    take_off("qishuyan", "red")
    assert browser.query_params == {"qishuyan": "yellow", "day": "2026-03-31", "lang": "en", "tab": "t"}
    take_off("qishuyan", "yellow")
    assert study_view() == {"day": "2026-03-31"}


def test_a_value_that_is_changed_stands_beside_the_others(browser):
    gone_to(browser, "changes", **RED)
    study_view()
    change_view(day="", area="street:1")
    assert study_view() == {"qishuyan": "red", "area": "street:1"}
