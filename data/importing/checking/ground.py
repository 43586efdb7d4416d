"""The ground a file brings: polygons and lines in WGS 84, each of the form that its kind needs."""

from collections.abc import Mapping

import numpy as np
import shapely

from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.places import POLYGONS, CityBounds, invalid_outline
from data.importing.checking.row_errors import RowError, RowErrors
from geo.coordinates import to_wgs84

LINES = (1, 5)  # shapely's type numbers of lines and multilines
OF_LINES = ("road", "rail")  # the other kinds are polygons
PLAIN_ROAD = "street"  # the class of a road of which the file says none
NO_LINE = RowError("geometry_kind", "The geometry is no line; a road or rail is drawn along one.")
NO_POLYGON = RowError("geometry_kind", "The geometry is no polygon; the other kinds have an outline with an inside.")


def ground_values(
    values: Mapping[str, np.ndarray],
    geometry: np.ndarray,
    datum: str,
    bounds: CityBounds,
    present: np.ndarray,
    faults: RowErrors,
) -> dict[str, np.ndarray]:
    """The columns of the table. values: kind, and road_class where it is said; geometry: in degrees of `datum`.

    A geometry of another form than its kind needs, a broken one, and one wholly outside the city get a fault.
    """
    kinds, types = values["kind"], shapely.get_type_id(geometry)
    there = not_null(geometry) & ~shapely.is_empty(geometry)
    is_line = np.isin(kinds.astype(str), OF_LINES)

    def refuse(rows: np.ndarray, fault: RowError) -> None:
        faults.add_all(np.flatnonzero(rows & present & ~faults.bad), fault)

    refuse(is_line & ~(there & np.isin(types, LINES)), NO_LINE)
    refuse(~is_line & ~(there & np.isin(types, POLYGONS)), NO_POLYGON)
    broken = present & ~faults.bad & ~shapely.is_valid(geometry)
    faults.add_each(np.flatnonzero(broken), lambda row: invalid_outline(geometry[row]))
    placed = nulls(len(geometry))
    good = present & ~faults.bad
    placed[good] = shapely.transform(geometry[good], lambda x, y: to_wgs84(x, y, datum), interleaved=False)
    city = shapely.box(bounds.west, bounds.south, bounds.east, bounds.north)
    refuse(good & ~shapely.intersects(shapely.envelope(placed), city), _outside(bounds))
    wkb = nulls(len(geometry))
    good = present & ~faults.bad
    wkb[good] = shapely.to_wkb(placed[good])
    return {**values, "road_class": _road_classes(values, kinds == "road"), "geometry": wkb}


def _road_classes(values: Mapping[str, np.ndarray], is_road: np.ndarray) -> np.ndarray:
    said = values.get("road_class", nulls(len(is_road)))
    classes = nulls(len(is_road))
    classes[is_road] = [one or PLAIN_ROAD for one in said[is_road].tolist()]
    return classes


def _outside(bounds: CityBounds) -> RowError:
    return RowError(
        "place_outside",
        "The geometry lies outside '{city}' ({bounds}); correct it, or the datum or bounds in the mapping.",
        city=bounds.city,
        bounds=bounds.extent(),
    )
