"""Sign-in and sessions. The browser holds a random token; the database holds its hash and can end it at any moment."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import URL, Engine, delete, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data.access.accounts import LONGEST_NAME, change_password, demand, now, plain_name, scope_of_account
from data.access.errors import OldPasswordWrong, SignInRefused, TooManyAttempts
from data.access.passwords import verify_password
from data.access.roles import SYSTEM, AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import data_version, reading, writing
from data.db.models.accounts import Account, FailedSignIn, TrustedBrowser, UserSession

TOKEN_BYTES = 32
IDLE = timedelta(hours=2)  # assumed: a desk left for a long lunch
LONGEST = timedelta(hours=12)  # assumed: a long day's work
SEEN_EVERY = timedelta(minutes=1)  # how exactly `seen_at` is kept: each tile writing it would be too much
MOST_REMEMBERED = 4096  # sessions; a stranger's tokens must not fill the memory
WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one account from one source in the window
MOST_FROM_ADDRESS = 30  # of all accounts from one address
MOST_OF_STRANGERS = 30  # of one account from everywhere but its known browsers
BROWSER_KNOWN = timedelta(days=180)
WRONG = "Name or password is wrong, or the account is disabled."
WAIT = "Too many wrong passwords; wait a quarter of an hour."


@dataclass(frozen=True)
class ClientInfo:
    """Where a request comes from. trusted: the token of the browser's long-lived cookie, "" for none."""

    address: str
    browser: str = ""
    trusted: str = ""


@dataclass(frozen=True)
class AuthSession:
    """A valid session: who it is, what that one sees."""

    session_id: int
    account_id: int
    name: str
    scope: AccessScope


@dataclass(frozen=True)
class IssuedTokens:
    """What the browser is given at sign-in."""

    token: str
    trusted: str


def sign_in(engine: Engine, name: str, password: str, client: ClientInfo) -> IssuedTokens:
    """Begins a session. Raises SignInRefused or TooManyAttempts; neither tells whether the account exists.

    The attempt is counted before the password is looked at, so that many at once are not one too many.
    """
    name = plain_name(name)[:LONGEST_NAME]
    with writing(engine, SYSTEM) as session:
        account = session.scalar(select(Account).where(Account.name == name))
        attempt = _counted(session, name, account, client)
        account_id, kept = (account.id, account.password_hash) if account is not None else (None, None)
    right = verify_password(password, kept)
    with writing(engine, SYSTEM) as session:
        account = session.get(Account, account_id) if account_id is not None else None
        if right and account is not None and not account.disabled and account.password_hash == kept:
            session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))
            return begin(session, account, client, "password")
        named = account.name if account is not None else ""  # a password typed as the name must not be kept
        trail.record(session, Actor(named, "", client.address), "sign_in_refused", {})
    raise SignInRefused(WRONG)


def begin(session: Session, account: Account, client: ClientInfo, way: str) -> IssuedTokens:
    """A new session of an account whose owner has been recognised by `way`: password or sign_on."""
    begun = IssuedTokens(secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES))
    at = now()
    session.add(
        UserSession(
            account_id=account.id,
            token_sha256=_sha256(begun.token),
            begun_at=at,
            seen_at=at,
            address=client.address[:60],
            browser=client.browser[:200],
        )
    )
    session.execute(delete(TrustedBrowser).where(TrustedBrowser.seen_at < at - BROWSER_KNOWN))
    session.execute(delete(TrustedBrowser).where(TrustedBrowser.token_sha256 == _sha256(client.trusted)))
    session.add(TrustedBrowser(account_id=account.id, token_sha256=_sha256(begun.trusted), seen_at=at))
    trail.record(session, Actor(account.name, account.role, client.address), "sign_in", {"way": way})
    return begun


def _known(session: Session, account: Account | None, client: ClientInfo) -> bool:
    if account is None or not client.trusted:
        return False
    same = (TrustedBrowser.account_id == account.id, TrustedBrowser.token_sha256 == _sha256(client.trusted))
    return session.scalar(select(TrustedBrowser.id).where(*same)) is not None


def _counted(session: Session, name: str, account: Account | None, client: ClientInfo) -> int:
    """Counts an attempt as failed until it has succeeded; its id. Raises TooManyAttempts.

    A known browser answers for itself alone, so that nobody else can lock its owner out.
    """
    at, known = now(), _known(session, account, client)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - WINDOW))
    source = _sha256(client.trusted) if known else _sha256(client.address)
    name = _sha256(name)

    def failures(*which) -> int:
        return session.scalar(select(func.count()).select_from(FailedSignIn).where(*which)) or 0

    stranger = FailedSignIn.known.is_(False)
    too_many = failures(FailedSignIn.name == name, FailedSignIn.source == source) >= MOST_FAILURES
    if not known:
        too_many |= failures(FailedSignIn.source == source, stranger) >= MOST_FROM_ADDRESS
        too_many |= failures(FailedSignIn.name == name, stranger) >= MOST_OF_STRANGERS
    if too_many:
        raise TooManyAttempts(WAIT)
    attempt = FailedSignIn(at=at, name=name, source=source, known=known)
    session.add(attempt)
    session.flush()
    return attempt.id


