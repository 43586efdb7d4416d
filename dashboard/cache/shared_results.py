"""Comparisons and draft texts at hand for the map and for downloads: made by a page, asked for by the browser.

They are kept in memory only, the latest ones: whoever comes too late opens the page again, which makes them anew.
"""

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

import numpy as np

from data.errors import DataError

CHANGES_KEPT, TEXTS_KEPT = 200, 500  # a byte a building each: 35 MB at 175,700; texts of some 15 KB
Item = TypeVar("Item")


class ComparisonGone(DataError):
    """What the address names is not at hand any more."""


class LruStore(Generic[Item]):
    """The latest items by their key; safe between the threads of sessions."""

    def __init__(self, max_items: int) -> None:
        self._max_items, self._lock = max_items, Lock()
        self._items: OrderedDict[str, Item] = OrderedDict()

    def put(self, key: str, item: Item) -> str:
        with self._lock:
            self._items[key] = item
            self._items.move_to_end(key)
            while len(self._items) > self._max_items:
                self._items.popitem(last=False)
        return key

    def get(self, key: str) -> Item:
        with self._lock:
            if key not in self._items:
                raise ComparisonGone("This comparison is not at hand any more; open the page again.")
            self._items.move_to_end(key)
            return self._items[key]


_CHANGES: LruStore[np.ndarray] = LruStore(CHANGES_KEPT)
_TEXTS: LruStore[str] = LruStore(TEXTS_KEPT)


def store_changes(direction: np.ndarray) -> str:
    """The key of a comparison. direction: int8 (n,) as from scoring.studies.grade_changes.directions."""
    return _CHANGES.put(hashlib.sha256(direction.tobytes()).hexdigest()[:24], direction)


def load_changes(key: str) -> np.ndarray:
    """Raises ComparisonGone."""
    return _CHANGES.get(key)


def store_text(text: str) -> str:
    """The key of a draft's text."""
    return _TEXTS.put(hashlib.sha256(text.encode()).hexdigest()[:24], text)


def load_text(key: str) -> str:
    """Raises ComparisonGone."""
    return _TEXTS.get(key)
