"""Slowing down guesses at passwords, by account and address, without locking the owner of an account out.

A browser in which the owner has signed in is counted for itself alone. When somebody else sets the password, it keeps
a few tries, until the first sign-in: the owner comes in with the new password whatever an attacker does meanwhile. A
browser in which a thief had signed in keeps as many, at a password the thief does not know, and no more after that.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.audit import trail
from data.audit.trail import Actor
from data.db.engine import NoConnectionFree, is_busy, writing
from data.db.models.accounts import Account, FailedSignIn, ThrottledSignIn, TrustedBrowser
from data.db.refusals import DatabaseRefused

WINDOW = timedelta(minutes=15)
CLOCK_SLACK = timedelta(minutes=1)  # how far ahead a stored time may be before the clock counts as set back
MOST_FAILURES = 5  # of one account from one source in the window
MOST_FROM_ADDRESS = 30  # of all accounts from one address
MOST_OF_UNTRUSTED = 30  # of one account from everywhere but its trusted browsers
MOST_ADDRESSES = 30  # of one account that are entered one by one in the window; further ones stand together
TRIES_AFTER_RESET = 5  # assumed: enough for typing a long password wrongly, in all and not in a window
BROWSER_TRUSTED = timedelta(days=180)
NOTED_EVERY = timedelta(seconds=1)  # at most so often a flood of refused tries writes
FURTHER_ADDRESSES = "*"
ADDRESS_KEPT = 60  # letters
UNTRUSTED = FailedSignIn.known.is_(False)


@dataclass(frozen=True)
class ClientInfo:
    """Where a request comes from. trusted: the token of the browser's long-lived cookie, "" for none."""

    address: str
    browser: str = ""
    trusted: str = ""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_one_too_many(session: Session, name: str, account: Account | None, client: ClientInfo, at: datetime) -> bool:
    """Whether an attempt would be refused unseen: by reading alone, so that a flood waits for no writer."""
    return _exceeds(session, sha256(name), _trusted_browser(session, account, client), client, at)


def count_attempt(session: Session, name: str, account: Account | None, client: ClientInfo, at: datetime) -> int | None:
    """Counts an attempt as failed until it has succeeded, and returns its id; None where it is one too many.

    What is one too many is noted for the audit trail in the caller's transaction, which must not be rolled back.
    """
    # Our decision: a clock set back forgets the failures, as they would lock their owner out until it is there again.
    session.execute(delete(FailedSignIn).where(or_(FailedSignIn.at < at - WINDOW, FailedSignIn.at > at + CLOCK_SLACK)))
    _enter_noted(session, at)
    _enter_ended(session, at)
    trusted = _trusted_browser(session, account, client)
    if _exceeds(session, sha256(name), trusted, client, at):
        _count_throttled(session, (account.id if account is not None else None, client.address[:ADDRESS_KEPT]), 1, at)
        return None
    if trusted is not None and trusted.tries_left is not None:
        trusted.tries_left -= 1
    attempt = FailedSignIn(at=at, name=sha256(name), source=_source(client, trusted), known=trusted is not None)
    session.add(attempt)
    session.flush()
    return attempt.id


def _source(client: ClientInfo, trusted: TrustedBrowser | None) -> str:
    return sha256(client.address if trusted is None else client.trusted)


def _exceeds(session: Session, name: str, trusted: TrustedBrowser | None, client: ClientInfo, at: datetime) -> bool:
    by_name, by_source = FailedSignIn.name == name, FailedSignIn.source == _source(client, trusted)
    if _failures(session, at, by_name, by_source) >= MOST_FAILURES:
        return True
    return trusted is None and (
        _failures(session, at, by_source, UNTRUSTED) >= MOST_FROM_ADDRESS
        or _failures(session, at, by_name, UNTRUSTED) >= MOST_OF_UNTRUSTED
    )


def _failures(session: Session, at: datetime, *conditions: ColumnElement[bool]) -> int:
    lately = (
        select(func.count()).select_from(FailedSignIn).where(FailedSignIn.at.between(at - WINDOW, at + CLOCK_SLACK))
    )
    return session.scalar(lately.where(*conditions)) or 0


def forget_attempt(session: Session, attempt: int) -> None:
    """The password was right."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))


def unlock(session: Session, account: Account) -> None:
    """Forgets every wrong password of an account, wherever it was tried."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.name == sha256(account.name)))


def wrong_passwords(session: Session, accounts: Iterable[Account], at: datetime) -> Mapping[int, int]:
    """How many were tried at each account within the window, by its id."""
    counted = select(FailedSignIn.name, func.count()).where(FailedSignIn.at >= at - WINDOW)
    by_name = dict(session.execute(counted.group_by(FailedSignIn.name)).all())
    return {account.id: by_name.get(sha256(account.name), 0) for account in accounts}


