"""What the Content-Security-Policy withholds does not run; that no journey asks for it, `open_city` sees to."""

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("zh")
FOREIGN = "http://evil.example/x.png"
INJECT = """foreign => {
    const script = document.createElement("script");
    script.textContent = "window.injected = 1";
    document.body.appendChild(script);
    const image = document.createElement("img");
    image.src = foreign;
    document.body.appendChild(image);
    setTimeout("window.injected = 2");  // a text to be evaluated
}"""
REFUSED = 3


def test_the_forms_are_refused_nothing(open_city):
    city = open_city("account")
    city.page.get_by_role("button", name=t("auth.sign_out")).click()
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()


def test_what_is_put_into_a_page_does_not_run_and_fetches_nothing(open_city):
    city = open_city("accounts")
    city.settled_reruns()
    city.page.evaluate(INJECT, FOREIGN)
    while len(city.withheld) < REFUSED:
        city.page.wait_for_event("console")
    assert city.page.evaluate("window.injected === undefined")
    assert [one for one in city.withheld if one.startswith(f"img-src {FOREIGN}")]
    city.requests.remove(FOREIGN)  # withheld before it was sent, and named all the same
    city.withheld.clear()
