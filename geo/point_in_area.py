"""Which area a point lies in."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.errors import BrokenOutline

POLYGON, MULTIPOLYGON = 3, 6  # shapely's type numbers


def area_of(lon: ArrayLike, lat: ArrayLike, outlines: Sequence[shapely.Geometry] | np.ndarray) -> NDArray[np.int64]:
    """The index of the outline each point lies in, -1 where it lies in none; shape (n,) as lon and lat.

    A point on a border belongs to the first of the outlines that touch it, so each point has one area at most.
    lon, lat and outlines share one datum. Missing coordinates lie nowhere. Raises BrokenOutline.
    """
    outlines = checked(outlines)
    lon, lat = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
    located = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    tree = shapely.STRtree(shapely.points(lon[located], lat[located]))
    area, point = tree.query(outlines, predicate="intersects")  # the outline is prepared once for all its points
    nowhere = len(outlines)
    first_area = np.full(len(lon), nowhere, np.int64)
    np.minimum.at(first_area, located[point], area)
    return np.where(first_area == nowhere, -1, first_area)


def checked(outlines: Sequence[shapely.Geometry] | np.ndarray) -> NDArray[np.object_]:
    """The outlines as an array of valid (multi)polygons. Raises BrokenOutline for the first that is none."""
    outlines = np.asarray(outlines, dtype=object)
    polygons = np.isin(shapely.get_type_id(outlines), (POLYGON, MULTIPOLYGON)) & ~shapely.is_empty(outlines)
    good = polygons & shapely.is_valid(outlines)
    if not good.all():
        first = int(np.argmin(good))
        if not polygons[first]:
            raise BrokenOutline(
                "Outline {first} is broken: it is no polygon with an inside. Mend it with shapely.make_valid "
                "or draw it anew.",
                first=first,
            )
        raise BrokenOutline(
            "Outline {first} is broken at {place}. Mend it with shapely.make_valid or draw it anew.",
            first=first,
            place=shapely.is_valid_reason(outlines[first]).partition("[")[2].rstrip("]"),
        )
    return outlines
