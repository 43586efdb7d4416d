"""Mistakes with drafts and editions, each with its cure."""

from data.errors import DataError


class DraftRefused(DataError):
    """A draft that cannot be kept or put in force as asked. key, values: of the sentence in the texts of the screen."""

    def __init__(self, sentence: str, key: str, **values: object) -> None:
        super().__init__(sentence)
        self.key, self.values = key, values
