"""Sessions to the minute: when they end, when they are looked up again, what is written of them and of guesses."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.access import sessions
from data.access.accounts import set_disabled, unlock
from data.access.errors import SignInRefused, TooManyAttempts
from data.access.roles import SYSTEM, AccessScope
from data.access.sessions import (
    IDLE,
    LONGEST,
    SEEN_EVERY,
    auth_session,
    cached_auth_session,
    end_session,
    open_sessions,
    sign_in,
)
from data.access.throttling import (
    MOST_ADDRESSES,
    MOST_FAILURES,
    MOST_FROM_ADDRESS,
    MOST_OF_UNTRUSTED,
    NOTED_EVERY,
    WINDOW,
    ClientInfo,
)
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry, FailedSignIn, UserSession
from tests.data.access.conftest import PASSWORD

HOME = ClientInfo("10.0.0.7", "Firefox")
A_MOMENT = timedelta(microseconds=1)


@pytest.fixture
def engine(town_with_accounts, clock):
    return town_with_accounts


def entries(engine, action: str) -> list[tuple]:
    with reading(engine, SYSTEM) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
        return [(row.account, row.role, row.address, row.details) for row in rows]


def fail(engine, times: int, name: str = "mei", caller: ClientInfo = HOME) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused) as refusal:
            sign_in(engine, name, "a wrong password", caller)
        assert not isinstance(refusal.value, TooManyAttempts)


def test_the_limits_are_those_that_were_decided():
    assert (timedelta(hours=2), timedelta(hours=12)) == (IDLE, LONGEST)
    assert (timedelta(minutes=1), timedelta(minutes=15)) == (SEEN_EVERY, WINDOW)
    assert (MOST_FAILURES, MOST_FROM_ADDRESS, MOST_OF_UNTRUSTED) == (5, 30, 30)


def test_a_session_left_alone_ends_at_the_very_moment(engine, clock):
    token, begun = sign_in(engine, "mei", PASSWORD, HOME).token, clock.at
    clock.at = begun + IDLE - A_MOMENT
    assert auth_session(engine, token)
    token, begun = sign_in(engine, "mei", PASSWORD, HOME).token, clock.at
    clock.at = begun + IDLE
    assert auth_session(engine, token) is None
    assert cached_auth_session(engine, token) is None


def test_a_session_in_use_ends_at_the_very_moment(engine, clock):
    token, begun = sign_in(engine, "mei", PASSWORD, HOME).token, clock.at
    while clock.at < begun + LONGEST - IDLE / 2:
        clock.at += IDLE / 2
        assert auth_session(engine, token)
    clock.at = begun + LONGEST - A_MOMENT
    assert auth_session(engine, token)
    clock.at = begun + LONGEST
    assert auth_session(engine, token) is None


def test_what_has_ended_is_not_listed_as_open(engine, clock):
    def listed() -> list[str]:
        with reading(engine, SYSTEM) as session:
            return [name for _, name in open_sessions(session, SYSTEM, None)]

    begun = clock.at
    sign_in(engine, "mei", PASSWORD, HOME)
    clock.at += timedelta(minutes=30)
    sign_in(engine, "lan", PASSWORD, HOME)
    assert listed() == ["lan", "mei"]
    clock.at = begun + IDLE - A_MOMENT
    assert listed() == ["lan", "mei"]
    clock.at = begun + IDLE
    assert listed() == ["lan"]


def test_what_is_remembered_needs_no_look_at_the_database_until_something_is_written(engine, clock, monkeypatch):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    assert cached_auth_session(engine, token) is None
    found = auth_session(engine, token)
    monkeypatch.setattr(sessions, "_read_session", lambda *_: pytest.fail("It was looked up once more."))
    assert cached_auth_session(engine, token) == auth_session(engine, token) == found
    monkeypatch.undo()
    monkeypatch.setattr(sessions, "now", clock)
    with writing(engine, SYSTEM) as session:
        lan = session.scalars(select(Account).where(Account.name == "lan")).one()
        set_disabled(session, SYSTEM, COMMAND_LINE, lan, True)
    assert cached_auth_session(engine, token) is None
    assert auth_session(engine, token) == found


def test_what_is_remembered_is_asked_anew_once_its_use_is_to_be_noted(engine, clock):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    found = auth_session(engine, token)
    clock.at += SEEN_EVERY
    assert cached_auth_session(engine, token) == found
    clock.at += A_MOMENT
    assert cached_auth_session(engine, token) is None
    assert auth_session(engine, token) == found
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession.seen_at)).one() == clock.at


def test_a_strangers_token_is_nobody_remembered_or_not(engine):
    assert auth_session(engine, "made up") is None
    assert cached_auth_session(engine, "made up") is None
    assert cached_auth_session(engine, "") is None


def test_many_strangers_do_not_fill_the_memory(engine, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_CACHED", 3)
    sessions._cache.clear()
    for number in range(8):
        auth_session(engine, f"made up {number}")
        assert len(sessions._cache) <= 3
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    assert auth_session(engine, token).name == "mei"


def test_a_session_is_written_with_who_where_and_when_cut_to_fit(engine, clock):
    sign_in(engine, "mei", PASSWORD, ClientInfo("1" * 80, "F" * 300))
    with reading(engine, SYSTEM) as session:
        row = session.scalars(select(UserSession)).one()
        assert (row.address, row.browser) == ("1" * 60, "F" * 200)
        assert row.begun_at == row.seen_at == clock.at
        assert row.ended_at is None
    assert entries(engine, "sign_in") == [("mei", "leader", "1" * 60, {"way": "password"})]


def test_a_session_that_was_ended_stays_ended_and_is_entered_once(engine, clock):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    me, actor = auth_session(engine, token), Actor("mei", "leader", "10.0.0.7")
    for _ in range(2):
        with writing(engine, SYSTEM) as session:
            end_session(session, me.scope, actor, me.session_id, own_account=me.account_id)
    with writing(engine, SYSTEM) as session:
        end_session(session, SYSTEM, actor, 999_999)
    assert entries(engine, "end_session") == [("mei", "leader", "10.0.0.7", {"session": me.session_id})]
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession.ended_at)).one() == clock.at
    assert auth_session(engine, token) is None


def test_ending_one_session_leaves_the_others_of_the_same_account(engine):
    first, second = (sign_in(engine, "mei", PASSWORD, HOME).token for _ in range(2))
    me = auth_session(engine, first)
    with writing(engine, SYSTEM) as session:
        end_session(session, me.scope, Actor("mei", "leader"), me.session_id, own_account=me.account_id)
    assert auth_session(engine, first) is None
    assert auth_session(engine, second)


def test_a_disabled_accounts_sessions_are_nobodys_and_its_right_password_is_refused(engine):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    with writing(engine, SYSTEM) as session:
        mei = session.scalars(select(Account).where(Account.name == "mei")).one()
        mei.disabled = True
    assert auth_session(engine, token) is None
    with pytest.raises(SignInRefused):
        sign_in(engine, "mei", PASSWORD, HOME)
    assert entries(engine, "sign_in_refused") == [("mei", "", "10.0.0.7", {})]


# guessing


def test_the_sixth_guess_is_not_looked_at_and_after_a_quarter_of_an_hour_it_is(engine, clock):
    fail(engine, MOST_FAILURES)
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, HOME)
    clock.at += WINDOW
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, HOME)
    clock.at += A_MOMENT
    assert sign_in(engine, "mei", PASSWORD, HOME)


def test_guesses_are_counted_by_account_and_address_both(engine):
    fail(engine, MOST_FAILURES)
    fail(engine, MOST_FAILURES - 1, name="lan")
    assert sign_in(engine, "lan", PASSWORD, HOME)
    assert sign_in(engine, "mei", PASSWORD, ClientInfo("10.0.0.8"))


def test_thirty_guesses_at_one_account_from_everywhere_are_enough(engine):
    for host in range(MOST_OF_UNTRUSTED - 1):
        fail(engine, 1, caller=ClientInfo(f"203.0.113.{host}"))
    assert sign_in(engine, "mei", PASSWORD, ClientInfo("198.51.100.1"))
    fail(engine, 1, caller=ClientInfo("203.0.113.99"))
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, ClientInfo("198.51.100.1"))
    assert sign_in(engine, "lan", PASSWORD, ClientInfo("198.51.100.1"))


def test_thirty_guesses_from_one_address_are_enough(engine):
    for number in range(MOST_FROM_ADDRESS - 1):
        fail(engine, 1, name=f"officer-{number}")
    assert sign_in(engine, "mei", PASSWORD, HOME)
    fail(engine, 1, name="officer-99")
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, HOME)
    assert sign_in(engine, "mei", PASSWORD, ClientInfo("10.0.0.8"))


def test_a_trusted_browser_has_guesses_of_its_own_and_no_more_than_others(engine):
    browser = ClientInfo("192.0.2.1", trusted=sign_in(engine, "mei", PASSWORD, HOME).trusted)
    fail(engine, MOST_FAILURES, caller=browser)
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, browser)
    assert sign_in(engine, "mei", PASSWORD, ClientInfo("192.0.2.1"))  # its address is not charged with them


def test_names_and_addresses_of_guesses_are_kept_as_hashes_and_only_for_a_while(engine, clock):
    fail(engine, 2)
    with reading(engine, SYSTEM) as session:
        for row in session.scalars(select(FailedSignIn)):
            assert len(row.name) == len(row.source) == 64
            assert row.at == clock.at
            assert row.known is False
    clock.at += WINDOW + A_MOMENT
    fail(engine, 1)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(FailedSignIn)) == 1


def wait(engine, times: int, name: str = "mei", caller: ClientInfo = HOME) -> None:
    for _ in range(times):
        with pytest.raises(TooManyAttempts):
            sign_in(engine, name, PASSWORD, caller)


def test_tries_that_are_not_looked_at_are_entered_once_a_window_with_their_number(engine, clock):
    fail(engine, MOST_FAILURES)
    wait(engine, 200)
    assert entries(engine, "sign_in_throttled") == [("mei", "", "10.0.0.7", {"tries": 1})]
    clock.at += WINDOW + A_MOMENT
    sign_in(engine, "lan", PASSWORD, HOME)
    assert entries(engine, "sign_in_throttled") == [
        ("mei", "", "10.0.0.7", {"tries": 1}),
        ("mei", "", "10.0.0.7", {"tries": 199}),
    ]


def test_a_flood_from_everywhere_adds_a_few_entries_and_each_try_is_in_their_numbers(engine, clock):
    for number in range(MOST_OF_UNTRUSTED):
        fail(engine, 1, caller=ClientInfo(f"203.0.113.{number}"))
    for number in range(10 * MOST_ADDRESSES):
        wait(engine, 1, caller=ClientInfo(f"2001:db8::{number}"))
    assert len(entries(engine, "sign_in_throttled")) == 1  # at most one write a second
    clock.at += NOTED_EVERY
    wait(engine, 1)
    assert len(entries(engine, "sign_in_throttled")) == MOST_ADDRESSES + 1
    clock.at += WINDOW + A_MOMENT
    sign_in(engine, "lan", PASSWORD, HOME)
    written = entries(engine, "sign_in_throttled")
    assert sum(details["tries"] for *_, details in written) == 10 * MOST_ADDRESSES + 1
    assert len(written) == MOST_ADDRESSES + 2


def test_refused_tries_are_entered_once_nobody_else_is_writing(engine, clock):
    fail(engine, MOST_FAILURES)
    with writing(engine, SYSTEM) as other:
        other.connection()  # its transaction begins
        wait(engine, 3)
    assert entries(engine, "sign_in_throttled") == []
    clock.at += NOTED_EVERY
    wait(engine, 1)
    assert entries(engine, "sign_in_throttled") == [("mei", "", "10.0.0.7", {"tries": 4})]


def test_tries_at_a_name_nobody_has_are_entered_without_the_name(engine):
    fail(engine, MOST_FAILURES, name="my secret password typed here")
    wait(engine, 3, name="my secret password typed here")
    assert entries(engine, "sign_in_throttled") == [("", "", "10.0.0.7", {"tries": 1})]


def test_who_holds_an_account_has_its_wrong_passwords_forgotten_and_that_is_entered(engine):
    fail(engine, MOST_FAILURES)
    wait(engine, 1)
    with writing(engine, SYSTEM) as session:
        mei = session.scalars(select(Account).where(Account.name == "mei")).one()
        unlock(session, SYSTEM, Actor("root", "administrator"), mei)
    assert sign_in(engine, "mei", PASSWORD, HOME)
    assert entries(engine, "unlock_account") == [("root", "administrator", "", {"name": "mei"})]


def test_a_very_long_name_is_cut_before_it_is_looked_for(engine):
    fail(engine, 1, name="m" * 100_000)
    assert entries(engine, "sign_in_refused") == [("", "", "10.0.0.7", {})]


def test_only_who_looks_after_accounts_is_told_of_the_sessions_of_others(engine):
    sign_in(engine, "mei", PASSWORD, HOME)
    with reading(engine, SYSTEM) as session:
        lan = session.scalars(select(Account.id).where(Account.name == "lan")).one()
        assert open_sessions(session, SYSTEM, lan) == []
        for role in ("leader", "police", "grid_officer", "street_office", "department", "operator", "public"):
            assert open_sessions(session, AccessScope(role, areas=None), None) == []
