"""No page asks for anything its Content-Security-Policy withholds, and what it withholds does not run."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator
from dashboard.shell.navigation import PAGES

pytestmark = pytest.mark.browser
t = translator("zh")
LISTEN = """window.withheld = [];
document.addEventListener("securitypolicyviolation", (one) =>
    window.withheld.push(`${one.violatedDirective} ${one.blockedURI} ${one.sourceFile}:${one.lineNumber}`));"""
INJECT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.injected = 1";
    document.body.appendChild(script);
    const image = document.createElement("img");
    image.src = "http://evil.example/x.png";
    document.body.appendChild(image);
    setTimeout("window.injected = 2");  // a text to be evaluated
}"""


def withheld(city) -> list[str]:
    """What any document of the page was refused, the map's frame included."""
    return [one for frame in city.page.frames for one in frame.evaluate("window.withheld || []")]


@pytest.fixture
def listening(open_city):
    """A page whose documents all note what their policy withholds."""

    def opened(rest: str = "", **settings):
        city = open_city("sign-in", **settings)
        city.context.add_init_script(LISTEN)
        city.goto(rest)
        return city

    return opened


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_no_page_is_refused_anything(listening, name):
    city = listening("" if name == "city" else name)
    if name == "city":
        city.wait_until_drawn()
    city.settled_reruns()
    assert city.page.get_by_test_id("stAppViewContainer").is_visible()
    assert withheld(city) == []


def test_the_forms_are_refused_nothing(listening):
    city = listening("account")
    expect(city.page.get_by_role("button", name=t("auth.sign_out"))).to_be_visible()
    assert withheld(city) == []
    city.page.get_by_role("button", name=t("auth.sign_out")).click()
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    assert withheld(city) == []


def test_what_is_put_into_a_page_does_not_run_and_fetches_nothing(listening):
    city = listening("accounts")
    city.settled_reruns()
    city.page.evaluate(INJECT)
    city.page.wait_for_function("window.withheld.length >= 3")
    assert city.page.evaluate("window.injected === undefined")
    assert [one for one in withheld(city) if one.startswith("img-src http://evil.example/x.png")]
    city.requests.remove("http://evil.example/x.png")  # withheld before it was sent, and named all the same
