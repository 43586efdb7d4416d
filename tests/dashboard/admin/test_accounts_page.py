"""The page of accounts: whom an administrator of one city sees there, and what is done to whom."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.cache.city_cache import database
from dashboard.i18n import translator
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


def test_an_account_beyond_ones_own_is_refused_in_words_that_tell_nothing(page, mei):
    shown = page(CITY)
    shown.text_input[0].set_value("new")
    shown.text_input[1].set_value("otherbank")
    pressed(shown, "accounts.add")
    assert [one.value for one in shown.error] == [
        "Nobody gives what they do not hold themselves: take areas and a role within your own."
    ]


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
    shown.text_input[0].set_value("wang")
    shown.text_input[1].set_value(CITY)
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
    assert before - open_ones(mei) == {chosen}


def test_a_session_that_was_chosen_ends_though_another_began_meanwhile(page, mei, three_of_one_minute):
    shown = page(CITY)
    shown.selectbox(key="session").set_value(three_of_one_minute[0])
    with writing(database(), SYSTEM) as session:
        begin(session, session.get_one(Account, mei), ClientInfo("10.0.0.7", "Firefox"), "password")
    before = open_ones(mei)
    pressed(shown, "accounts.end_session")
    assert before - open_ones(mei) == {three_of_one_minute[0]}
