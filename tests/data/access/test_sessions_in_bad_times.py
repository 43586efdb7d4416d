"""Sessions when the disk is full or the clock is set back: neither live for ever nor lock anybody out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from data.access import sessions
from data.access.errors import SignInRefused, TooManyAttempts
from data.access.roles import SYSTEM
from data.access.sessions import IDLE, LONGEST, SEEN_EVERY, auth_session, cached_auth_session, sign_in, sign_out
from data.access.throttling import CLOCK_SLACK, MOST_FAILURES, ClientInfo
from data.audit.trail import Actor
from data.db.engine import reading
from data.db.models.accounts import AuditEntry, UserSession
from data.db.refusals import DiskFull
from tests.data.access.conftest import PASSWORD
from tests.full_disk import full_disk

HOME = ClientInfo("10.0.0.7", "Firefox")
ME = Actor("mei", "leader", "10.0.0.7")
A_MOMENT = timedelta(microseconds=1)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


@pytest.fixture
def engine(town_with_accounts, clock):
    return town_with_accounts


def ended(engine) -> list[str]:
    with reading(engine, SYSTEM) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "end_session"))
        return [row.account for row in rows]


@pytest.mark.parametrize("back", [HOUR, DAY, YEAR])
def test_a_clock_set_back_ends_no_session_and_lets_none_live_longer_than_the_longest(engine, clock, back):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    clock.at += HOUR
    assert auth_session(engine, token)
    clock.at -= back
    set_back = clock.at
    assert auth_session(engine, token)
    while clock.at < set_back + LONGEST - IDLE / 2:
        clock.at += IDLE / 2
        assert auth_session(engine, token)
    clock.at = set_back + LONGEST
    assert auth_session(engine, token) is None
    assert cached_auth_session(engine, token) is None


@pytest.mark.parametrize("back", [HOUR, DAY, YEAR])
def test_a_session_left_alone_since_the_clock_was_set_back_ends_as_any_other(engine, clock, back):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    clock.at -= back
    assert auth_session(engine, token)
    clock.at += IDLE - A_MOMENT
    assert auth_session(engine, token)
    clock.at += IDLE
    assert auth_session(engine, token) is None


@pytest.mark.parametrize("back", [HOUR, DAY, YEAR])
def test_what_has_run_out_does_not_live_again_when_the_clock_is_set_back(engine, clock, back):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    clock.at += LONGEST
    sign_in(engine, "lan", PASSWORD, HOME)
    clock.at -= LONGEST / 2 + back
    assert auth_session(engine, token) is None


@pytest.mark.parametrize("back", [HOUR, DAY, YEAR])
def test_wrong_passwords_lock_nobody_out_for_as_long_as_a_clock_was_set_back(engine, clock, back):
    for _ in range(2):
        for _ in range(MOST_FAILURES):
            with pytest.raises(SignInRefused) as refused:
                sign_in(engine, "mei", "a wrong password", HOME)
            assert not isinstance(refused.value, TooManyAttempts)
        with pytest.raises(TooManyAttempts):  # counted anew after the clock was set back
            sign_in(engine, "mei", PASSWORD, HOME)
        clock.at -= back
    assert sign_in(engine, "mei", PASSWORD, HOME)


def test_a_clock_that_stands_a_moment_behind_forgets_no_wrong_password(engine, clock):
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInRefused):
            sign_in(engine, "mei", "a wrong password", HOME)
    clock.at -= CLOCK_SLACK
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, HOME)


def test_on_a_full_disk_signing_out_ends_the_session_at_once_and_is_written_when_there_is_room(engine, clock):
    token, other = sign_in(engine, "mei", PASSWORD, HOME).token, sign_in(engine, "lan", PASSWORD, HOME).token
    me = auth_session(engine, token)
    assert me and auth_session(engine, other)
    with full_disk(engine):
        sign_out(engine, me, ME)
        assert auth_session(engine, token) is None
        assert cached_auth_session(engine, token) is None
        clock.at += SEEN_EVERY + A_MOMENT
        assert auth_session(engine, other)  # the others read on
        assert auth_session(engine, token) is None
    assert ended(engine) == []
    clock.at += SEEN_EVERY + A_MOMENT
    assert auth_session(engine, other)
    assert ended(engine) == ["mei"]
    assert [number for database, number in sessions._ended_here if database == engine.url] == []
    assert auth_session(engine, token) is None
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(UserSession.ended_at).where(UserSession.id == me.session_id)) == clock.at


def test_on_a_full_disk_nobody_signs_in_and_nothing_is_written(engine):
    with full_disk(engine), pytest.raises(DiskFull):
        sign_in(engine, "mei", PASSWORD, HOME)
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession)).all() == []
