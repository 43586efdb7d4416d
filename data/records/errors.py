"""Why a single fact is not recorded."""

from data.errors import DataError


class RecordRefused(DataError):
    """A fact that is not recorded as it was given; nothing was written."""
