"""A browser that is trusted for the account's sake is trusted no more once the password is another."""

import pytest
from sqlalchemy import func, select

from data.access.accounts import Grant, add_account, set_password
from data.access.errors import SignInRefused, TooManyAttempts
from data.access.roles import SYSTEM
from data.access.sessions import BROWSER_TRUSTED, ClientInfo, auth_session, change_own_password, sign_in
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, TrustedBrowser
from tests.data.town_hall import CITY

PASSWORD, NEW = "copper kettle at noon", "seven swans a-swimming"
HOME = ClientInfo("10.0.0.7", "Firefox")


@pytest.fixture
def engine(own_lockside):
    with writing(own_lockside.engine, SYSTEM) as session:
        for name in ("mei", "lan"):
            add_account(session, SYSTEM, COMMAND_LINE, name, "leader", Grant((CITY,)), password=PASSWORD)
    return own_lockside.engine


def trusted(engine, name: str = "mei") -> ClientInfo:
    """A browser at an address of its own from which somebody has signed in."""
    return ClientInfo("192.0.2.1", "Firefox", trusted=sign_in(engine, name, PASSWORD, HOME).trusted)


def is_trusted(engine, browser: ClientInfo, name: str = "mei") -> bool:
    """Whether it may still guess when everybody else has guessed too often."""
    for host in range(6):
        for _ in range(5):
            with pytest.raises(SignInRefused):
                sign_in(engine, name, "a wrong password", ClientInfo(f"203.0.113.{host}"))
    try:
        sign_in(engine, name, "a wrong password", browser)
    except TooManyAttempts:
        return False
    except SignInRefused:
        return True
    raise AssertionError("A wrong password was taken.")


def test_a_browser_is_trusted_until_the_password_is_changed_by_its_owner(engine):
    browser, another = trusted(engine), sign_in(engine, "mei", PASSWORD, HOME).token
    change_own_password(engine, auth_session(engine, another), Actor("mei", "leader"), PASSWORD, NEW, HOME)
    assert not is_trusted(engine, browser)


def test_a_browser_is_trusted_until_the_password_is_set_by_an_administrator(engine):
    browser = trusted(engine)
    with writing(engine, SYSTEM) as session:
        mei = session.scalars(select(Account).where(Account.name == "mei")).one()
        set_password(session, SYSTEM, COMMAND_LINE, mei, NEW)
    assert not is_trusted(engine, browser)


def test_a_change_of_one_password_leaves_the_browsers_of_others_trusted(engine):
    of_lan = trusted(engine, "lan")
    mine = auth_session(engine, sign_in(engine, "mei", PASSWORD, HOME).token)
    change_own_password(engine, mine, Actor("mei", "leader"), PASSWORD, NEW, HOME)
    assert is_trusted(engine, of_lan, "lan")


def test_signing_in_again_gives_a_browser_a_new_token_and_takes_the_old_one_back(engine):
    old = trusted(engine)
    new = ClientInfo(old.address, old.browser, trusted=sign_in(engine, "mei", PASSWORD, old).trusted)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(TrustedBrowser)) == 1
    assert not is_trusted(engine, old)
    assert is_trusted(engine, new)


def test_a_browser_that_was_long_away_is_forgotten_at_the_next_sign_in(engine):
    trusted(engine)
    with writing(engine, SYSTEM) as session:
        session.scalars(select(TrustedBrowser)).one().seen_at -= BROWSER_TRUSTED
    sign_in(engine, "lan", PASSWORD, HOME)
    with reading(engine, SYSTEM) as session:
        owners = session.scalars(
            select(Account.name).join(TrustedBrowser, TrustedBrowser.account_id == Account.id)
        ).all()
    assert owners == ["lan"]
