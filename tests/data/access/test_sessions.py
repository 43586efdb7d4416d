"""Sign-in and sessions: tokens, their ends, and how guessing is slowed without locking anyone out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest
from sqlalchemy import select

from data.access import passwords, sessions
from data.access.accounts import set_disabled
from data.access.errors import NotAllowed, OldPasswordWrong, PasswordRefused, SignInRefused, TooManyAttempts
from data.access.roles import SYSTEM, AccessScope
from data.access.sessions import ClientInfo, auth_session, change_own_password, end_session, open_sessions, sign_in
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry, UserSession
from tests.data.access.conftest import PASSWORD

HOME, ELSEWHERE = ClientInfo("10.0.0.7", "Firefox"), ClientInfo("203.0.113.9", "curl")


@pytest.fixture
def engine(town_with_accounts, clock):
    return town_with_accounts


def refused(engine, times: int, name="mei", client_info=ELSEWHERE) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            sign_in(engine, name, "a wrong password", client_info)


def test_a_session_knows_whose_it_is_and_what_that_one_sees(engine):
    found = auth_session(engine, sign_in(engine, " MEI ", PASSWORD, HOME).token)
    assert (found.name, found.scope.role) == ("mei", "leader")
    assert found.scope.cities
    assert auth_session(engine, "") is None
    assert auth_session(engine, "another token") is None


def test_tokens_are_new_at_each_sign_in_long_and_kept_as_hashes_only(engine):
    begun = [sign_in(engine, "mei", PASSWORD, HOME) for _ in range(3)]
    tokens = [secret for one in begun for secret in (one.token, one.trusted)]
    assert len(set(tokens)) == 6
    assert all(len(token) * 6 >= 128 for token in tokens)  # of 64 signs, 6 bits each
    raw = engine.raw_connection()
    dump = "\n".join(raw.iterdump())
    raw.close()
    assert "mei" in dump
    assert not any(secret in dump for secret in (*tokens, PASSWORD))


@pytest.mark.parametrize(("span", "there"), [({"hours": 1.9}, True), ({"hours": 2.1}, False)])
def test_a_session_left_alone_ends(engine, clock, span, there):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    clock.forward(**span)
    assert (auth_session(engine, token) is not None) == there


def test_a_session_in_use_ends_after_a_days_work(engine, clock):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    for _ in range(11):
        clock.forward(hours=1)
        assert auth_session(engine, token)
    clock.forward(hours=1.1)
    assert auth_session(engine, token) is None


def test_a_wrong_name_a_wrong_password_and_a_disabled_account_are_refused_in_the_same_words(engine):
    with writing(engine, SYSTEM) as session:
        lan = session.scalars(select(Account).where(Account.name == "lan")).one()
        set_disabled(session, SYSTEM, COMMAND_LINE, lan, True)
    said = set()
    for name, password in (("mei", "a wrong password"), ("nobody", PASSWORD), ("lan", PASSWORD)):
        with pytest.raises(SignInRefused) as refusal:
            sign_in(engine, name, password, HOME)
        said.add((type(refusal.value), str(refusal.value)))
    assert len(said) == 1


def test_a_name_that_nobody_has_is_not_written_down(engine):
    refused(engine, 1, name="my secret password typed here")
    refused(engine, 1, name="mei")
    with reading(engine, SYSTEM) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in_refused")).all()
    assert [entry.account for entry in entries] == ["", "mei"]


def test_after_five_wrong_passwords_not_even_the_right_one_is_looked_at_for_a_while(engine, clock):
    refused(engine, 5)
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, ELSEWHERE)
    clock.forward(minutes=16)
    assert sign_in(engine, "mei", PASSWORD, ELSEWHERE)


def test_wrong_guesses_from_elsewhere_do_not_lock_the_owner_out(engine):
    known = ClientInfo(HOME.address, HOME.browser, trusted=sign_in(engine, "mei", PASSWORD, HOME).trusted)
    for host in range(10):
        refused(engine, 5, client_info=ClientInfo(f"203.0.113.{host}"))
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, ClientInfo("198.51.100.1"))
    assert sign_in(engine, "mei", PASSWORD, known)


def test_guesses_from_the_owners_own_network_do_not_lock_the_owner_out(engine):
    known = ClientInfo(HOME.address, HOME.browser, trusted=sign_in(engine, "mei", PASSWORD, HOME).trusted)
    refused(engine, 5, client_info=HOME)
    assert sign_in(engine, "mei", PASSWORD, known)


def test_a_known_browser_of_one_account_is_a_stranger_to_another(engine):
    known = sign_in(engine, "mei", PASSWORD, HOME).trusted
    refused(engine, 5, name="lan", client_info=ClientInfo(ELSEWHERE.address, trusted=known))
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "lan", PASSWORD, ELSEWHERE)


def test_one_address_cannot_try_a_password_on_everybody(engine):
    for number in range(30):
        refused(engine, 1, name=f"officer-{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(engine, "mei", PASSWORD, ELSEWHERE)
    assert sign_in(engine, "mei", PASSWORD, HOME)


def test_guesses_at_the_same_moment_are_counted_each(engine):
    def guess(_: int) -> type[Exception]:
        with pytest.raises(SignInRefused) as refusal:
            sign_in(engine, "mei", "a wrong password", ELSEWHERE)
        return type(refusal.value)

    with ThreadPoolExecutor(8) as many:
        told = list(many.map(guess, range(8)))
    assert told.count(SignInRefused) == 5
    assert told.count(TooManyAttempts) == 3


def test_the_right_password_does_not_count_as_a_guess(engine):
    for _ in range(8):
        assert sign_in(engine, "mei", PASSWORD, ELSEWHERE)


def test_ones_own_sessions_can_be_ended_and_nobody_elses(engine):
    mine, other = (sign_in(engine, name, PASSWORD, HOME).token for name in ("mei", "lan"))
    mei, lan = auth_session(engine, mine), auth_session(engine, other)
    with writing(engine, SYSTEM) as session:
        actor = Actor("mei", "leader")
        end_session(session, mei.scope, actor, lan.session_id, own_account=mei.account_id)
        with pytest.raises(NotAllowed):
            end_session(session, mei.scope, actor, lan.session_id)
    assert auth_session(engine, other)
    with writing(engine, SYSTEM) as session:
        end_session(session, AccessScope("administrator", areas=None), Actor("root", "administrator"), lan.session_id)
    assert auth_session(engine, other) is None
    assert auth_session(engine, mine)


def test_open_sessions_are_listed_for_their_owner_and_all_of_them_for_an_administrator(engine):
    for name in ("mei", "mei", "lan"):
        sign_in(engine, name, PASSWORD, HOME)
    with reading(engine, SYSTEM) as session:
        mei = session.scalars(select(Account.id).where(Account.name == "mei")).one()
        leader, root = AccessScope("leader", areas=None), AccessScope("administrator", areas=None)
        assert [name for _, name in open_sessions(session, leader, mei)] == ["mei", "mei"]
        assert open_sessions(session, leader, None) == []
        assert sorted(name for _, name in open_sessions(session, root, None)) == ["lan", "mei", "mei"]


def test_changing_ones_password_needs_the_old_one_and_ends_the_other_sessions(engine):
    first, second = (sign_in(engine, "mei", PASSWORD, HOME).token for _ in range(2))
    me, actor, new = auth_session(engine, first), Actor("mei", "leader"), "seven swans a-swimming"
    with pytest.raises(OldPasswordWrong):
        change_own_password(engine, me, actor, "a wrong password", new, HOME)
    with pytest.raises(PasswordRefused):
        change_own_password(engine, me, actor, PASSWORD, "short", HOME)
    change_own_password(engine, me, actor, PASSWORD, new, HOME)
    assert auth_session(engine, first)
    assert auth_session(engine, second) is None
    refused_then = pytest.raises(SignInRefused)
    with refused_then:
        sign_in(engine, "mei", PASSWORD, HOME)
    assert sign_in(engine, "mei", new, HOME)


def test_an_open_tab_is_no_place_to_guess_the_password(engine):
    me = auth_session(engine, sign_in(engine, "mei", PASSWORD, HOME).token)
    for _ in range(5):
        with pytest.raises(OldPasswordWrong):
            change_own_password(engine, me, Actor("mei", "leader"), "a guess", "seven swans a-swimming", HOME)
    with pytest.raises(TooManyAttempts):
        change_own_password(engine, me, Actor("mei", "leader"), PASSWORD, "seven swans a-swimming", HOME)


def test_when_a_session_was_seen_is_not_written_at_every_look(engine, clock):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    begun = clock.at
    clock.forward(seconds=50)
    auth_session(engine, token)
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession.seen_at)).one() == begun
    clock.forward(seconds=50)
    auth_session(engine, token)
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession.seen_at)).one() == clock.at


def test_a_page_does_not_wait_for_somebody_elses_long_write(engine, clock, monkeypatch):
    token = sign_in(engine, "mei", PASSWORD, HOME).token
    clock.forward(minutes=5)
    with writing(engine, SYSTEM), monkeypatch.context() as patch:
        patch.setattr("data.db.engine.sleep", lambda _: pytest.fail("It waited."))
        assert auth_session(engine, token).name == "mei"
    assert auth_session(engine, token).name == "mei"
    with reading(engine, SYSTEM) as session:
        assert session.scalars(select(UserSession.seen_at)).one() == clock.at


def test_an_attempt_too_many_is_refused_while_somebody_writes_and_hashes_nothing(engine, monkeypatch):
    refused(engine, 5)
    monkeypatch.setattr(sessions, "verify_password", lambda *_: pytest.fail("hashed"))
    monkeypatch.setattr(sessions, "PERSONS_PATIENCE_S", 0)
    with writing(engine, SYSTEM) as other:
        other.connection()  # its transaction begins
        with pytest.raises(TooManyAttempts):
            sign_in(engine, "mei", PASSWORD, ELSEWHERE)


def test_a_password_is_made_within_a_write_without_waiting_for_those_being_verified(monkeypatch):
    monkeypatch.setattr(passwords, "VERIFIED_AT_ONCE", Semaphore(0))  # all taken
    assert passwords.hashed(PASSWORD)
