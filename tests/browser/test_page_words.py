"""Every page says every word in its own language, Streamlit's words among them."""

import re

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from dashboard.i18n import translator
from dashboard.shell.navigation import PAGES

pytestmark = pytest.mark.browser
ENGLISH_TO_STAY = re.compile(
    r"English|Language|https?:\S+|[\w.-]+\.(?:csv|toml|xlsx)|\b[a-z]+(?:_[a-z0-9]+)+\b"  # names in data, icons
    r"|CSV|TXT|GEOJSON|GPKG|PARQUET|GEOPARQUET|XLSX|XLS|JSON|GeoJSON|GeoPackage|Shapefile|Parquet|GeoParquet|Excel|QGIS|ZIP|zip|TOML|UTF-?8|WGS|MB|IP|UTC"
    r"|Brier|Wilson|Spiegelhalter|demo\S*|everywhere|python -m \S+.*|administrator|browser-test|q|z|km|m|Leaflet"
)
WORD = re.compile(r"[A-Za-z]{2,}")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LANGUAGE_SWITCH = {"语言", "中文"}
READABLE = """() => {
    const apart = "canvas, svg, script, style, noscript, textarea, iframe, [data-testid=stIconMaterial], [role=img], q";
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.data.trim() && !node.parentElement.closest(apart)) said.push(node.data.trim());
    }
    for (const name of ["title", "placeholder", "aria-label", "alt"])
        for (const one of document.querySelectorAll(`[${name}]`))
            if (!one.closest(apart)) said.push(one.getAttribute(name));
    return said;
}"""


def said_on(city) -> list[str]:
    return city.page.evaluate(READABLE)


def opened(open_city, page: str, language: str, **settings):
    city = open_city(f"{page}?lang={language}", **settings)
    city.wait_until_script_ended()
    city.settled_reruns()
    return city


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_on_a_chinese_page_nothing_is_english(open_city, page):
    city = opened(open_city, "" if page == PAGES[0].name else page, "zh", locale="en-US")
    assert city.page.evaluate("document.documentElement.lang") == "zh-CN"
    left = {text for text in said_on(city) if WORD.search(ENGLISH_TO_STAY.sub("", text))}
    assert left == set()


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_on_an_english_page_nothing_is_chinese_but_the_language_switch(open_city, page):
    city = opened(open_city, "" if page == PAGES[0].name else page, "en")
    assert city.page.evaluate("document.documentElement.lang") == "en"
    left = {word for text in said_on(city) for word in CHINESE.findall(text)}
    assert left <= LANGUAGE_SWITCH


def test_a_long_list_says_in_chinese_that_all_can_be_chosen_and_that_nothing_was_found(open_city):
    city = opened(open_city, "", "zh", locale="en-US")
    box = city.sidebar.get_by_test_id("stMultiSelect").first.get_by_role("combobox")
    box.scroll_into_view_if_needed()
    box.click()
    expect(city.page.get_by_text("全选", exact=True)).to_be_visible()
    box.fill("qqqq")
    expect(city.page.get_by_text("无匹配项", exact=True)).to_be_visible()


def test_the_words_follow_the_switch_of_the_language_without_a_reload(open_city):
    city = opened(open_city, "", "zh")
    city.page.evaluate("window.before = 1")
    city.speak("English")
    assert city.page.evaluate("[document.documentElement.lang, window.before]") == ["en", 1]
    box = city.sidebar.get_by_test_id("stMultiSelect").first.get_by_role("combobox")
    box.click()
    expect(city.page.get_by_text("Select all", exact=True)).to_be_visible()


class Line:
    """What lies between a page and its server, to be cut and joined again."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._socket)
        page.route(re.compile("/_stcore/(health|host-config)"), self._ask)

    def _socket(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
        else:
            socket.connect_to_server()
            self.open.append(socket)

    def _ask(self, route: Route) -> None:
        if self.is_cut:
            route.abort()
        else:
            route.continue_()

    def cut(self) -> None:
        self.is_cut = True
        for socket in self.open:
            socket.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_the_server_is_away_a_calm_word_stands_in_place_of_a_dialog(open_city, language):
    city = opened(open_city, "audit", language)
    line = Line(city.page)
    city.page.reload()
    city.wait_until_script_ended()
    line.cut()
    notice = city.page.locator(".connection-notice")
    expect(notice).to_have_text(translator(language)("shell.reconnecting"))
    expect(city.page.get_by_test_id("stDialog")).not_to_be_visible()
    line.is_cut = False
    expect(notice).to_have_count(0)
