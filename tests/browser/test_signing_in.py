"""Coming in and going out, as a person does it; and what somebody else's page or socket cannot do."""

import re
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dashboard.i18n import translator
from data.access.accounts import Grant, account_named, add_account, set_disabled, set_password
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database, writing
from data.db.models.accounts import Account, FailedSignIn
from tests.dashboard.buildings import robbed
from tests.sessions import COOKIE, token_of

pytestmark = pytest.mark.browser
t, english = translator("zh"), translator("en")
PASSWORD = "copper kettle at noon"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def engine(district):
    engine = open_database(district.environment["CREDIT_MAP_DATABASE"])
    yield engine
    engine.dispose()


@pytest.fixture
def mei(engine) -> str:
    """The name of a leader's account with PASSWORD, open and never tried."""
    with writing(engine, SYSTEM) as session:
        if session.query(Account).filter_by(name="mei").first() is None:
            add_account(session, SYSTEM, COMMAND_LINE, "mei", "leader", Grant(("demo",)), password=PASSWORD)
        account = account_named(session, "mei")
        set_password(session, SYSTEM, COMMAND_LINE, account, PASSWORD)
        set_disabled(session, SYSTEM, COMMAND_LINE, account, False)
        session.query(FailedSignIn).delete()
    return "mei"


def fill_in(city, name: str, password: str) -> None:
    city.page.locator("#name").fill(name)
    city.page.locator("#password").fill(password)
    city.page.locator("#sign-in button").click()


def test_a_link_opened_by_nobody_leads_through_the_door_and_on_to_the_view(open_city, mei, district):
    house = robbed(district)
    city = open_city(f"?lang=en&show=hazards#17/{house.lat:.5f}/{house.lon:.5f}", role=None)
    expect(city.page.get_by_role("heading", name=english("auth.sign_in"))).to_be_visible()
    fill_in(city, mei, "a wrong password")
    expect(city.page.get_by_role("alert")).to_have_text(english("auth.mistake_SignInRefused"))
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn("show=hazards")
    assert city.query == "?lang=en&show=hazards"
    assert city.place.startswith("#17/")
    expect(city.sidebar.get_by_text(mei, exact=True)).to_be_visible()


def test_the_forms_fit_a_phone(open_city, mei):
    city = open_city("", role=None, **PHONE)
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn()
    city.page.goto(f"{city.address}/account")
    expect(city.page.get_by_role("heading", name=mei)).to_be_visible()
    assert city.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_signing_out_shuts_the_page_and_going_back_does_not_open_it(open_city, mei):
    city = open_city("", role=None)
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn()
    city.sidebar.get_by_role("link", name=t("auth.account")).click()
    city.page.get_by_role("button", name=t("auth.sign_out")).click()
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    city.page.goto(city.address)
    expect(city.page.get_by_role("heading", name=t("auth.sign_in"))).to_be_visible()
    assert not [one for one in city.context.cookies() if one["name"] == COOKIE]


def test_an_open_tab_of_a_disabled_account_stops_at_its_next_action(open_city, mei, engine):
    city = open_city("", role=None)
    fill_in(city, mei, PASSWORD)
    city.wait_until_drawn()
    with writing(engine, SYSTEM) as session:
        set_disabled(session, SYSTEM, COMMAND_LINE, account_named(session, "mei"), True)
    city.choose_theme(t("theme.hazards"))
    expect(city.page.get_by_text(t("auth.ended"))).to_be_visible()
    expect(city.page.locator(".figures")).to_have_count(0)
    status = city.page.evaluate("fetch('/map/search?city=demo&q=a').then((answer) => answer.status)")
    assert status == 401


def test_a_script_on_the_page_cannot_read_the_session(open_city):
    city = open_city()
    city.wait_until_drawn()
    assert COOKIE not in city.page.evaluate("document.cookie")
    assert COOKIE not in city.frame.evaluate("document.cookie")


