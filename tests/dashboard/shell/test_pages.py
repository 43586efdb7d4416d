"""The page without a browser, in both languages."""

import re

import pytest

from dashboard.i18n import translator
from scoring.studies.credit_records import scale
from tests.dashboard.buildings import dishonest
from tests.dashboard.demonstration import ON

LANGUAGES = ("zh", "en")
CREDIT_ROW = re.compile(r"<tr><th scope='row'>(.*?)</th>(.*?)</tr>")
CREDIT_SUBJECTS = """
    SELECT count(DISTINCT subject) FROM credit_records JOIN homes ON homes.id = home_id
    JOIN buildings ON buildings.id = building_id WHERE buildings.code = ?
"""


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
def test_a_card_counts_credit_records_by_state_and_level_with_what_they_are_counted_of(page, district, language):
    code, records = dishonest(district)
    t = translator(language)
    shown = page(lang=language, building=code)
    assert not shown.exception
    part = next(html.proto.body for html in shown.get("html") if "table class='credit'" in html.proto.body)
    part = part[part.index(f"<h5>{t('credit.title')}</h5>") :]
    table = part[: part.index("</table>")]
    rows = {name: list(map(int, re.findall(r"<td>(\d+)</td>", cells))) for name, cells in CREDIT_ROW.findall(table)}
    assert list(rows) == [t(f"credit.{name}") for name in ("recognised", "repaired", "expired", "recorded", "all")]
    *states, together = rows.values()
    assert [sum(column) for column in zip(*states, strict=True)] == together
    assert sum(together[:3]) == together[3] == records
    assert all(t.of(level.name) in table for level in scale().levels)
    homes = district.rows("SELECT count(*) FROM homes JOIN buildings b ON b.id = building_id WHERE b.code = ?", code)
    subjects = district.rows(CREDIT_SUBJECTS, code)
    about = {"day": ON, "records": records, "subjects": subjects[0][0], "homes": homes[0][0]}
    assert t("credit.household", **about) in part
    assert all(t("card.assumed", what=t.of(text)) in part for text in scale().assumed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_without_public_homes_says_nothing_of_credit_records(page, district, language):
    code = district.rows("SELECT code FROM buildings WHERE id NOT IN (SELECT building_id FROM homes) LIMIT 1")[0][0]
    card = "".join(html.proto.body for html in page(lang=language, building=code).get("html"))
    assert "building-card" in card
    assert translator(language)("credit.title") not in card


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
