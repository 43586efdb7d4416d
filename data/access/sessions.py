"""Sign-in and sessions. The browser holds a random token; the database holds its hash and can end it at any moment."""

import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import URL, Engine, case, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data.access import throttling
from data.access.accounts import LONGEST_NAME, accounts, change_password, demand, now, plain_name, scope_of_account
from data.access.errors import OldPasswordWrong, SignInRefused, TooManyAttempts
from data.access.passwords import verify_password
from data.access.roles import SYSTEM, AccessScope
from data.access.throttling import CLOCK_SLACK, ClientInfo, sha256
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import PERSONS_PATIENCE_S, data_version, reading, writing
from data.db.models.accounts import Account, UserSession
from data.db.refusals import DatabaseRefused

TOKEN_BYTES = 32
IDLE = timedelta(hours=2)  # assumed: a desk left for a long lunch
LONGEST = timedelta(hours=12)  # assumed: a long day's work
SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: each tile writing it would be too much
MOST_CACHED = 4096  # sessions; a stranger's tokens must not fill the memory
WRONG = "Name or password is wrong, or the account is disabled."
WAIT = "Too many wrong passwords; wait a quarter of an hour."
log = logging.getLogger("credit_map")


@dataclass(frozen=True)
class AuthSession:
    """A valid session: the account and its scope."""

    session_id: int
    account_id: int
    name: str
    scope: AccessScope


@dataclass(frozen=True)
class IssuedTokens:
    """What the browser is given at sign-in. another_before: it was last used by somebody else, or that is not known."""

    token: str
    trusted: str
    another_before: bool


def sign_in(engine: Engine, name: str, password: str, client: ClientInfo) -> IssuedTokens:
    """Begins a session. Raises SignInRefused or TooManyAttempts; neither tells whether the account exists.

    The attempt is counted before the password is verified, so that parallel attempts do not pass the limit. One beyond
    it is refused by reading alone: it hashes nothing and waits for no writer. Raises OperationalError where others
    write for longer than a person waits, see data.db.engine.is_busy.
    """
    name = plain_name(name)[:LONGEST_NAME]
    _refuse_too_many(engine, name, client)
    with writing(engine, SYSTEM, PERSONS_PATIENCE_S) as session:
        account = session.scalar(select(Account).where(Account.name == name))
        attempt = throttling.count_attempt(session, name, account, client, now())
        account_id, stored_hash = (account.id, account.password_hash) if account is not None else (None, None)
    if attempt is None:
        raise TooManyAttempts(WAIT)
    is_right = verify_password(password, stored_hash)
    with writing(engine, SYSTEM, PERSONS_PATIENCE_S) as session:
        account = session.get(Account, account_id) if account_id is not None else None
        if is_right and account is not None and not account.disabled and account.password_hash == stored_hash:
            throttling.forget_attempt(session, attempt)
            return begin(session, account, client, "password")
        named = account.name if account is not None else ""  # a password typed as the name must not be stored
        trail.record(session, Actor(named, "", client.address), "sign_in_refused", {})
    raise SignInRefused(WRONG)


def begin(session: Session, account: Account, client: ClientInfo, way: str) -> IssuedTokens:
    """A new session of an account whose owner has authenticated by `way`: password or sign_on."""
    another_before = bool(client.trusted) and not throttling.is_trusted(session, account, client)
    issued = IssuedTokens(secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES), another_before)
    at = now()
    _end_expired(session, at)
    session.add(
        UserSession(
            account_id=account.id,
            token_sha256=sha256(issued.token),
            begun_at=at,
            seen_at=at,
            address=client.address[:60],
            browser=client.browser[:200],
        )
    )
    throttling.trust(session, account, client, issued.trusted, at)
    trail.record(session, Actor(account.name, account.role, client.address), "sign_in", {"way": way})
    return issued


def _refuse_too_many(engine: Engine, name: str, client: ClientInfo) -> None:
    """Raises TooManyAttempts, by reading alone: the audit trail gets to know of it a little later."""
    with reading(engine, SYSTEM) as session:
        account = session.scalar(select(Account).where(Account.name == name))
        if not throttling.is_one_too_many(session, name, account, client, now()):
            return
        account_id = account.id if account is not None else None
    throttling.note_throttled(engine, account_id, client, now())
    raise TooManyAttempts(WAIT)