def test_a_street_office_sees_its_street_and_the_map_opens_there(open_city, district):
    code, name, homes = district.rows(
        "SELECT areas.code, areas.name, count(*) FROM areas JOIN buildings ON buildings.street_id = areas.id"
        " GROUP BY areas.id ORDER BY 3 DESC LIMIT 1"
    )[0]
    city = open_city("", role="street_office", areas=(f"demo/street:{code}",))
    city.wait_until_drawn()
    expect(city.figure(t("figure.buildings"))).to_have_text(f"{homes:,}")
    expect(city.page.get_by_text(t("figure.buildings_of_yours", n=f"{homes:,}"))).to_be_visible()
    offered = city.page.get_by_test_id("stTopNav")
    for name_of_page in ("nav.sandbox", "nav.imports", "nav.accounts", "nav.audit"):
        expect(offered.get_by_text(t(name_of_page), exact=True)).to_have_count(0)
    names = [row[0] for row in district.rows("SELECT name FROM areas WHERE level = 'street'")]
    shown = city.page.locator("body").inner_text()
    assert [one for one in names if one != name and one in shown] == []


def pick(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=re.compile(label)).first
    box.focus()  # not a click: the scrolling that brings it into reach would close the list again
    box.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()


def test_an_administrator_makes_an_account_that_can_sign_in(open_city):
    city = open_city("accounts")
    page = city.page
    page.get_by_label(t("auth.name"), exact=True).fill("lan")
    page.get_by_role("button", name=t("accounts.add"), exact=True).click()
    expect(page.get_by_text(t("accounts.choose_role"))).to_be_visible()
    pick(page, t("auth.role"), t("role.leader"))
    pick(page, t("auth.areas"), t("auth.everywhere"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name=t("accounts.add"), exact=True).click()
    password = page.get_by_test_id("stCode").inner_text().strip()
    assert re.fullmatch(r"[a-z0-9]{7}(-[a-z0-9]{7}){3}", password)
    lan = open_city("", role=None)
    fill_in(lan, "lan", password)
    lan.wait_until_drawn()


def socket_of(address: str, token: str | None, origin: str | None = None, session: str = "", **headers: str):
    """A page's socket opened by hand. session: the id of a Streamlit session to take up again."""
    cookies = {"Cookie": f"{COOKIE}={token}"} if token else {}
    return connect(
        address.replace("http", "ws") + "/_stcore/stream",
        origin=address if origin is None else origin or None,
        additional_headers=cookies | headers,
        subprotocols=["streamlit", "PLACEHOLDER", *([session] if session else [])],
        max_size=None,
    )


def session_of(socket: ClientConnection) -> str:
    message = BackMsg()
    message.rerun_script.query_string = ""
    socket.send(message.SerializeToString())
    while True:
        told = ForwardMsg.FromString(socket.recv(timeout=120))
        if told.WhichOneof("type") == "new_session":
            return told.new_session.initialize.session_id


def test_another_persons_session_cannot_be_taken_over_by_its_id(address, engine):
    mine, theirs = token_of(engine, "leader"), token_of(engine, "police")
    with socket_of(address, mine) as socket:
        session = session_of(socket)
        with socket_of(address, theirs, session=session) as stranger:
            assert session_of(stranger) != session
        forged = {"X-App-User": "1"}
        with socket_of(address, theirs, session=session, **forged) as stranger:
            assert session_of(stranger) != session
        assert session_of(socket) == session
    with socket_of(address, mine, session=session) as again:
        assert session_of(again) == session  # its own browser may, after a break


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", ""])
def test_a_socket_from_a_page_of_somebody_else_is_refused(address, engine, origin):
    with pytest.raises(InvalidStatus) as refusal, socket_of(address, token_of(engine, "leader"), origin=origin):
        pass
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("token", [None, "made-up"])
def test_a_socket_without_a_session_is_refused(address, token):
    with pytest.raises(InvalidStatus) as refusal, socket_of(address, token):
        pass
    assert refusal.value.response.status_code == 403


def test_nobody_can_leave_a_file_on_the_server(address):
    request = Request(f"{address}/_stcore/upload_file/x/y", data=b"x" * 1000, method="PUT", headers={"Origin": address})
    with pytest.raises(OSError, match="403"):
        urlopen(request, timeout=120)
