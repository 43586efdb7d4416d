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

from data.access.accounts import LONGEST_NAME, change_password, demand, now, plain_name, viewer_for
from data.access.errors import OldPasswordWrong, SignInRefused, TooManyAttempts
from data.access.passwords import fits
from data.access.roles import EVERYTHING, Viewer
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import change_number, reading, writing
from data.db.models.accounts import Account, FailedSignIn, KnownBrowser, SignIn

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
class Caller:
    """Where a request comes from. known: the token of the browser's long-lived cookie, "" for none."""

    address: str
    browser: str = ""
    known: str = ""


@dataclass(frozen=True)
class Guest:
    """A valid session: who it is, what that one sees."""

    session_id: int
    account_id: int
    name: str
    viewer: Viewer


@dataclass(frozen=True)
class Begun:
    """What the browser is given at sign-in."""

    token: str
    known: str


def sign_in(engine: Engine, name: str, password: str, caller: Caller) -> Begun:
    """Begins a session. Raises SignInRefused or TooManyAttempts; neither tells whether the account exists.

    The attempt is counted before the password is looked at, so that many at once are not one too many.
    """
    name = plain_name(name)[:LONGEST_NAME]
    with writing(engine, EVERYTHING) as session:
        account = session.scalar(select(Account).where(Account.name == name))
        attempt = _counted(session, name, account, caller)
        account_id, kept = (account.id, account.password_hash) if account is not None else (None, None)
    right = fits(password, kept)
    with writing(engine, EVERYTHING) as session:
        account = session.get(Account, account_id) if account_id is not None else None
        if right and account is not None and not account.disabled and account.password_hash == kept:
            session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))
            return begin(session, account, caller, "password")
        named = account.name if account is not None else ""  # a password typed as the name must not be kept
        trail.record(session, Actor(named, "", caller.address), "sign_in_refused", {})
    raise SignInRefused(WRONG)


def begin(session: Session, account: Account, caller: Caller, way: str) -> Begun:
    """A new session of an account whose owner has been recognised by `way`: password or sign_on."""
    begun = Begun(secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES))
    at = now()
    session.add(
        SignIn(
            account_id=account.id,
            token_sha256=_sha256(begun.token),
            begun_at=at,
            seen_at=at,
            address=caller.address[:60],
            browser=caller.browser[:200],
        )
    )
    session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < at - BROWSER_KNOWN))
    session.execute(delete(KnownBrowser).where(KnownBrowser.token_sha256 == _sha256(caller.known)))
    session.add(KnownBrowser(account_id=account.id, token_sha256=_sha256(begun.known), seen_at=at))
    trail.record(session, Actor(account.name, account.role, caller.address), "sign_in", {"way": way})
    return begun


def _known(session: Session, account: Account | None, caller: Caller) -> bool:
    if account is None or not caller.known:
        return False
    same = (KnownBrowser.account_id == account.id, KnownBrowser.token_sha256 == _sha256(caller.known))
    return session.scalar(select(KnownBrowser.id).where(*same)) is not None


def _counted(session: Session, name: str, account: Account | None, caller: Caller) -> int:
    """Counts an attempt as failed until it has succeeded; its id. Raises TooManyAttempts.

    A known browser answers for itself alone, so that nobody else can lock its owner out.
    """
    at, known = now(), _known(session, account, caller)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - WINDOW))
    source = _sha256(caller.known) if known else _sha256(caller.address)
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


def guest(engine: Engine, token: str) -> Guest | None:
    """Who holds a token; None when the session has ended in whatever way.

    Asked of the database anew whenever anything in it has changed, so that an ended session ends at once.
    """
    if not token:
        return None
    key, changes = (engine.url, _sha256(token)), change_number(engine)
    before, found = _remembered.get(key, (None, None))
    if changes is None or before != changes:
        found = _looked_up(engine, key[1])
        _remember(key, changes, found)
    at = now()
    if found is None or not found.lasts(at):
        return None
    if at - found.seen_at > SEEN_EVERY:
        _note_seen(engine, found.guest.session_id, at)
    return found.guest