def _end_expired(session: Session, at: datetime) -> None:
    """For good: a clock that is set back must not bring them back to life."""
    expired = or_(UserSession.seen_at <= at - IDLE, UserSession.begun_at <= at - LONGEST)
    session.execute(update(UserSession).where(UserSession.ended_at.is_(None), expired).values(ended_at=at))


def auth_session(engine: Engine, token: str) -> AuthSession | None:
    """The session of a token; None when it has ended in whatever way.

    Read from the database again whenever anything in it has changed, so that an ended session ends at once.
    """
    if not token:
        return None
    key, version = (engine.url, sha256(token)), data_version(engine)
    cached_version, cached = _cache.get(key, (None, None))
    if version is None or cached_version != version:
        cached = _read_session(engine, key[1])
        _store(key, version, cached)
    at = now()
    if cached is None or not cached.is_valid(at) or _is_ended_here(engine, cached.auth_session):
        return None
    if not cached.is_fresh(at):
        _write_seen_at(engine, cached.auth_session.session_id, at)
    return cached.auth_session


def cached_auth_session(engine: Engine, token: str) -> AuthSession | None:
    """As `auth_session`, from the cache alone; None also where something would have to be read or written."""
    version = data_version(engine)
    cached_version, cached = _cache.get((engine.url, sha256(token)), (None, None))
    if cached is None or version is None or cached_version != version:
        return None
    at = now()
    if not (cached.is_valid(at) and cached.is_fresh(at)) or _is_ended_here(engine, cached.auth_session):
        return None
    return cached.auth_session


@dataclass(frozen=True)
class _CachedSession:
    auth_session: AuthSession
    begun_at: datetime
    seen_at: datetime

    def is_valid(self, at: datetime) -> bool:
        return at < min(self.seen_at + IDLE, self.begun_at + LONGEST)

    def is_fresh(self, at: datetime) -> bool:
        """Whether what is stored of its times need not be written anew, as it must after a clock was set back."""
        return self.begun_at <= at + CLOCK_SLACK and abs(at - self.seen_at) <= SEEN_EVERY


# With the data version it was read at.
_cache: dict[tuple[URL, str], tuple[int | None, _CachedSession | None]] = {}


def _store(key: tuple[URL, str], version: int | None, cached: _CachedSession | None) -> None:
    if len(_cache) >= MOST_CACHED:
        _cache.clear()
    _cache[key] = (version, cached)


def _read_session(engine: Engine, token_sha256: str) -> _CachedSession | None:
    with reading(engine, SYSTEM) as session:
        row = session.execute(
            select(UserSession, Account)
            .join(Account, UserSession.account_id == Account.id)
            .where(
                UserSession.token_sha256 == token_sha256, UserSession.ended_at.is_(None), Account.disabled.is_(False)
            )
        ).first()
        if row is None:
            return None
        user_session, account = row
        scope = scope_of_account(session, account)
        auth_session = AuthSession(user_session.id, account.id, account.name, scope)
        return _CachedSession(auth_session, user_session.begun_at, user_session.seen_at)


def _write_seen_at(engine: Engine, session_id: int, at: datetime) -> None:
    """Skipped until the next request where somebody else is writing or the disk is full: nobody should wait for it.

    After a clock was set back a session begins now: it lives as long as it would have, and no longer than LONGEST.
    """
    begun_at = case((UserSession.begun_at > at, at), else_=UserSession.begun_at)
    with suppress(OperationalError, DatabaseRefused):
        with writing(engine, SYSTEM, patience_s=0) as session:
            is_open = (UserSession.id == session_id, UserSession.ended_at.is_(None))
            session.execute(update(UserSession).where(*is_open).values(seen_at=at, begun_at=begun_at))
            written = _write_ended_here(engine, session)
        for key in written:
            _ended_here.pop(key, None)


