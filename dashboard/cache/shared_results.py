"""Comparisons and draft texts at hand for the map and for downloads: made by a page, asked for by the browser.

They are kept in memory only, the latest ones: whoever comes too late opens the page again, which makes them anew.
"""

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

from data.errors import DataError

MOVES_KEPT, TEXTS_KEPT = 200, 500  # a byte a building each: 35 MB at 175,700; texts of some 15 KB
Thing = TypeVar("Thing")


class ComparisonGone(DataError):
    """What the address names is not at hand any more."""


class LruStore(Generic[Thing]):
    """The latest things by their key; safe between the threads of sessions."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._things: OrderedDict[str, Thing] = OrderedDict()

    def put(self, key: str, thing: Thing) -> str:
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)
        return key

    def get(self, key: str) -> Thing:
        with self._lock:
            if key not in self._things:
                raise ComparisonGone("This comparison is not at hand any more; open the page again.")
            self._things.move_to_end(key)
            return self._things[key]


_MOVES: LruStore[np.ndarray] = LruStore(MOVES_KEPT)
_TEXTS: LruStore[str] = LruStore(TEXTS_KEPT)


def store_changes(way: np.ndarray) -> str:
    """The key of a comparison. way: int8 (n,) as from scoring.studies.grade_changes.directions."""
    return _MOVES.put(hashlib.sha256(way.tobytes()).hexdigest()[:24], way)


def moves(key: str) -> np.ndarray:
    """Raises ComparisonGone."""
    return _MOVES.get(key)


def keep_text(text: str) -> str:
    """The key of a draft's text."""
    return _TEXTS.put(hashlib.sha256(text.encode()).hexdigest()[:24], text)


def text(key: str) -> str:
    """Raises ComparisonGone."""
    return _TEXTS.get(key)
