"""Geometry of any file: from well-known binary to shapes in degrees, and what is wrong with single ones."""

from collections.abc import Sequence

import numpy as np
import pyproj
import shapely

from data.importing.checking.object_arrays import not_null, nulls, objects
from data.importing.checking.row_errors import RowError
from data.importing.errors import FileRefused
from scoring.errors import Sentence

NO_GEOMETRY = RowError(
    "geometry_missing",
    "The row has no geometry; draw it, or let the mapping keep such rows off the map "
    '([[off_map]] with geometry = "missing").',
)
# Datums on these ellipsoids are of the frame of WGS 84 to within two metres: CGCS2000, ETRS89, NAD83, GDA and the like.
NEAR_WGS84 = ((6378137.0, 298.257223563), (6378137.0, 298.257222101))
MOST_METRES_OFF = 10  # what a published operation may be off; a building is further from the next
DEGREES = 1e-6  # how far ellipsoids may differ and be the same: some files write fewer digits of the flattening


def broken(why: Sentence) -> RowError:
    return RowError(
        "geometry_broken", "The geometry is broken ({why}); mend it, for example with QGIS 'Fix geometries'.", why=why
    )


def of_wkb(values: Sequence[bytes | None]) -> tuple[np.ndarray, np.ndarray]:
    """Shapes and faults, one a row; a shape that cannot be read, is empty or missing is None with a fault."""
    try:
        shapes = shapely.from_wkb(objects(values), on_invalid="ignore")
    except (NotImplementedError, shapely.errors.ShapelyError):  # one of a kind that GEOS does not have
        shapes = objects([_of_one(value) for value in values])
    unreadable = [value is not None and shape is None for value, shape in zip(values, shapes, strict=True)]
    faults = nulls(len(values))
    faults[unreadable] = broken(Sentence("its kind is not known, or its bytes are damaged"))
    return checked(shapes, faults)


def _of_one(value: bytes | None) -> shapely.Geometry | None:
    try:
        return shapely.from_wkb(value, on_invalid="ignore")
    except (NotImplementedError, shapely.errors.ShapelyError):
        return None


def checked(shapes: np.ndarray, faults: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flat shapes and faults: one that is missing or empty has a fault and is None, one without a finite place too."""
    shapes, faults = shapely.force_2d(shapes), faults.copy()
    ends = shapely.bounds(shapes)
    shapes[shapely.is_empty(shapes)] = None
    infinite = not_null(shapes) & ~np.isfinite(ends).all(axis=1)
    infinite[not_null(shapes)] |= ~_finite(shapes[not_null(shapes)])
    shapes[infinite] = None
    faults[infinite & ~not_null(faults)] = broken(Sentence("a coordinate is no finite number"))
    faults[~not_null(shapes) & ~not_null(faults)] = NO_GEOMETRY
    return shapes, faults


def _finite(shapes: np.ndarray) -> np.ndarray:
    """Whether all coordinates of each shape are finite."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    bad = owners[~np.isfinite(coordinates).all(axis=1)]
    return ~np.isin(np.arange(len(shapes)), bad)


def in_degrees(name: str, geometry: np.ndarray, stated: str | None) -> np.ndarray:
    """The geometry in degrees of WGS 84, longitude first, whatever projection and datum the file states.

    Raises FileRefused where that system is not known, or no published operation leads from its datum to WGS 84.
    """
    present = not_null(geometry)
    if not stated or not present.any():
        return geometry
    try:
        crs = pyproj.CRS.from_user_input(stated)
        datum = crs.geodetic_crs
        if datum is None or crs.ellipsoid is None:
            raise ValueError(f"no datum in {crs.name}")
        if not crs.is_geographic:
            degrees = pyproj.Transformer.from_crs(crs, datum, always_xy=True)
            geometry[present] = shapely.transform(geometry[present], degrees.transform, interleaved=False)
    except (pyproj.exceptions.ProjError, TypeError, ValueError) as error:
        raise FileRefused(
            "{name}: the reference system '{stated}' is not known; save it in WGS 84.", name=name, stated=_short(stated)
        ) from error
    if datum.datum is None or datum.datum.name.lower().startswith("unknown"):
        raise unstated(name)
    if not _is_near_wgs84(datum):
        geometry[present] = _out_of(name, geometry[present], datum)
    return geometry


def unstated(name: str) -> FileRefused:
    return FileRefused(
        "{name}: no reference system is stated; state it in QGIS, or save the layer in WGS 84.", name=name
    )


def _is_near_wgs84(datum: pyproj.CRS) -> bool:
    ellipsoid, meridian = datum.ellipsoid, datum.prime_meridian
    if ellipsoid is None or (meridian is not None and abs(meridian.longitude) > DEGREES):
        return False
    axis, flattening = ellipsoid.semi_major_metre, ellipsoid.inverse_flattening
    return any(abs(axis - a) < 1 and abs(flattening - f) < DEGREES * f for a, f in NEAR_WGS84)


def _out_of(name: str, geometry: np.ndarray, datum: pyproj.CRS) -> np.ndarray:
    """Degrees of an older datum in WGS 84, by an operation that is published for the very part of the earth."""
    area = pyproj.transformer.AreaOfInterest(*shapely.total_bounds(geometry).tolist())
    try:
        to_wgs84 = pyproj.Transformer.from_crs(
            datum, "EPSG:4326", True, area_of_interest=area, accuracy=MOST_METRES_OFF, allow_ballpark=False
        )
        moved = shapely.transform(geometry, to_wgs84.transform, interleaved=False)
    except pyproj.exceptions.ProjError:
        moved = None
    if moved is None or not np.isfinite(shapely.get_coordinates(moved)).all():
        raise FileRefused(
            "{name}: the datum '{datum}' cannot be turned into WGS 84 here to within {metres} m; save the layer in WGS "
            "84 with the parameters of your survey.",
            name=name,
            datum=_short(datum.name),
            metres=MOST_METRES_OFF,
        )
    return moved


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else f"{one_line[:77]}…"
