"""Datums: WGS 84 inside, CGCS2000, GCJ-02 and BD-09 at the door; whole arrays at once.

GCJ-02 and BD-09 are the shifts of Chinese web maps. Their formulas were never published by their owners; the ones
here are those of eviltransform and coordtransform, which every open implementation shares.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import UnknownDatum

Floats = NDArray[np.float64]

WGS84, CGCS2000, GCJ02, BD09 = DATUMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")
# CGCS2000 passes as WGS 84: the two ellipsoids part by 0.1 mm, and the drift of the Eurasian plate since CGCS2000's
# epoch (2000.0, 3 cm a year) is under a metre, less than the width of a wall drawn at the closest zoom.
UNSHIFTED = (WGS84, CGCS2000)

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS 84 ellipsoid (IUGG)
KRASOVSKY_M = 6_378_245.0  # GCJ-02 measures on the Krasovsky 1940 ellipsoid
KRASOVSKY_E2 = 0.00669342162296594323
BD_TURN = np.pi * 3000 / 180
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271  # GCJ-02 shifts inside this box only
ROUNDS = 7  # a round of the inverse gains more than two digits, so seven reach the last bit of a double


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Degrees in `datum` (one of DATUMS) as degrees in WGS 84, same shape; exact to about 1e-12 degrees.

    Raises UnknownDatum.
    """
    lon, lat = _floats(lon, lat, datum)
    if datum == GCJ02:
        return _gcj02_to_wgs84(lon, lat)
    if datum == BD09:
        return _gcj02_to_wgs84(*_undone(_gcj02_to_bd09, lon, lat))
    return lon, lat


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    """Degrees in WGS 84 as degrees in `datum` (one of DATUMS), same shape. Raises UnknownDatum."""
    lon, lat = _floats(lon, lat, datum)
    if datum in UNSHIFTED:
        return lon, lat
    inside = _in_china(lon, lat)
    shifted = _shifted(lon, lat)
    lon, lat = np.where(inside, shifted[0], lon), np.where(inside, shifted[1], lat)
    return _gcj02_to_bd09(lon, lat) if datum == BD09 else (lon, lat)


def metres_between(lon: ArrayLike, lat: ArrayLike, other_lon: ArrayLike, other_lat: ArrayLike) -> Floats:
    """Metres along the sphere between places in degrees; 0.5% off the ellipsoid at worst."""
    lon, lat, other_lon, other_lat = (np.radians(np.asarray(a, np.float64)) for a in (lon, lat, other_lon, other_lat))
    half_chord = np.sin((other_lat - lat) / 2) ** 2
    half_chord = half_chord + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half_chord, 1)))


def _floats(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Floats, Floats]:
    if datum not in DATUMS:
        raise UnknownDatum("'{datum}' is no datum known here; use one of {known}.", datum=datum, known=DATUMS)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def _gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    # The box is asked of the shifted place: its edges lie hundreds of kilometres from any Chinese city.
    inside = _in_china(lon, lat)
    undone = _undone(_shifted, lon, lat)
    return np.where(inside, undone[0], lon), np.where(inside, undone[1], lat)


def _undone(forward, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The place that `forward` takes to (lon, lat), by fixed-point rounds: the shifts change slowly."""
    there_lon, there_lat = lon, lat
    for _ in range(ROUNDS):
        again_lon, again_lat = forward(there_lon, there_lat)
        there_lon, there_lat = there_lon + (lon - again_lon), there_lat + (lat - again_lat)
    return there_lon, there_lat


def _shifted(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS 84 to GCJ-02 without asking whether the place is in China."""
    x, y = lon - 105, lat - 35
    root = np.sqrt(np.abs(x))
    waves = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + _waves(y, 20, 40, 160, 320)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + _waves(x, 20, 40, 150, 300)) * 2 / 3
    flatness = 1 - KRASOVSKY_E2 * np.sin(np.radians(lat)) ** 2
    meridian_m = KRASOVSKY_M * (1 - KRASOVSKY_E2) / flatness**1.5
    parallel_m = KRASOVSKY_M / np.sqrt(flatness) * np.cos(np.radians(lat))
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)


def _waves(at: Floats, first: float, third: float, twelfth: float, thirtieth: float) -> Floats:
    turn = np.pi * at
    slow = twelfth * np.sin(turn / 12) + thirtieth * np.sin(turn / 30)
    return first * np.sin(turn) + third * np.sin(turn / 3) + slow


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
