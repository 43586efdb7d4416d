"""The whole page in either language."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.dashboard.buildings import robbed

pytestmark = pytest.mark.browser
chinese, english = translator("zh"), translator("en")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LANGUAGE_SWITCH = {"语言", "中文"}
READABLE = """() => {
    const said = [document.body.innerText];
    for (const name of ["title", "placeholder", "aria-label", "alt"])
        for (const one of document.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name));
    return said.join("\\n");
}"""


def everything_said(city) -> str:
    """Every word on the page and in its map, those that only appear on pointing included."""
    return city.page.evaluate(READABLE) + city.frame.evaluate(READABLE)


def test_in_english_nothing_is_chinese_but_names_and_the_language_switch(open_city, district):
    house = robbed(district)
    city = open_city(f"?lang=en&areas=street#18/{house.lat}/{house.lon}")
    city.wait_until_drawn()
    expect(city.bar("by-grade")).to_be_visible()
    assert set(CHINESE.findall(everything_said(city))) == LANGUAGE_SWITCH
    city.click_place(house.lon, house.lat)
    expect(city.card_row(english("card.code"))).to_have_text(house.code)
    quoted = "\n".join(city.page.locator(".reasons q").all_text_contents())
    names = set(CHINESE.findall(f"{house.name} {house.address} {quoted}"))
    assert set(CHINESE.findall(everything_said(city))) - LANGUAGE_SWITCH <= names


def test_in_chinese_every_label_is_chinese(open_city):
    city = open_city("?areas=street")
    city.wait_until_drawn()
    labels = [
        *city.sidebar.get_by_test_id("stWidgetLabel").all_inner_texts(),
        *city.sidebar.get_by_test_id("stRadio").locator("label").all_inner_texts(),
        *city.page.locator(".figures span").all_inner_texts(),
        *city.page.locator(".js-plotly-plot .gtitle").all_text_contents(),
        *city.legend,
    ]
    assert len(labels) > 20
    assert [label for label in labels if re.search("[A-Za-z]", label.replace("Language", ""))] == []


def test_the_language_switch_keeps_theme_filters_and_place(open_city):
    city = open_city("?show=hazards&qishuyan=red&day=2026-05-31#15/22.70000/113.87900")
    city.wait_until_drawn("show=hazards")
    figures, view = city.page.locator(".figures b").all_inner_texts(), city.view
    city.speak("English")
    expect(city.page.get_by_text(english("shell.invented"))).to_be_visible()
    city.wait_until_drawn("show=hazards")
    assert next(iter(city.legend)) == english("map.hazard_overdue")
    assert city.page.locator(".figures b").all_inner_texts() == figures
    assert city.view == pytest.approx(view, abs=1e-4)
    expect(city.sidebar.get_by_role("radio", name=english("theme.hazards"))).to_be_checked()
    assert set(city.query[1:].split("&")) == {"show=hazards", "qishuyan=red", "day=2026-05-31", "lang=en"}


@pytest.mark.parametrize("t", [chinese, english], ids=["zh", "en"])
def test_the_page_says_that_the_district_is_invented(open_city, t):
    city = open_city(f"?lang={t.language}")
    expect(city.page.get_by_text(t("shell.invented"))).to_be_in_viewport(ratio=1)
