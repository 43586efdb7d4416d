"""Object arrays: plain Python values one a row, None for a missing value."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def objects(values: Sequence) -> np.ndarray:
    """The values as an object array of shape (len(values),), whatever they are."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def nulls(rows: int) -> np.ndarray:
    """An object array of None, shape (rows,)."""
    return np.full(rows, None, object)


def not_null(values: np.ndarray) -> np.ndarray:
    """Where a value is not None; bool, same shape."""
    null: Any = None
    return np.not_equal(values, null)


def zip_columns(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """A tuple a row; object (rows,)."""
    return objects(list(zip(left.tolist(), right.tolist(), strict=True)))
