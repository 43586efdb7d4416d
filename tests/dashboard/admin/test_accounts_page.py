"""The page of accounts: whom an administrator of one city sees there, and what is done to whom."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.cache.city_cache import database
from dashboard.i18n import translator
from data.access.account_changes import change_rights
from data.access.accounts import Grant, add_account, now
from data.access.errors import SignInRefused
from data.access.roles import SYSTEM
from data.access.sessions import ClientInfo, begin, open_sessions, sign_in
from data.access.throttling import MOST_FAILURES, sha256, wrong_passwords
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry, FailedSignIn, UserSession
from tests.dashboard.demonstration import ROOT
from tests.data.town_hall import CITY
from tests.sessions import COOKIE, token_of

t = translator("en")
PASSWORD = "copper kettle at noon"


@pytest.fixture
def mei(two_towns) -> int:
    """The id of a leader's account of Lockside, tried with wrong passwords until it must wait."""
    with writing(database(), SYSTEM) as session:
        session.execute(delete(FailedSignIn))
        account = session.scalar(select(Account).where(Account.name == "mei"))
        if account is None:
            account = add_account(session, SYSTEM, COMMAND_LINE, "mei", "leader", Grant((CITY,)), password=PASSWORD)
        account_id = account.id
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInRefused):
            sign_in(database(), "mei", "a wrong password", ClientInfo("10.0.0.7"))
    return account_id


@pytest.fixture
def page(two_towns, monkeypatch) -> Callable[..., AppTest]:
    """The page as an administrator of these areas sees it; none means everywhere."""

    def run(*areas: str) -> AppTest:
        cookies = {COOKIE: token_of(database(), "administrator", *areas)}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        app = AppTest.from_file(ROOT / "dashboard" / "admin" / "accounts" / "page.py", default_timeout=120)
        app.query_params["lang"] = "en"
        return app.run()

    return run


def pressed(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == t(label)).click().run()


def chosen(page: AppTest, account_id: int) -> AppTest:
    return page.selectbox(key="account").set_value(account_id).run()


def names(page: AppTest) -> list[set[str]]:
    """Whose accounts and whose sessions are listed."""
    return [set(table.value[t("auth.name")]) for table in page.dataframe]


def test_an_administrator_of_one_city_sees_its_accounts_and_sessions_alone(page, mei):
    token_of(database(), "police", "otherbank", name="far")
    accounts, sessions = names(page(CITY))
    assert "mei" in accounts
    assert not {"far", "administrator"} & (accounts | sessions)
    accounts, sessions = names(page())
    assert {"far", "mei"} <= accounts
    assert "far" in sessions


def field(shown: AppTest, kind: str, name: str, form: str = "add-account"):
    """The only box of its kind whose key begins and ends so."""
    (box,) = [one for one in getattr(shown, kind) if one.key.startswith(form) and one.key.endswith(name)]
    return box


def filled_in(shown: AppTest, name: str, role: str | None, *areas: str) -> AppTest:
    field(shown, "text_input", "-name").set_value(name)
    if role:
        field(shown, "selectbox", "-role").set_value(role)
    field(shown, "multiselect", "-within").set_value(list(areas))
    return shown


def opened(shown: AppTest, key: str, *areas: str) -> AppTest:
    """The boxes of a picker opened down to the last of these areas."""
    for area in areas:
        next(box for box in shown.selectbox if key in box.key and area in box.options).set_value(area).run()
    return shown


def last_entry() -> AuditEntry:
    with reading(database(), SYSTEM) as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def test_no_area_beyond_ones_own_is_offered(page, mei):
    everything, own = ("".join(field(page(*of), "multiselect", "-within").options) for of in ((), (CITY,)))
    assert "otherbank" not in everything and "对岸" not in own
    assert t("auth.everywhere") in everything and t("auth.everywhere") not in own


