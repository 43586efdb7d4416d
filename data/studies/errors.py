"""Mistakes with drafts and editions, each with its cure."""

from data.errors import DataError


class DraftRefused(DataError):
    """A draft that cannot be kept or put in force as asked. key: a short name for why."""

    def __init__(self, template: str, key: str, /, **values: object) -> None:
        super().__init__(template, **values)
        self.key = key