def guest_remembered(engine: Engine, token: str) -> Guest | None:
    """As `guest`, where nothing needs to be read or written to know it; None also where something does."""
    changes = change_number(engine)
    before, found = _remembered.get((engine.url, _sha256(token)), (None, None))
    at = now()
    fresh = changes is not None and before == changes and found is not None
    return found.guest if fresh and found.lasts(at) and at - found.seen_at <= SEEN_EVERY else None


@dataclass(frozen=True)
class _Holder:
    guest: Guest
    begun_at: datetime
    seen_at: datetime

    def lasts(self, at: datetime) -> bool:
        return at < min(self.seen_at + IDLE, self.begun_at + LONGEST)


_remembered: dict[tuple[URL, str], tuple[int | None, _Holder | None]] = {}  # with the change number it was read at


def _remember(key: tuple[URL, str], changes: int | None, found: _Holder | None) -> None:
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = (changes, found)


def _looked_up(engine: Engine, token_sha256: str) -> _Holder | None:
    with reading(engine, EVERYTHING) as session:
        row = session.execute(
            select(SignIn, Account)
            .join(Account, SignIn.account_id == Account.id)
            .where(SignIn.token_sha256 == token_sha256, SignIn.ended_at.is_(None), Account.disabled.is_(False))
        ).first()
        if row is None:
            return None
        begun, account = row
        found = Guest(begun.id, account.id, account.name, viewer_for(session, account))
        return _Holder(found, begun.begun_at, begun.seen_at)


def _note_seen(engine: Engine, session_id: int, at: datetime) -> None:
    """Left for the next request where somebody else is writing: nobody should wait for it."""
    with suppress(OperationalError), writing(engine, EVERYTHING, patience_s=0) as session:
        still_open = (SignIn.id == session_id, SignIn.ended_at.is_(None))
        session.execute(update(SignIn).where(*still_open).values(seen_at=at))


def _open(at: datetime) -> tuple:
    return (SignIn.ended_at.is_(None), SignIn.seen_at > at - IDLE, SignIn.begun_at > at - LONGEST)


def open_sessions(session: Session, viewer: Viewer, account_id: int | None) -> Sequence[tuple[SignIn, str]]:
    """Open sessions with their account's name, latest first: of one account, or of all for who looks after accounts."""
    question = select(SignIn, Account.name).join(Account, SignIn.account_id == Account.id).where(*_open(now()))
    if account_id is not None:
        question = question.where(SignIn.account_id == account_id)
    elif not viewer.may("accounts"):
        return []
    return [tuple(row) for row in session.execute(question.order_by(SignIn.seen_at.desc()))]


def end_session(
    session: Session, viewer: Viewer, actor: Actor, session_id: int, own_account: int | None = None
) -> None:
    """Ends a session: one of one's own account, or with the right any. Unknown ids change nothing."""
    which = [SignIn.id == session_id, SignIn.ended_at.is_(None)]
    if own_account is None:
        demand(viewer, "accounts")
    else:
        which.append(SignIn.account_id == own_account)
    if session.execute(update(SignIn).where(*which).values(ended_at=now())).rowcount:
        trail.record(session, actor, "end_session", {"session": session_id})


def change_own_password(engine: Engine, guest: Guest, actor: Actor, old: str, new: str, caller: Caller) -> None:
    """Gives one's own account another password; every other session of it ends.

    Raises OldPasswordWrong, PasswordRefused, or TooManyAttempts as sign_in does: an open tab is no place to guess.
    """
    with writing(engine, EVERYTHING) as session:
        account = session.get_one(Account, guest.account_id)
        attempt = _counted(session, account.name, account, caller)
        kept = account.password_hash
    if not fits(old, kept):
        raise OldPasswordWrong("The old password is wrong; type it again.")
    with writing(engine, EVERYTHING) as session:
        session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))
        change_password(session, actor, session.get_one(Account, guest.account_id), new, keep=guest.session_id)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
