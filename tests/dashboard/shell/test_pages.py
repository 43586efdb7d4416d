"""The page without a browser, in both languages."""

import re

import pytest

from dashboard.i18n import translator

LANGUAGES = ("zh", "en")


def figures(page) -> dict[str, int]:
    """The strip above the map: name → number."""
    strip = next(html.proto.body for html in page.get("html") if "class='figures'" in html.proto.body)
    found = re.findall(r"<span>(.*?)</span><b>([\d,]+)</b>", strip)
    return {name: int(number.replace(",", "")) for name, number in found}


def said(page) -> str:
    return "\n".join(element.value for kind in ("markdown", "caption", "warning", "info") for element in page.get(kind))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["qishuyan", "baoan", "teda", "hazards", "vacant", "density"])
def test_every_theme_opens_with_its_figures(page, district, language, theme):
    shown, t = page(lang=language, show=theme), translator(language)
    assert not shown.exception
    assert not shown.error
    assert t("shell.invented") in said(shown)
    numbers = figures(shown)
    graded = list(district.graded(theme if theme in ("baoan", "teda") else "qishuyan").values())
    assert numbers[t("figure.buildings")] == len(graded)
    assert numbers[t("figure.unrated")] == graded.count("unrated")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_gives_the_grade_under_every_rule_set_of_the_city(page, district, language):
    code = district.rows("SELECT code FROM buildings LIMIT 1")[0][0]
    card = "\n".join(str(one.proto) for one in page(lang=language, building=code).get("html"))
    for rule_set in ("qishuyan", "baoan", "teda"):
        assert f"<span>{translator(language)(f'theme.{rule_set}')} " in card


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filter_holds_for_the_figures(page, district, language):
    shown, t = page(lang=language, qishuyan="red"), translator(language)
    red = list(district.graded("qishuyan").values()).count("red")
    assert figures(shown)[t("figure.buildings")] == figures(shown)[t("figure.low")] == red


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_that_leave_nothing_say_so(page, language):
    shown = page(lang=language, qishuyan="green", unvisited="never")
    assert not shown.exception
    assert translator(language)("map.nothing_selected") in said(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_building_that_does_not_exist_is_told(page, language):
    assert translator(language)("card.missing", code="nowhere") in said(page(lang=language, building="nowhere"))


def test_a_name_said_twice_in_an_address_is_one_choice(page):
    shown = page(qishuyan="red,red", over="hazards,hazards")
    assert not shown.exception
    assert dict(shown.query_params) == {"qishuyan": "red", "over": "hazards"}
