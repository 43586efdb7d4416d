"""Mistakes a user of the data room can make, each with its cure."""

from scoring.errors import Sentence


class DataError(Sentence, Exception):
    """Base of every mistake reported by this room: one sentence that names the cure."""
