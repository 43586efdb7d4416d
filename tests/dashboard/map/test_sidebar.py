"""What is chosen in the sidebar is kept, however quickly one click follows another."""

import pytest

from dashboard.i18n import translator

FIRST = {"lang": "en", "show": "baoan"}


def choose(shown, label: str, value: str, language: str = "en"):
    """Picks an option and runs the page, as a click does."""
    t = translator(language)
    widgets = (*shown.sidebar.radio, *shown.sidebar.selectbox, *shown.sidebar.button_group)
    next(one for one in widgets if one.label == t(label)).set_value(value)
    return shown.run()


def with_address(shown, address: dict[str, str]):
    """The browser sends this address with the next click."""
    shown.query_params.clear()
    for name, value in address.items():
        shown.query_params[name] = value
    return shown


@pytest.fixture
def shown(page):
    return page(**FIRST)


def test_a_click_before_the_browser_has_the_address_of_the_click_before_keeps_both(shown):
    choose(shown, "control.show", "hazards")
    choose(with_address(shown, FIRST), "control.group_rental", "0")
    assert dict(shown.query_params) == {"lang": "en", "show": "hazards", "group_rental": "0"}


def test_a_click_on_a_widget_worded_anew_keeps_the_language_and_what_was_clicked(page):
    shown = page(show="baoan")
    shown.session_state["lang"] = "en"
    shown.run()
    choose(with_address(shown, {"show": "baoan"}), "control.show", "hazards")
    assert dict(shown.query_params) == {"lang": "en", "show": "hazards"}


def test_a_step_back_brings_the_widgets_of_the_view_before(shown):
    choose(shown, "control.show", "hazards")
    with_address(shown, FIRST).run()
    assert dict(shown.query_params) == FIRST
    assert next(iter(shown.sidebar.radio)).value == "baoan"


def test_a_step_back_after_two_quick_clicks_leads_to_what_stood_before_both(shown):
    choose(shown, "control.show", "hazards")
    choose(with_address(shown, FIRST), "control.group_rental", "0")
    with_address(shown, FIRST).run()
    assert dict(shown.query_params) == FIRST


def test_another_address_typed_in_counts_whatever_was_clicked(shown):
    choose(shown, "control.show", "hazards")
    with_address(shown, {"lang": "en", "show": "density"}).run()
    assert dict(shown.query_params) == {"lang": "en", "show": "density"}