def test_neither_a_role_nor_an_area_is_preset_and_both_are_asked_for(page, mei):
    shown = page(CITY)
    assert field(shown, "selectbox", "-role").value is None
    assert field(shown, "multiselect", "-within").value == []
    field(shown, "text_input", "-name").set_value("new")
    pressed(shown, "accounts.add")
    assert [one.value for one in shown.error] == [t("accounts.choose_role")]
    field(shown, "selectbox", "-role").set_value("police")
    pressed(shown, "accounts.add")
    assert [one.value for one in shown.error] == [t("accounts.choose_area")]


def test_areas_are_found_by_opening_what_lies_around_them_and_named_with_it(page, mei):
    shown = page(CITY)
    shown = opened(shown, "-within", "south-street")
    offered = field(shown, "multiselect", "-within").options
    street = "Lockside › town-district › south-street"
    community = f"{street} › south-community"  # alone in its street, so that it is open
    assert [one for one in offered if "south" in one] == [
        *(f"{street} · south", f"{community} · south", f"{community} › south-grid · south"),
    ]
    filled_in(shown, "chen", "police", f"{CITY}/community:south")
    opened(shown, "-within", "north-street")
    shown = pressed(shown, "accounts.add")
    assert not shown.error and not shown.exception
    assert last_entry().details == {"name": "chen", "role": "police", "areas": [f"{CITY}/community:south"]}
    table = shown.dataframe[0].value.set_index(t("auth.name"))
    assert table.loc["chen", t("auth.areas")] == f"{community} · south"


def test_role_and_areas_of_an_account_are_changed_once_that_is_confirmed(page, mei):
    shown = chosen(page(CITY), mei)
    field(shown, "selectbox", "-role", "rights-").set_value("grid_officer")
    field(shown, "multiselect", "-areas", "rights-").set_value([f"{CITY}/street:south", f"{CITY}/street:north"]).run()
    pressed(shown, "accounts.change_rights")
    (warning,) = [one.value for one in shown.warning]
    assert "mei will have these rights: grid officer, Lockside › town-district › south-street" in warning
    assert "; instead of these: leader, Lockside; " in warning
    assert last_entry().action != "change_account"
    assert not pressed(shown, "accounts.no").warning and last_entry().action != "change_account"
    pressed(shown, "accounts.change_rights")
    shown = pressed(shown, "accounts.yes")
    assert not shown.error and not shown.exception
    details = last_entry().details
    assert (details["role"], details["role_before"], details["areas_before"]) == ("grid_officer", "leader", [CITY])
    assert set(details["areas"]) == {f"{CITY}/street:south", f"{CITY}/street:north"}
    with writing(database(), SYSTEM) as session:  # as it was, for the other tests
        change_rights(session, SYSTEM, COMMAND_LINE, session.get_one(Account, mei), "leader", Grant((CITY,)))


@pytest.mark.parametrize(
    ("button", "action", "says"),
    [
        ("accounts.new_password", "set_password", "mei gets a new password"),
        ("accounts.disable", "disable_account", "mei can no longer sign in"),
        ("accounts.enable", "enable_account", "mei can sign in again"),
    ],
)
def test_what_ends_or_widens_something_is_done_once_it_is_confirmed(page, mei, button, action, says):
    with writing(database(), SYSTEM) as session:
        account = session.get_one(Account, mei)
        account.disabled, password_hash = button == "accounts.enable", account.password_hash
    before = last_entry().id
    shown = pressed(chosen(page(CITY), mei), button)
    assert says in "".join(one.value for one in shown.warning)
    pressed(shown, "accounts.no")
    with reading(database(), SYSTEM) as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.id > before, AuditEntry.action == action)).all()
    pressed(pressed(shown, button), "accounts.yes")
    assert (last_entry().action, last_entry().details) == (action, {"name": "mei"})
    with writing(database(), SYSTEM) as session:  # as it was, for the other tests
        account = session.get_one(Account, mei)
        account.disabled, account.password_hash = False, password_hash


