"""The integer key of a place: the bits of its Web-Mercator x and y, interleaved (Z-order).

Everything square on the map is one range of keys: a tile, a cell at any level, and so a slice of rows sorted by key.
A cell of level L is `key >> 2 * (BITS - L)`; a map tile of zoom L is the cell of level L with the same column and row.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import OffTheMap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BITS = 24  # a square of 2.4 m at the equator, 1.7 m in Toronto: nearer than any two entrances
MERCATOR_EDGE = 85.0511287  # degrees of latitude at which the Web-Mercator square ends
RING = np.array([(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1)], np.int64)  # a cell and its eight neighbours


def unit_xy(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Web-Mercator x and y of WGS 84 degrees, 0..1 from the north-west corner, y down. Same shape as given.

    Raises OffTheMap for a missing coordinate, a longitude beyond 180 or a latitude beyond MERCATOR_EDGE.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    good = (np.abs(lon) <= 180) & (np.abs(lat) <= MERCATOR_EDGE)
    if not good.all():
        row = int(np.argmin(np.atleast_1d(good)))
        raise OffTheMap(
            "Place {row} is at longitude, latitude ({lon}, {lat}); keep such places off the map.",
            row=row,
            lon=float(np.atleast_1d(lon)[row]),
            lat=float(np.atleast_1d(lat)[row]),
        )
    y = 0.5 - np.arctanh(np.sin(np.radians(lat))) / (2 * np.pi)
    return lon / 360 + 0.5, np.clip(y, 0, 1)


def lonlat(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """WGS 84 degrees of Web-Mercator x and y in 0..1; the inverse of `unit_xy`."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    return (x - 0.5) * 360, np.degrees(np.arctan(np.sinh((0.5 - y) * 2 * np.pi)))


def keys(lon: ArrayLike, lat: ArrayLike) -> Ints:
    """Keys of WGS 84 degrees, int64 in 0..2^48-1, same shape. Raises OffTheMap as `unit_xy` does."""
    return keys_of_unit(*unit_xy(lon, lat))


def keys_of_unit(x: ArrayLike, y: ArrayLike) -> Ints:
    """Keys of Web-Mercator x and y in 0..1; the far edges belong to the last square."""
    side = 1 << BITS
    column = np.minimum(np.asarray(x, np.float64) * side, side - 1).astype(np.int64)
    row = np.minimum(np.asarray(y, np.float64) * side, side - 1).astype(np.int64)
    return cell_at(column, row)


def cell_at(column: ArrayLike, row: ArrayLike) -> Ints:
    """The cell at a column and row of any one level: column in the even bits, row in the odd ones."""
    return _spread(column) | (_spread(row) << 1)


def cell_xy(cell: ArrayLike, level: int) -> tuple[Ints, Ints]:
    """Column and row of a cell among the 2^level x 2^level cells of its level; `cell_at` turns them back."""
    cell = np.asarray(cell, np.int64) & ((1 << 2 * level) - 1)
    return _compact(cell), _compact(cell >> 1)


def parents(keys: ArrayLike, level: int) -> Ints:
    """The cells of `level` that hold the keys; sorted keys give sorted cells."""
    return np.asarray(keys, np.int64) >> 2 * (BITS - level)


def tile_range(z: int, x: int, y: int) -> tuple[int, int]:
    """The keys of a map tile, [low, high)."""
    low, high = cell_range(cell_at(x, y), z)
    return int(low), int(high)


def cell_range(cell: ArrayLike, level: int) -> tuple[Ints, Ints]:
    """The keys of cells of a level, [low, high) each."""
    cell = np.asarray(cell, np.int64)
    return cell << 2 * (BITS - level), (cell + 1) << 2 * (BITS - level)


def neighbours(cell: ArrayLike, level: int) -> Ints:
    """Each cell with those around it, shape (..., 9), the cell itself in the middle; -1 beyond the map's edge."""
    column, row = cell_xy(cell, level)
    return cells_or_none(column[..., None] + RING[:, 0], row[..., None] + RING[:, 1], level)


def cells_in(first_column: int, first_row: int, columns: int, rows: int, level: int) -> Ints:
    """The cells of a rectangle of a level, sorted; those beyond the map's edge are left out."""
    row, column = np.divmod(np.arange(columns * rows), columns)
    found = cells_or_none(first_column + column, first_row + row, level)
    return np.sort(found[found >= 0])


def cells_or_none(column: Ints, row: Ints, level: int) -> Ints:
    """`cell_at`, with -1 where a column or row lies beyond the map's edge."""
    inside = (column >= 0) & (column < 1 << level) & (row >= 0) & (row < 1 << level)
    return np.where(inside, cell_at(np.where(inside, column, 0), np.where(inside, row, 0)), -1)


def _spread(number: ArrayLike) -> Ints:
    """The low BITS bits of numbers moved to the even places."""
    bits = np.asarray(number, np.int64)
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F)):
        bits = (bits | (bits << shift)) & mask
    for shift, mask in ((2, 0x3333333333333333), (1, 0x5555555555555555)):
        bits = (bits | (bits << shift)) & mask
    return bits


def _compact(bits: Ints) -> Ints:
    """The even bits of numbers moved together; undoes `_spread`."""
    bits = bits & 0x5555555555555555
    for shift, mask in ((1, 0x3333333333333333), (2, 0x0F0F0F0F0F0F0F0F), (4, 0x00FF00FF00FF00FF)):
        bits = (bits | (bits >> shift)) & mask
    for shift, mask in ((8, 0x0000FFFF0000FFFF), (16, 0x00000000FFFFFFFF)):
        bits = (bits | (bits >> shift)) & mask
    return bits