def _open(at: datetime) -> tuple:
    return (UserSession.ended_at.is_(None), UserSession.seen_at > at - IDLE, UserSession.begun_at > at - LONGEST)


def open_sessions(session: Session, scope: AccessScope, account_id: int | None) -> Sequence[tuple[UserSession, str]]:
    """Open sessions and their account's name, latest first.

    Of one account, which the caller has made sure is its own; or, with the permission, of every account held.
    """
    question = (
        select(UserSession, Account.name).join(Account, UserSession.account_id == Account.id).where(*_open(now()))
    )
    if account_id is not None:
        question = question.where(UserSession.account_id == account_id)
    else:
        question = question.where(Account.id.in_([account.id for account in accounts(session, scope)]))
    rows = session.execute(question.order_by(UserSession.seen_at.desc()))
    return [(user_session, name) for user_session, name in rows]


def end_session(
    session: Session, scope: AccessScope, actor: Actor, session_id: int, own_account: int | None = None
) -> None:
    """Ends a session: one of the own account or, with the permission, of one the scope holds.

    Raises NotAllowed. Unknown ids change nothing, and neither do those of accounts that are not held.
    """
    if own_account is None:
        demand(scope, "accounts")
        ids = [account.id for account in accounts(session, scope)]
    else:
        ids = [own_account]
    conditions = (UserSession.id == session_id, UserSession.ended_at.is_(None), UserSession.account_id.in_(ids))
    ended = session.execute(update(UserSession).where(*conditions).values(ended_at=now()).returning(UserSession.id))
    if ended.all():
        trail.record(session, actor, "end_session", {"session": session_id})


def sign_out(engine: Engine, auth_session: AuthSession, actor: Actor) -> None:
    """Ends the own session, whether or not that can be written: what cannot is remembered until it can.

    Our decision: it is remembered by this process alone. A server started anew on a disk that is still full knows
    the session again, which ends by itself within IDLE; the browser has lost its cookie in any case.
    """
    try:
        with writing(engine, SYSTEM, PERSONS_PATIENCE_S) as session:
            end_session(session, auth_session.scope, actor, auth_session.session_id, auth_session.account_id)
    except (DatabaseRefused, OperationalError) as why:
        log.error("A session was ended and that could not be written (%s); it is written as soon as it can be.", why)
        _ended_here[engine.url, auth_session.session_id] = (auth_session, actor)


def _is_ended_here(engine: Engine, auth_session: AuthSession) -> bool:
    return (engine.url, auth_session.session_id) in _ended_here


def _write_ended_here(engine: Engine, session: Session) -> list[tuple[URL, int]]:
    """Those that are ended in the tables once the transaction is kept."""
    ours = [key for key in _ended_here if key[0] == engine.url]
    for key in ours:
        auth_session, actor = _ended_here[key]
        end_session(session, auth_session.scope, actor, auth_session.session_id, auth_session.account_id)
    return ours


# Sessions whose end could not be written, with who ended them.
_ended_here: dict[tuple[URL, int], tuple[AuthSession, Actor]] = {}


def change_own_password(
    engine: Engine, auth_session: AuthSession, actor: Actor, old: str, new: str, client: ClientInfo
) -> None:
    """Gives the own account another password; every other session of it ends.

    Raises OldPasswordWrong, PasswordRefused, or TooManyAttempts as sign_in does: an open tab is no place to guess.
    """
    _refuse_too_many(engine, auth_session.name, client)
    with writing(engine, SYSTEM, PERSONS_PATIENCE_S) as session:
        account = session.get_one(Account, auth_session.account_id)
        attempt = throttling.count_attempt(session, account.name, account, client, now())
        stored_hash = account.password_hash
    if attempt is None:
        raise TooManyAttempts(WAIT)
    if not verify_password(old, stored_hash):
        raise OldPasswordWrong("The old password is wrong; type it again.")
    with writing(engine, SYSTEM, PERSONS_PATIENCE_S) as session:
        throttling.forget_attempt(session, attempt)
        account = session.get_one(Account, auth_session.account_id)
        change_password(session, actor, account, new, keep=auth_session.session_id)
        throttling.distrust(session, account, but=client)
