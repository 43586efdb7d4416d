"""A mistake in the program is a fault with a number, never an answer in the words of a library."""

import re

import pytest
from httpx2 import ConnectError
from joserfc.errors import BadSignatureError

from dashboard.auth import oidc
from dashboard.exports import download_route
from dashboard.map import tile_routes
from tests.data.lockside import ON
from tests.data.town_hall import CITY

WORDS = "operands could not be broadcast together with shapes (3,) (4,)"
ROUTES = {
    "tile": f"/map/tiles/1/1/0.mvt?city={CITY}&day={ON}",
    "areas": f"/map/areas/street/1/1/0.mvt?city={CITY}&day={ON}",
    "counts": f"/map/counts?city={CITY}&day={ON}&box=0,0,1,1",
    "at": f"/map/at?city={CITY}&day={ON}&at=1,1,18",
    "search": f"/map/search?city={CITY}&q=a",
    "export": f"/export/{CITY}.csv?day={ON}",
}


def wrong(*_: object, **__: object) -> None:
    raise ValueError(WORDS)


def is_a_fault(answer, caplog) -> None:
    assert answer.status_code == 500
    told = answer.json()
    assert re.fullmatch(r"\S{6,}", told["fault"])
    assert told["fault"] in told["mistake"]
    assert "broadcast" not in answer.text
    (record,) = [record for record in caplog.records if getattr(record, "reference", None) == told["fault"]]
    assert WORDS in str(record.exc_info[1])


@pytest.mark.parametrize("name", ROUTES)
def test_a_programming_mistake_in_a_route_has_a_number_and_not_the_librarys_words(come, monkeypatch, caplog, name):
    client = come("leader")
    assert client.get(ROUTES[name]).status_code == 200
    monkeypatch.setattr(tile_routes, "city_context", wrong)
    monkeypatch.setattr(download_route, "city_context", wrong)
    is_a_fault(client.get(ROUTES[name]), caplog)


@pytest.fixture
def issuer(monkeypatch):
    """A sign-on whose issuer does to the browser what a test says."""
    monkeypatch.setenv("CREDIT_MAP_SIGN_ON", "http://issuer.test")
    monkeypatch.setattr("starlette.requests.Request.session", {})

    def does(fault: Exception) -> None:
        class Issuer:
            async def authorize_redirect(self, *_: object) -> None:
                raise fault

            authorize_access_token = authorize_redirect

        monkeypatch.setattr(oidc, "issuer", lambda _provider: Issuer())

    return does


@pytest.mark.parametrize("address", ["/sign-on", "/sign-on/back?code=1&state=2"])
def test_a_programming_mistake_at_the_sign_on_is_no_refusal(come, issuer, caplog, address):
    issuer(ValueError(WORDS))
    is_a_fault(come("leader").get(address), caplog)


@pytest.mark.parametrize(
    "fault", [BadSignatureError(), ConnectError("nobody there"), oidc.JSONDecodeError("no", "<", 0)]
)
@pytest.mark.parametrize("address", ["/sign-on", "/sign-on/back?code=1&state=2"])
def test_an_issuer_that_is_mistaken_leads_back_to_the_way_in(come, issuer, address, fault):
    issuer(fault)
    answer = come("leader").get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?refused=1")
