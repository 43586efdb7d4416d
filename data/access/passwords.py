"""Passwords: stored as argon2id hashes, of minimum strength, verified in constant time."""

import os
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from data.access.errors import PasswordRefused

SHORTEST = 12
LONGEST = 200  # more is no stronger, and hashing it costs the server
DIFFERENT_CHARACTERS = 5  # "aaaaaaaaaaaa" and "121212121212" are guessed first
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is read for another
# Each hash takes 64 MB and four threads: whoever guesses passwords leaves half of the processors to everybody else.
VERIFIED_AT_ONCE = threading.Semaphore(max(1, (os.cpu_count() or 1) // 2))
MADE_AT_ONCE = threading.Lock()  # of its own: made within a write, which must not wait for those who guess
COST = RFC_9106_LOW_MEMORY  # argon2id, 64 MB, 3 rounds, 4 lanes
HASHER = PasswordHasher.from_parameters(COST)


def check_strength(password: str, name: str) -> None:
    """Raises PasswordRefused with the cure."""
    if len(password) < SHORTEST:
        raise PasswordRefused(
            "The password has {length} {length:character|characters}; take at least {shortest}.",
            length=len(password),
            shortest=SHORTEST,
        )
    if len(password) > LONGEST:
        raise PasswordRefused(
            "The password has {length} characters; take at most {longest}.", length=len(password), longest=LONGEST
        )
    if len(set(password)) < DIFFERENT_CHARACTERS:
        raise PasswordRefused(
            "The password repeats a few signs; take at least {different_signs} different ones.",
            different_signs=DIFFERENT_CHARACTERS,
        )
    if _holds(password, name):
        raise PasswordRefused("The password holds the account's name; take another.")


def hashed(password: str) -> str:
    with MADE_AT_ONCE:
        return HASHER.hash(password)


def verify_password(password: str, stored_hash: str | None) -> bool:
    """Whether the password has the stored hash. Takes as long for an account without one, or for no account."""
    with VERIFIED_AT_ONCE:
        try:
            return HASHER.verify(stored_hash or _dummy_hash(), password[: LONGEST + 1]) and stored_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def generated_password(name: str) -> str:
    """A random password of 128 bits and more for an account, in four parts that can be read out."""
    while True:
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(7)) for _ in range(4))
        if not _holds(password, name):  # by chance it may
            return password


def _holds(password: str, name: str) -> bool:
    """Whether a password holds the account's name; one of a letter or two gives nothing away."""
    return len(name) > 2 and name.casefold() in password.casefold()


@cache
def _dummy_hash() -> str:
    return HASHER.hash(secrets.token_hex())
