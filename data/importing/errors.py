"""Why a mapping or a whole file is refused; what is wrong with single rows is in checking/row_errors.py."""

from data.errors import DataError


class WrongMapping(DataError):
    """A mapping file that cannot be followed: the sentence names file, place and what would be right."""


class NoSuchMapping(DataError):
    """A mapping was asked for that is not there, or a file that no mapping fits."""


class FileRefused(DataError):
    """A file that is refused as a whole; nothing of it was written."""


class CannotUndo(DataError):
    """An import that stays: something builds on it, or it was undone already."""


class CityMissing(DataError):
    """A mapping speaks of a city that no import has brought in yet."""
