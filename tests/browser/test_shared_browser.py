"""One browser, several people: what one of them saw is nothing to the next."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from data.db.engine import open_database
from tests.sessions import COOKIE, token_of

pytestmark = pytest.mark.browser
t = translator("zh")
FROM_CACHE = """async addresses => Promise.all(addresses.map(async address => {
    const answer = await fetch(address, { cache: "force-cache" });
    return [answer.status, new TextDecoder("utf-8").decode(await answer.arrayBuffer())];
}))"""
FRESH = FROM_CACHE.replace("force-cache", "reload")
TRANSFERRED = """address => fetch(address).then(answer => answer.arrayBuffer()).then(() =>
    performance.getEntriesByName(new URL(address, location).href).at(-1).transferSize)"""


def of_the_map(city) -> list[str]:
    """The addresses the map has asked for: tiles, outlines with names, counts."""
    return sorted({one for one in city.requests if "/map/tiles/" in one or "/map/areas/" in one or "/counts" in one})


def streets(district) -> list[tuple[str, str]]:
    """Codes and names of two streets, the fullest first."""
    return district.rows(
        "SELECT areas.code, areas.name FROM areas JOIN buildings ON buildings.street_id = areas.id"
        " GROUP BY areas.id ORDER BY count(*) DESC LIMIT 2"
    )


@pytest.fixture
def seen(open_city, district):
    """A police officer of one street has looked at the map with its outlines: the page, what it asked, the name."""
    (code, name), _ = streets(district)
    city = open_city("?areas=street", role="police", areas=(f"demo/street:{code}",))
    city.wait_until_drawn()
    asked = of_the_map(city)
    answers = city.page.evaluate(FROM_CACHE, asked)
    assert {status for status, _ in answers} == {200}
    assert any(name in text for _, text in answers)
    return city, asked, name


def test_after_signing_out_nothing_comes_out_of_the_browsers_cache(seen):
    city, asked, _ = seen
    city.page.goto(f"{city.address}/account")
    city.page.get_by_role("button", name=t("auth.sign_out")).click()
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    assert {status for status, _ in city.page.evaluate(FROM_CACHE, asked)} == {401}


def become(city, district, role: str | None, *areas: str) -> None:
    """Another session in the same browser, its cache left as it was: as over a line without TLS."""
    city.page.goto("about:blank")
    city.context.clear_cookies()
    if role is not None:
        engine = open_database(district.environment["CREDIT_MAP_DATABASE"])
        token = token_of(engine, role, *areas)
        engine.dispose()
        city.context.add_cookies([{"name": COOKIE, "value": token, "url": city.address, "httpOnly": True}])
    city.page.goto(f"{city.address}/sign-in")


def test_nobody_gets_the_last_ones_answers_out_of_a_cache_that_was_not_cleared(seen, district):
    city, asked, _ = seen
    become(city, district, None)
    assert {status for status, _ in city.page.evaluate(FROM_CACHE, asked)} == {401}


def test_the_next_one_gets_their_own_answers_out_of_a_cache_that_was_not_cleared(seen, district):
    city, asked, name = seen
    _, (code, _) = streets(district)
    become(city, district, "police", f"demo/street:{code}")
    answers = city.page.evaluate(FROM_CACHE, asked)
    assert [text for _, text in answers if name in text] == []
    assert answers == city.page.evaluate(FRESH, asked)


def test_within_a_session_a_tile_that_was_drawn_is_not_asked_for_again(seen):
    city, asked, _ = seen
    tile = next(address for address in asked if "/map/tiles/" in address)
    assert city.page.evaluate(TRANSFERRED, tile) == 0
