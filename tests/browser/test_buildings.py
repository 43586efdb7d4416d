"""Single buildings on the map: the right card at a click, whole marks at the edges of tiles."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from tests.dashboard.buildings import TILE_PX, at_tile_edge, buildings, dishonest, robbed

pytestmark = pytest.mark.browser
t = translator("zh")
ZOOM = 18
DATA_TILE_PX = 512  # a tile as the server sends it: the browser lays it as four at this zoom
MARK_PX = 16  # across


def test_a_click_on_a_building_opens_its_card_with_the_reasons_of_its_grade(open_city, district):
    house = robbed(district)
    city = open_city(f"#18/{house.lat}/{house.lon}")
    city.wait_until_drawn()
    city.click_place(house.lon, house.lat)
    expect(city.card_row(t("card.code"))).to_have_text(house.code)
    expect(city.card_row(t("card.address"))).to_have_text(house.address)
    reasons = city.page.locator(".building-card > section .reason")
    reason = reasons.filter(has_text="刑事案件").filter(has_text="-3").first
    expect(reason).to_be_visible()
    rule = reason.locator("q").filter(has_text="每发一起刑事案件、治安案件,相应减3分、1分")
    expect(rule).not_to_be_visible()
    reason.locator("summary").click()
    expect(rule).to_be_visible()
    assert f"building={house.code}" in city.query


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_credit_records_of_a_card_are_no_wider_than_the_card(open_city, district, language, width):
    code, _ = dishonest(district)
    city = open_city(f"?lang={language}&building={code}", viewport={"width": width, "height": 900})
    table = city.page.locator("table.credit").first
    expect(table.locator("th").first).to_have_text(translator(language)("credit.state"))
    wide, card = table.evaluate("table => [table.scrollWidth, table.parentElement.clientWidth]")
    assert 0 < wide <= card <= width


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_nothing_of_an_opened_card_is_wider_than_the_screen(open_city, district, language):
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    city = open_city(f"?lang={language}&building={robbed(district).code}", **phone)
    expect(city.page.locator(".lead .rating img")).to_be_visible()
    city.page.evaluate("document.querySelectorAll('.building-card details').forEach(one => one.open = true)")
    assert city.page.evaluate("document.documentElement.scrollWidth") <= 390
    too_wide = "[...document.querySelectorAll('.building-card *')].filter(one => one.scrollWidth > innerWidth).length"
    assert city.page.evaluate(too_wide) == 0
    expect(city.page.locator("button[data-card=navigate]")).to_be_visible()


def test_on_paper_stands_the_card_alone(open_city, district):
    city = open_city(f"?building={robbed(district).code}")
    card = city.page.locator(".building-card")
    expect(card).to_be_visible()
    city.page.emulate_media(media="print")
    for hidden in (city.sidebar, city.page.locator("iframe").first, city.page.locator(".card-actions")):
        expect(hidden).not_to_be_visible()
    expect(card.locator(".why").first).to_be_visible()
    seen = card.evaluate("card => [card.getBoundingClientRect().left, card.clientHeight, card.scrollHeight]")
    assert seen[0] < 50 and seen[1] == seen[2]


def test_the_link_of_a_card_opens_it_again(open_city, district):
    house = robbed(district)
    city = open_city(f"?lang=en&building={house.code}&tab=0123456789abcdef")
    city.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    share = city.page.locator("button[data-card=share]")
    share.click()
    expect(share).to_have_text(translator("en")("card.shared"))
    link = city.page.evaluate("navigator.clipboard.readText()")
    assert f"building={house.code}" in link and "lang=en" in link and "tab=" not in link


def test_a_card_is_closed_by_the_button_in_its_row(open_city, district):
    city = open_city(f"?building={robbed(district).code}")
    city.wait_until_drawn()
    city.settled_reruns()
    city.page.get_by_role("button", name=t("card.close")).click()
    expect(city.page.locator(".building-card")).to_have_count(0)
    city.page.wait_for_url(lambda address: "building=" not in address)


def test_the_card_says_how_to_reach_the_next_grade_and_gives_no_case_away(open_city, district):
    house = robbed(district)
    for role, told in (("police", True), ("grid_officer", False)):
        city = open_city(f"?building={house.code}", role=role)
        expect(city.page.locator(".building-card .why").first).to_be_visible()
        city.page.evaluate("document.querySelectorAll('.building-card details').forEach(one => one.open = true)")
        expect(city.page.get_by_text("如何升级为“").first).to_be_visible()
        advice = city.page.locator(".advice")
        expect(advice.first).to_contain_text("升")
        single_case = advice.locator("li").filter(has_text="刑事案件（20")  # with the day it happened on
        expect(single_case.first).to_be_visible(visible=told)


def test_a_mark_on_the_edge_of_a_tile_is_as_whole_as_one_in_the_middle(open_city, district):
    city = open_city()
    city.wait_until_drawn()
    for axis in (0, 1):
        cut = at_tile_edge(district, ZOOM, axis, DATA_TILE_PX, within=2)
        assert cut.alone_within(ZOOM) > 2 * MARK_PX
        alike = _in_the_middle_of_a_tile(district, cut)
        at_edge, in_middle = (_mark(city, one) for one in (cut, alike))
        assert at_edge.area == pytest.approx(in_middle.area, rel=0.06)
        first, second = at_edge.halves(axis)
        assert min(first, second) > 0.3 * at_edge.area


def _in_the_middle_of_a_tile(district, like):
    """A lonely building of the same grade, far from any edge."""
    grade = district.graded("qishuyan")
    return max(
        (
            one
            for one in buildings(district)
            if grade[one.id] == grade[like.id] and (abs(one.pixel(ZOOM) % TILE_PX - TILE_PX / 2) < 100).all()
        ),
        key=lambda one: one.apart,
    )


def _mark(city, house):
    """The pixels of a building's own mark, cut out around it."""
    city.move_to(ZOOM, house.lat, house.lon)
    x, y = city.pixel_of(house.lon, house.lat)
    return city.painted(x - MARK_PX, y - MARK_PX, 2 * MARK_PX, 2 * MARK_PX)