def test_nobody_is_offered_to_change_what_they_are_themselves(page, mei):
    shown = page(CITY)
    with reading(database(), SYSTEM) as session:
        own = session.scalar(select(Account.id).where(Account.name == f"administrator-{CITY}"))
    shown = chosen(shown, own)
    assert t("accounts.change_rights") not in [button.label for button in shown.button]
    assert t("accounts.not_ones_own") in [one.value for one in shown.caption]


def test_wrong_passwords_are_shown_and_forgotten(page, mei):
    shown = page(CITY)
    table = shown.dataframe[0].value.set_index(t("auth.name"))
    assert table.loc["mei", t("accounts.wrong_passwords")] == MOST_FAILURES
    pressed(chosen(shown, mei), "accounts.unlock")
    with reading(database(), SYSTEM) as session:
        assert wrong_passwords(session, [session.get_one(Account, mei)], now()) == {mei: 0}
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.action, last.details) == ("unlock_account", {"name": "mei"})
    assert sign_in(database(), "mei", PASSWORD, ClientInfo("10.0.0.7"))


def test_nothing_is_chosen_to_begin_with(page, mei):
    shown = page(CITY)
    assert [shown.selectbox(key=key).value for key in ("account", "session")] == [None, None]
    assert t("accounts.new_password") not in [button.label for button in shown.button]


def test_an_account_is_made_once_and_its_password_is_shown(page, mei):
    shown = page()
    filled_in(shown, "wang", "leader", CITY).run()
    button = next(button for button in shown.button if button.label == t("accounts.add"))
    button.set_value(True)
    sent = shown._tree.get_widget_states()
    for _ in range(3):
        shown._run(sent)
    with reading(database(), SYSTEM) as session:
        added = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "add_account")).all()
    assert [details["name"] for details in added].count("wang") == 1
    assert not shown.error


@pytest.fixture
def three_of_one_minute(mei) -> list[int]:
    """The numbers of three sessions of one account, begun in one minute at one address."""
    with writing(database(), SYSTEM) as session:
        account = session.get_one(Account, mei)
        tokens = [begin(session, account, ClientInfo("10.0.0.7", "Firefox"), "password").token for _ in range(3)]
        ids = [session.scalar(select(UserSession.id).where(UserSession.token_sha256 == sha256(one))) for one in tokens]
        minute = now().replace(second=0, microsecond=0)
        session.execute(update(UserSession).where(UserSession.id.in_(ids)).values(begun_at=minute, seen_at=minute))
    return ids


def open_ones(account_id: int) -> set[int]:
    with reading(database(), SYSTEM) as session:
        return {each.id for each, _ in open_sessions(session, SYSTEM, account_id)}


@pytest.mark.parametrize("which", range(3))
def test_of_three_sessions_begun_in_one_minute_the_one_that_is_chosen_ends(page, mei, three_of_one_minute, which):
    chosen, before = three_of_one_minute[which], open_ones(mei)
    shown = page(CITY)
    labels = [one for one in shown.selectbox(key="session").options if one.startswith("mei · ")]
    assert len(set(labels)) == len(labels) >= 3
    shown.selectbox(key="session").set_value(chosen)
    pressed(shown, "accounts.end_session")
    assert open_ones(mei) == before
    pressed(shown, "accounts.yes")
    assert before - open_ones(mei) == {chosen}


def test_a_session_that_was_chosen_ends_though_another_began_meanwhile(page, mei, three_of_one_minute):
    shown = page(CITY)
    shown.selectbox(key="session").set_value(three_of_one_minute[0])
    with writing(database(), SYSTEM) as session:
        begin(session, session.get_one(Account, mei), ClientInfo("10.0.0.7", "Firefox"), "password")
    before = open_ones(mei)
    pressed(pressed(shown, "accounts.end_session"), "accounts.yes")
    assert before - open_ones(mei) == {three_of_one_minute[0]}
