"""The map page as a person meets it: what can be seen, clicked and read."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Locator, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.picture import PAINTED, Picture

DRAWN = """([part, call, frames]) => {
    const { map } = window, shown = map && map.creditLayer && map.getContainer().dataset;
    const drawn = shown && shown.view.includes(part) && shown.drawn === shown.view
        && !map.creditLayer.marks.isLoading() && !map._animatingZoom
        && map.getPane("credit-marks").querySelectorAll(".leaflet-tile-container:not(:empty)").length === 1;
    const box = map && map.getContainer().getBoundingClientRect(), around = frameElement.getBoundingClientRect();
    const place = drawn && JSON.stringify([map.getZoom(), map.getCenter(), map.getSize(), box, around]);
    const before = window.seenAtRest || {};
    const still = drawn && before.call === call && before.place === place ? before.still + 1 : 0;
    window.seenAtRest = { call, place, still };
    return still >= frames;
}"""
STILL_FRAMES = 5  # in which nothing moved: the map is at rest
AFTERWARDS = "ms => new Promise(done => setTimeout(done, ms))"  # by the browser's clock: what was due before is done
SETTLED_MS = 1_000  # four times what the map waits before it tells the server of a change
SCRIPT_ENDED = "[data-test-script-state=notRunning]"


WITHHELD = "withheld by the policy: "
LISTEN = f"""document.addEventListener("securitypolicyviolation", (one) => console.error("{WITHHELD}"
    + `${{one.violatedDirective}} ${{one.blockedURI}} ${{one.sourceFile}}:${{one.lineNumber}}`));"""


class CityPage:
    """requests: every address asked for, websockets too. reruns: how often the browser asked the script to run.
    withheld: what any document, the map's frame too, was refused by its Content-Security-Policy."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.requests: list[str] = []
        self.withheld: list[str] = []
        self.reruns = self.calls = 0
        context.add_init_script(LISTEN)
        context.on("console", self._hear)
        context.on("request", lambda request: self.requests.append(request.url))
        self.page = context.new_page()
        self.page.on("websocket", self._listen)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith(WITHHELD):
            self.withheld.append(message.text.removeprefix(WITHHELD))

    def _listen(self, websocket) -> None:
        self.requests.append(websocket.url)
        websocket.on("framesent", self._count)

    def _count(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.reruns += 1

    def goto(self, rest: str = "") -> None:
        self.page.goto(f"{self.address}/{rest}")

    # the page around the map

    @property
    def sidebar(self) -> Locator:
        return self.page.get_by_test_id("stSidebar")

    @property
    def query(self) -> str:
        return self.page.evaluate("location.search")

    @property
    def place(self) -> str:
        """Zoom and centre as they stand in the address."""
        return self.page.evaluate("location.hash")

    def figure(self, name: str) -> Locator:
        """The number under a name in the strip of figures."""
        return self.page.locator(".figures div").filter(has=self.page.get_by_text(name, exact=True)).locator("b")

    def chart(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} .js-plotly-plot")

    def bar(self, key: str, place: int = 0) -> Locator:
        """A bar of a chart that the map page draws by itself."""
        return self.page.locator(f".st-key-{key} .bar").nth(place)

    def card_row(self, name: str) -> Locator:
        """A row of the open building's card."""
        return self.page.locator("dl.facts dt").get_by_text(name, exact=True).locator("xpath=following-sibling::dd[1]")

    def choose_theme(self, name: str) -> None:
        self.sidebar.get_by_test_id("stRadio").get_by_text(name, exact=True).click()

    def choose(self, label: str, option: str) -> None:
        """Picks an option of a list in the sidebar."""
        control = self.sidebar.get_by_test_id(re.compile("stSelectbox|stMultiSelect"))
        box = control.filter(has=self.page.get_by_text(label, exact=True)).get_by_role("combobox")
        box.focus()  # not a click: the scrolling that brings it into reach would close the list again
        box.press("ArrowDown")
        self.page.get_by_role("option", name=option, exact=True).click()

    def speak(self, language: str) -> None:
        """Switches the language and waits for the map to come anew in it."""
        self.page.locator("iframe[title*=folium]").evaluate("map => { map.dataset.before = 1 }")
        self.sidebar.get_by_test_id("stButtonGroup").get_by_text(language, exact=True).click()
        self.page.locator("iframe[data-before]").wait_for(state="detached")
        self.settled_reruns()  # the new map reports its place once more; a click on a widget before that may be lost

    # the map

    @property
    def frame(self) -> Frame:
        """The map's own document."""
        handle = self.page.locator("iframe[title*=folium]").element_handle()
        return handle.content_frame()

    @property
    def map(self) -> Locator:
        return self.page.frame_locator("iframe[title*=folium]").locator("#map_div")

    def wait_until_drawn(self, part: str = "") -> None:
        """Until all tiles of a view are painted whose query holds `part`, none of an earlier view are left, and the
        map is at rest: no script runs, and for some frames neither the map nor what lies around it has moved."""
        self.map.wait_for()
        self.wait_until_script_ended()
        self.calls += 1
        self.frame.wait_for_function(DRAWN, arg=[part, self.calls, STILL_FRAMES])

    def wait_until_script_ended(self) -> None:
        self.page.locator(SCRIPT_ENDED).wait_for()

    @property
    def view(self) -> tuple[int, float, float]:
        """Zoom, latitude and longitude of the middle."""
        return tuple(self.frame.evaluate("[map.getZoom(), map.getCenter().lat, map.getCenter().lng]"))

    def pixel_of(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies on the map, in css pixels from its corner."""
        return tuple(self.frame.evaluate("([y, x]) => Object.values(map.latLngToContainerPoint([y, x]))", [lat, lon]))

    def click_place(self, lon: float, lat: float) -> None:
        """A click where a place lies once the map has come to rest."""
        self.wait_until_drawn()
        self.click_map(*self.pixel_of(lon, lat))

    def click_map(self, x: float, y: float) -> None:
        """x, y: read off the map at rest, see wait_until_drawn."""
        self.map.click(position={"x": x, "y": y})

    def drag(self, across: float, down: float) -> None:
        box = self.map.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + across, y + down, steps=5)
        self.page.mouse.up()

    def wheel(self, down: float) -> None:
        self.map.hover()
        self.page.mouse.wheel(0, down)

    def move_to(self, zoom: int, lat: float, lon: float) -> None:
        """As a link to a place on the open page does."""
        self.page.evaluate("place => { location.hash = place }", f"#{zoom}/{lat}/{lon}")
        there = "([z, y, x]) => map.getZoom() === z && map.getCenter().distanceTo([y, x]) < 2"
        self.frame.wait_for_function(there, arg=[zoom, lat, lon])
        self.wait_until_drawn()

    def wait_until_at(self, place: str, beside: str = "") -> None:
        """Until the address tells a place that begins so and is not `beside`, and the map is drawn there."""
        known = "([place, beside]) => location.hash.startsWith(place) && location.hash !== beside"
        self.page.wait_for_function(known, arg=[place, beside])
        self.wait_until_drawn()

    def painted(self, left: float = 0, top: float = 0, width: int | None = None, height: int | None = None) -> Picture:
        """What the marks' own pane shows in a part of the map, the whole of it unless told."""
        return Picture.of(self.frame.evaluate(PAINTED, [left, top, width, height]))

    @property
    def legend(self) -> dict[str, str]:
        """Counts by the name of their class."""
        return dict(
            self.map.locator(".credit-legend-row").evaluate_all(
                "rows => rows.map(r => [r.children[1].textContent, r.children[2].textContent])"
            )
        )

    def expect_counts(self, counts: list[int]) -> None:
        """Waits for the legend to count so, from its first row to its last."""
        expect(self.map.locator(".credit-legend-count")).to_have_text([f"{count:,}" for count in counts])

    def reruns_of(self, doing: Callable[[], None]) -> int:
        """How often the script was asked to run while something was done and for a moment after."""
        before = self.settled_reruns()
        doing()
        return self.settled_reruns() - before

    def settled_reruns(self) -> int:
        """The count once the page has been quiet for a moment: that nothing comes can only be seen by waiting."""
        while True:
            before = self.reruns
            self.page.evaluate(AFTERWARDS, SETTLED_MS)
            self.wait_until_script_ended()
            if self.reruns == before:
                return before
