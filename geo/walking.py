"""How long it takes to walk between places: the straight line, made longer by what streets add to it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.coordinates import metres_between

WALK_FACTOR = 1.3  # assumed: a way by streets over the straight line; with roads it is measured instead
WALK_KMH = 4.5  # assumed: a grown-up's pace, waiting at crossings in it
UNREACHED_S = 10**9  # thirty years: where a place is not known, and nobody sets out


def walking_seconds(
    lon: ArrayLike, lat: ArrayLike, factor: float = WALK_FACTOR, kmh: float = WALK_KMH
) -> NDArray[np.int64]:
    """Seconds of walking from each place to each, int64 (n, n), rounded up; symmetric, nought on the diagonal.

    lon, lat: WGS 84 degrees, (n,). factor: the way by streets over the great circle. A place without coordinates is
    UNREACHED_S from every other. Rounding up keeps a way round no shorter than the straight one.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    metres = metres_between(lon[:, None], lat[:, None], lon, lat)
    return seconds_on_foot(metres * factor, kmh)


def seconds_on_foot(metres: NDArray[np.float64], kmh: float = WALK_KMH) -> NDArray[np.int64]:
    """Seconds for a square of distances, (n, n); those that are missing are UNREACHED_S."""
    seconds = np.ceil(metres * 3.6 / kmh)
    seconds = np.where(np.isfinite(seconds), seconds, UNREACHED_S).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    return seconds