def auth_session(engine: Engine, token: str) -> AuthSession | None:
    """Who holds a token; None when the session has ended in whatever way.

    Asked of the database anew whenever anything in it has changed, so that an ended session ends at once.
    """
    if not token:
        return None
    key, changes = (engine.url, _sha256(token)), data_version(engine)
    before, found = _remembered.get(key, (None, None))
    if changes is None or before != changes:
        found = _looked_up(engine, key[1])
        _remember(key, changes, found)
    at = now()
    if found is None or not found.lasts(at):
        return None
    if at - found.seen_at > SEEN_EVERY:
        _note_seen(engine, found.auth_session.session_id, at)
    return found.auth_session


def cached_auth_session(engine: Engine, token: str) -> AuthSession | None:
    """As `auth_session`, where nothing needs to be read or written to know it; None also where something does."""
    changes = data_version(engine)
    before, found = _remembered.get((engine.url, _sha256(token)), (None, None))
    at = now()
    fresh = changes is not None and before == changes and found is not None
    return found.auth_session if fresh and found.lasts(at) and at - found.seen_at <= SEEN_EVERY else None


@dataclass(frozen=True)
class _CachedSession:
    auth_session: AuthSession
    begun_at: datetime
    seen_at: datetime

    def lasts(self, at: datetime) -> bool:
        return at < min(self.seen_at + IDLE, self.begun_at + LONGEST)


_remembered: dict[
    tuple[URL, str], tuple[int | None, _CachedSession | None]
] = {}  # with the change number it was read at


def _remember(key: tuple[URL, str], changes: int | None, found: _CachedSession | None) -> None:
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = (changes, found)


def _looked_up(engine: Engine, token_sha256: str) -> _CachedSession | None:
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
        begun, account = row
        found = AuthSession(begun.id, account.id, account.name, scope_of_account(session, account))
        return _CachedSession(found, begun.begun_at, begun.seen_at)


def _note_seen(engine: Engine, session_id: int, at: datetime) -> None:
    """Left for the next request where somebody else is writing: nobody should wait for it."""
    with suppress(OperationalError), writing(engine, SYSTEM, patience_s=0) as session:
        still_open = (UserSession.id == session_id, UserSession.ended_at.is_(None))
        session.execute(update(UserSession).where(*still_open).values(seen_at=at))


def _open(at: datetime) -> tuple:
    return (UserSession.ended_at.is_(None), UserSession.seen_at > at - IDLE, UserSession.begun_at > at - LONGEST)


def open_sessions(session: Session, scope: AccessScope, account_id: int | None) -> Sequence[tuple[UserSession, str]]:
    """Open sessions with their account's name, latest first: of one account, or of all for who looks after accounts."""
    question = (
        select(UserSession, Account.name).join(Account, UserSession.account_id == Account.id).where(*_open(now()))
    )
    if account_id is not None:
        question = question.where(UserSession.account_id == account_id)
    elif not scope.can("accounts"):
        return []
    return [tuple(row) for row in session.execute(question.order_by(UserSession.seen_at.desc()))]


def end_session(
    session: Session, scope: AccessScope, actor: Actor, session_id: int, own_account: int | None = None
) -> None:
    """Ends a session: one of one's own account, or with the right any. Unknown ids change nothing."""
    which = [UserSession.id == session_id, UserSession.ended_at.is_(None)]
    if own_account is None:
        demand(scope, "accounts")
    else:
        which.append(UserSession.account_id == own_account)
    if session.execute(update(UserSession).where(*which).values(ended_at=now())).rowcount:
        trail.record(session, actor, "end_session", {"session": session_id})


def change_own_password(
    engine: Engine, auth_session: AuthSession, actor: Actor, old: str, new: str, client: ClientInfo
) -> None:
    """Gives one's own account another password; every other session of it ends.

    Raises OldPasswordWrong, PasswordRefused, or TooManyAttempts as sign_in does: an open tab is no place to guess.
    """
    with writing(engine, SYSTEM) as session:
        account = session.get_one(Account, auth_session.account_id)
        attempt = _counted(session, account.name, account, client)
        kept = account.password_hash
    if not verify_password(old, kept):
        raise OldPasswordWrong("The old password is wrong; type it again.")
    with writing(engine, SYSTEM) as session:
        session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))
        change_password(
            session, actor, session.get_one(Account, auth_session.account_id), new, keep=auth_session.session_id
        )


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
