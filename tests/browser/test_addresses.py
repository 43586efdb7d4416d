"""A view is its address: in another browser, after a reload, one step back, and when a part of it is wrong."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.dashboard.buildings import robbed

pytestmark = pytest.mark.browser
t, english = translator("zh"), translator("en")

WITH_A_VACANT_HOME = """
    SELECT count(DISTINCT building_id) FROM homes WHERE 'vacant' = (
        SELECT state FROM home_states WHERE home_id = homes.id ORDER BY day DESC, home_states.id DESC LIMIT 1
    )
"""


class Place(tuple[float, ...]):
    """Zoom, latitude and longitude; the same to within two metres, as a screen has whole pixels."""

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and list(self) == pytest.approx(list(other), abs=2e-5)


class Counts(dict[str, int]):
    """Buildings by class; the same but for one each, which stands on the edge of the screen where a pixel decides."""

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counts) and dict(self) == pytest.approx(dict(other), abs=1)


def what_is_shown(city) -> dict[str, object]:
    """Everything a colleague should see alike."""
    city.wait_until_drawn()
    return {
        "address": city.query,
        "map": Place(city.view),
        "tiles": city.frame.evaluate("map.getContainer().dataset.view"),
        "legend": Counts((name, int(count.replace(",", "") or 0)) for name, count in city.legend.items()),
        "theme": city.sidebar.get_by_test_id("stRadio").locator("label:has(input:checked)").inner_text(),
        "filters": city.sidebar.get_by_test_id("stMultiSelect").all_inner_texts(),
        "figures": city.page.locator(".figures b").all_inner_texts(),
        "card": city.page.locator("dl.facts").all_inner_texts(),
    }


def a_view_of_ones_own(city, house) -> None:
    """Language, theme, filter, building and place, chosen one after the other."""
    city.wait_until_drawn()
    city.speak("English")
    expect(city.page.get_by_text(english("shell.invented"))).to_be_visible()
    city.choose_theme(english("theme.baoan"))
    city.wait_until_drawn("show=baoan")
    city.settled_reruns()  # a list that is open closes when the page changes
    city.choose(english("control.group_rental"), english("control.no"))
    city.wait_until_drawn("group_rental=0")
    city.click_place(house.lon, house.lat)
    expect(city.card_row(english("card.code"))).to_have_text(house.code)
    city.drag(60, -40)
    city.wait_until_at("#18/", beside=f"#18/{house.lat:.5f}/{house.lon:.5f}")


def test_a_link_opened_by_a_colleague_shows_the_same_view(open_city, district):
    house = robbed(district, group_rental=False)
    mine = open_city(f"#18/{house.lat:.5f}/{house.lon:.5f}")
    a_view_of_ones_own(mine, house)
    link = mine.page.url.removeprefix(mine.address)
    assert all(part in link for part in ("lang=en", "show=baoan", "group_rental=0", f"building={house.code}", "#18/"))
    theirs = open_city(link.removeprefix("/"))
    expect(theirs.card_row(english("card.code"))).to_have_text(house.code)
    assert what_is_shown(theirs) == what_is_shown(mine)


def test_a_reload_keeps_the_view_and_one_step_back_brings_the_view_before(open_city):
    city = open_city("?qishuyan=red#15/22.70000/113.87900")
    before = what_is_shown(city)
    city.choose_theme(t("theme.hazards"))
    city.wait_until_drawn("show=hazards")
    city.settled_reruns()
    after = what_is_shown(city)
    assert after != before
    city.page.reload()
    assert what_is_shown(city) == after
    city.page.go_back()
    expect(city.sidebar.get_by_role("radio", name=t("theme.qishuyan"))).to_be_checked()
    city.settled_reruns()
    assert what_is_shown(city) == before


def test_wrong_parts_of_an_address_are_told_in_one_sentence_and_the_rest_holds(open_city, district):
    wrong = {"show=nonsense", "qishuyan=purple", "day=yesterday", "city=atlantis"}
    city = open_city("?vacant=1&" + "&".join(sorted(wrong)))
    before, after = t("shell.unknown", names="|").split("|")
    told = city.page.get_by_test_id("stAlert")
    expect(told).to_have_text(re.compile(re.escape(before)))
    sentence = told.inner_text().strip()
    assert set(sentence.removeprefix(before).removesuffix(after).split("、")) == wrong
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{district.rows(WITH_A_VACANT_HOME)[0][0]:,}")


def test_a_building_that_does_not_exist_is_told_in_one_sentence(open_city):
    city = open_city("?building=no-such-code")
    expect(city.page.get_by_test_id("stAlert")).to_have_text(t("card.missing", code="no-such-code"))
    city.wait_until_drawn()


def test_a_fault_of_ours_is_a_sentence_with_a_number_and_no_way_out_to_other_sites(open_city, district):
    district.rows("ALTER TABLE cities RENAME TO cities_lost")
    try:
        city = open_city("?lang=en")
        told = city.page.get_by_test_id("stAlert")
        expect(told).to_have_text(re.compile("^" + english("shell.fault", number="[0-9a-f]{8}") + "$"))
        assert "Traceback" not in city.page.locator("body").inner_text()
        links = city.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
        assert [link for link in links if not link.startswith(city.address)] == []
    finally:
        district.rows("ALTER TABLE cities_lost RENAME TO cities")


def test_another_size_of_the_window_leaves_the_middle_of_the_map_where_it_is(open_city):
    city = open_city("#16/22.70000/113.87900")
    city.wait_until_drawn()
    assert Place(city.view) == Place((16, 22.7, 113.879))
    width = city.frame.evaluate("map.getSize().x")
    city.page.set_viewport_size({"width": 1001, "height": 703})
    city.frame.wait_for_function("before => map.getSize().x !== before", arg=width)
    city.wait_until_drawn()
    assert Place(city.view) == Place((16, 22.7, 113.879))
    assert city.place == "#16/22.70000/113.87900"