def _trusted_browser(session: Session, account: Account | None, client: ClientInfo) -> TrustedBrowser | None:
    if account is None or not client.trusted:
        return None
    same = (TrustedBrowser.account_id == account.id, TrustedBrowser.token_sha256 == sha256(client.trusted))
    return session.scalar(select(TrustedBrowser).where(*same, TrustedBrowser.tries_left.is_distinct_from(0)))


def is_trusted(session: Session, account: Account, client: ClientInfo) -> bool:
    """Whether the account has signed in in this browser and nobody else has since."""
    return _trusted_browser(session, account, client) is not None


def trust(session: Session, account: Account, client: ClientInfo, token: str, at: datetime) -> None:
    """From now on the browser that signed in is trusted by a new token; what was left from a reset is used up."""
    gone = (
        TrustedBrowser.seen_at < at - BROWSER_TRUSTED,
        TrustedBrowser.token_sha256 == sha256(client.trusted),
        (TrustedBrowser.account_id == account.id) & TrustedBrowser.tries_left.is_not(None),
    )
    for condition in gone:
        session.execute(delete(TrustedBrowser).where(condition))
    session.add(TrustedBrowser(account_id=account.id, token_sha256=sha256(token), seen_at=at))


def distrust(session: Session, account: Account, but: ClientInfo) -> None:
    """The owner has changed the password in one browser: no other of the account is trusted any more."""
    others = (TrustedBrowser.account_id == account.id, TrustedBrowser.token_sha256 != sha256(but.trusted))
    session.execute(delete(TrustedBrowser).where(*others))


def leave_a_few_tries(session: Session, account: Account) -> None:
    """Somebody else has set the password: what was tried before is forgotten, and no browser is trusted for good."""
    unlock(session, account)
    mine = TrustedBrowser.account_id == account.id
    session.execute(update(TrustedBrowser).where(mine).values(tries_left=TRIES_AFTER_RESET))


TallyKey = tuple[int | None, str]  # account, address


class _Noted:
    """Tries at one database that were refused by reading alone and are not in it yet."""

    def __init__(self) -> None:
        self.tries: Counter[TallyKey] = Counter()
        self.written_at = datetime.min
        self.lock = threading.Lock()

    def take(self) -> Counter[TallyKey]:
        with self.lock:
            taken, self.tries = self.tries, Counter()
            return taken


_noted: WeakKeyDictionary[Engine, _Noted] = WeakKeyDictionary()


def note_throttled(engine: Engine, account_id: int | None, client: ClientInfo, at: datetime) -> None:
    """Counts a refused try in memory. What has come together is written at most once a second, and only where nobody
    else is writing; whoever signs in next takes it along otherwise."""
    noted = _noted.setdefault(engine, _Noted())
    with noted.lock:
        noted.tries[(account_id, client.address[:ADDRESS_KEPT])] += 1
        is_time = abs(at - noted.written_at) >= NOTED_EVERY
        if is_time:
            noted.written_at = at
    if not is_time:
        return
    try:
        with writing(engine, SYSTEM, 0) as session:
            _enter_noted(session, at)
    except DatabaseRefused:
        return  # a full disk, or the like: the try is refused all the same
    except (OperationalError, NoConnectionFree) as refusal:
        if not is_busy(refusal):
            raise


def _enter_noted(session: Session, at: datetime) -> None:
    """Should the transaction be rolled back, these tries are not counted; they were refused all the same."""
    noted = _noted.get(session.connection().engine)  # the transaction has begun now: what is taken is written
    for key, tries in noted.take().items() if noted is not None else ():
        _count_throttled(session, key, tries, at)


def _count_throttled(session: Session, key: TallyKey, tries: int, at: datetime) -> None:
    """The first tries of a window are entered at once, those that follow as one number when the window has ended."""
    account_id, address = key
    same = ThrottledSignIn.account_id.is_not_distinct_from(account_id)
    by_address = {tally.address: tally for tally in session.scalars(select(ThrottledSignIn).where(same))}
    if address not in by_address and len(by_address) >= MOST_ADDRESSES:
        address = FURTHER_ADDRESSES
    if address in by_address:
        by_address[address].tries += tries
        return
    tally = ThrottledSignIn(account_id=account_id, address=address, since=at, tries=tries)
    session.add(tally)
    _enter(session, tally)


def _enter_ended(session: Session, at: datetime) -> None:
    ended = or_(ThrottledSignIn.since < at - WINDOW, ThrottledSignIn.since > at + CLOCK_SLACK)
    for tally in session.scalars(select(ThrottledSignIn).where(ended)).all():
        if tally.tries:
            _enter(session, tally)
        session.delete(tally)
    session.flush()


def _enter(session: Session, tally: ThrottledSignIn) -> None:
    account = session.get(Account, tally.account_id) if tally.account_id is not None else None
    tries, tally.tries = tally.tries, 0
    actor = Actor(account.name if account is not None else "", "", tally.address)
    trail.record(session, actor, "sign_in_throttled", {"tries": tries})
