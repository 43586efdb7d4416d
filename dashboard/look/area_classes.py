"""The classes of coloured areas: five at most, each with an area in it, bounded by what the legend can print."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dashboard.look.palette import SHARES

MIDDLE = len(SHARES) // 2
CLASSES_END_AT = (0.2, 0.4, 0.6, 0.8)  # of the areas, by rising value
SHARE_STEPS = 1000  # a share is printed to a tenth of a per cent


@dataclass(frozen=True, eq=False)
class AreaClasses:
    """colours: of each area, an index into SHARES, -1 for nothing to say, int64 (areas,). labels: colour → its class
    in words, rising; only those that an area has."""

    colours: np.ndarray
    labels: dict[int, str]


def area_classes(values: np.ndarray, shares: bool) -> AreaClasses:
    """values: float64 (areas,), NaN for nothing to say. shares: whether they are parts of a whole, not numbers."""
    is_known = np.isfinite(values)
    known = values[is_known]
    bounds = _bounds(known, shares)
    colours = np.full(len(values), -1)
    colours[is_known] = _colours(len(bounds) + 1, known)[np.searchsorted(bounds, known, side="right")]
    labels = _labels(known, bounds, shares) if len(known) else []
    return AreaClasses(colours, dict(zip(np.unique(colours[is_known]).tolist(), labels, strict=True)))


def _bounds(known: np.ndarray, shares: bool) -> np.ndarray:
    """Where one class ends and the next begins, rising.

    Each is the value of an area, rounded down to what is printed, so that no class between two of them is empty; the
    class below the first is not, as a value lies below it.
    """
    if not len(known):
        return np.empty(0)
    scale = SHARE_STEPS if shares else 1
    bounds = np.unique(np.floor(np.quantile(known, CLASSES_END_AT, method="higher") * scale) / scale)
    return bounds[bounds > known.min()]


def _colours(classes: int, known: np.ndarray) -> np.ndarray:
    """The colour of each class, from the lightest to the darkest; a single class of noughts is light."""
    if classes == 1:
        return np.array([MIDDLE if known.max(initial=0) > 0 else 0])
    return np.linspace(0, len(SHARES) - 1, classes).round().astype(np.int64)


def _labels(known: np.ndarray, bounds: np.ndarray, shares: bool) -> list[str]:
    if not len(bounds):
        return [_range(known.min(), known.max(), shares)]
    between = [_range(low, high if shares else high - 1, shares) for low, high in pairwise(bounds)]
    return [_first(known[known < bounds[0]], bounds[0], shares), *between, _last(known.max(), bounds[-1], shares)]


def _first(known: np.ndarray, end: float, shares: bool) -> str:
    """The class below the first bound; a single value as it is, such as none at all."""
    if not shares:
        return _range(known.min(), end - 1, shares)
    least = _text(known.min(), shares)
    return least if least == _text(known.max(), shares) != _text(end, shares) else f"< {_text(end, shares)}"


def _last(most: float, begin: float, shares: bool) -> str:
    return _text(begin, shares) if _text(most, shares) == _text(begin, shares) else f"≥ {_text(begin, shares)}"


def _range(low: float, high: float, shares: bool) -> str:
    ends = dict.fromkeys(_text(end, shares) for end in (low, high))
    return " – ".join(ends)


def _text(value: float, shares: bool) -> str:
    return f"{value:.1%}" if shares else f"{value:,.0f}"
