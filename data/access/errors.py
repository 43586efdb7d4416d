"""Mistakes around accounts and sign-in, each with its cure."""

from data.errors import DataError


class AccountRefused(DataError):
    """An account that cannot be made or changed as asked."""


class NoSuchAccount(DataError):
    """The account named is not there."""


class PasswordRefused(DataError):
    """A new password that is too easily guessed."""


class OldPasswordWrong(PasswordRefused):
    """The old password was entered wrongly."""


class SignInRefused(DataError):
    """Name or password is wrong, or the account is disabled; which of them is not said."""


class TooManyAttempts(SignInRefused):
    """So many wrong passwords that further ones are not verified for a while."""


class NotAllowed(DataError):
    """The role has no permission for this, or it concerns what the account does not hold itself."""


class FactsWithheld(DataError):
    """A rule text that reads facts its author may not see."""
