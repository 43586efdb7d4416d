"""A browser is trusted for its account's sake until the password is another; after a reset it keeps a few tries."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.access.accounts import account_named, now, set_password
from data.access.errors import SignInRefused, TooManyAttempts
from data.access.roles import SYSTEM
from data.access.sessions import auth_session, change_own_password, sign_in
from data.access.throttling import BROWSER_TRUSTED, MOST_OF_UNTRUSTED, TRIES_AFTER_RESET, WINDOW, ClientInfo
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, TrustedBrowser
from tests.data.access.conftest import PASSWORD

NEW = "seven swans a-swimming"
HOME = ClientInfo("10.0.0.7", "Firefox")


@pytest.fixture
def engine(town_with_accounts):
    return town_with_accounts


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


def reset(engine, name: str = "mei") -> None:
    with writing(engine, SYSTEM) as session:
        set_password(session, SYSTEM, COMMAND_LINE, account_named(session, name), NEW)


def besieged(engine, name: str = "mei") -> None:
    """Somebody guesses from so many addresses that a stranger's try is not looked at."""
    for number in range(MOST_OF_UNTRUSTED):
        with pytest.raises(SignInRefused):
            sign_in(engine, name, "a wrong password", ClientInfo(f"203.0.113.{number}"))
    with pytest.raises(TooManyAttempts):
        sign_in(engine, name, NEW, ClientInfo("198.51.100.1"))


def guesses(engine, browser: ClientInfo, most: int = 20) -> int:
    """How many wrong passwords of a browser are looked at before it must wait."""
    for number in range(most):
        try:
            sign_in(engine, "mei", "a wrong password", browser)
        except TooManyAttempts:
            return number
        except SignInRefused:
            pass
    return most


def test_the_browser_in_which_the_owner_changes_the_password_stays_trusted(engine):
    tokens = sign_in(engine, "mei", PASSWORD, HOME)
    mine = ClientInfo(HOME.address, HOME.browser, trusted=tokens.trusted)
    change_own_password(engine, auth_session(engine, tokens.token), Actor("mei", "leader"), PASSWORD, NEW, mine)
    besieged(engine)
    assert sign_in(engine, "mei", NEW, mine)


def test_after_a_reset_the_owner_signs_in_from_a_browser_of_their_own_whatever_an_attacker_does(engine):
    mine = trusted(engine)
    reset(engine)
    besieged(engine)
    assert sign_in(engine, "mei", NEW, mine)


def test_who_tried_the_forgotten_password_too_often_comes_in_with_the_new_one(engine):
    mine = trusted(engine)
    assert guesses(engine, mine) > 0
    reset(engine)
    assert sign_in(engine, "mei", NEW, mine)


def test_a_browser_of_before_a_reset_has_a_few_tries_in_all_and_waits_like_a_stranger_then(engine, monkeypatch):
    thief = trusted(engine)
    reset(engine)
    besieged(engine)
    assert guesses(engine, thief) == TRIES_AFTER_RESET
    later = now() + WINDOW + timedelta(seconds=1)
    monkeypatch.setattr("data.access.sessions.now", lambda: later)
    besieged(engine)
    assert guesses(engine, thief) == 0


def test_once_the_owner_has_signed_in_after_a_reset_no_browser_of_before_is_trusted(engine):
    mine, thief = trusted(engine), trusted(engine)
    reset(engine)
    now_mine = ClientInfo(mine.address, mine.browser, trusted=sign_in(engine, "mei", NEW, mine).trusted)
    besieged(engine)
    assert guesses(engine, thief) == 0
    assert sign_in(engine, "mei", NEW, now_mine)


def test_a_password_stolen_before_a_reset_opens_nothing_from_whatever_browser(engine):
    thief = trusted(engine)
    reset(engine)
    with pytest.raises(SignInRefused):
        sign_in(engine, "mei", PASSWORD, thief)


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
