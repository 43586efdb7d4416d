"""Coordinates of rows: the file's degrees in WGS 84, checked against the city's bounds and the areas they state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from data.errors import why_not
from data.importing.checking.area_names import NONE, AreaNames, StatedAreas
from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.row_errors import RowError, RowErrors
from geo.coordinates import to_wgs84
from geo.point_in_area import MULTIPOLYGON, POLYGON, area_of
from scoring.errors import Sentence
from scoring.third_party_faults import LibraryFault, library_fault

POINT = 0  # shapely's type number
POLYGONS = (POLYGON, MULTIPOLYGON)
KM_A_DEGREE = 111.2  # of latitude
NEAR_DEGREES = 0.002  # about 200 m: outlines are coarser than positions of houses
NOT_POLYGON = RowError("geometry_kind", "The geometry is no polygon; an area needs an outline with an inside.")
MISSING = RowError(
    "place_missing", "The place is missing; fill in both coordinates, or let the mapping keep such rows off the map."
)


@dataclass(frozen=True)
class CityBounds:
    """west, south, east, north in WGS 84 degrees, and the city's code for the sentences."""

    city: str
    west: float
    south: float
    east: float
    north: float

    def hold(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)

    def extent(self) -> Sentence:
        sides = {"west": self.west, "south": self.south, "east": self.east, "north": self.north}
        return Sentence("{west:g} to {east:g} E, {south:g} to {north:g} N", **sides)


def floats(values: np.ndarray) -> np.ndarray:
    """Object array of numbers and None as float64, NaN where missing."""
    return np.array([np.nan if value is None else value for value in values.tolist()], float)


def of_geometry(geometry: np.ndarray, faults: RowErrors) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of points, and of a point inside each outline; NaN where there is none."""
    present = not_null(geometry)
    valid = shapely.is_valid(geometry)
    faults.add_each(np.flatnonzero(present & ~valid & ~faults.bad), lambda row: invalid_outline(geometry[row]))
    points = nulls(len(geometry))
    points[valid] = geometry[valid]
    others = valid & (shapely.get_type_id(geometry) != POINT)
    points[others] = shapely.point_on_surface(geometry[others])
    return shapely.get_x(points), shapely.get_y(points)


def wgs84_places(
    lon: np.ndarray, lat: np.ndarray, datum: str, bounds: CityBounds, wanted: np.ndarray, faults: RowErrors
) -> tuple[np.ndarray, np.ndarray]:
    """The places in WGS 84; a wanted row whose place is missing, swapped or outside the city gets a fault.

    lon, lat: degrees in `datum`, NaN missing; wanted: bool; all of shape (rows,).
    """
    placed = np.isfinite(lon) & np.isfinite(lat)
    wgs84_lon, wgs84_lat = in_wgs84(lon, lat, datum, placed)
    inside = placed & bounds.hold(wgs84_lon, wgs84_lat)
    swapped = placed & ~inside & bounds.hold(*in_wgs84(lat, lon, datum, placed))
    wanted = wanted & ~faults.bad
    faults.add_all(np.flatnonzero(wanted & ~placed), MISSING)
    faults.add_each(np.flatnonzero(wanted & swapped), lambda row: _swapped(lon[row], lat[row], bounds))
    outside = wanted & placed & ~inside & ~swapped
    faults.add_each(np.flatnonzero(outside), lambda row: _outside(lon[row], lat[row], datum, bounds))
    return wgs84_lon, wgs84_lat


def in_wgs84(lon: np.ndarray, lat: np.ndarray, datum: str, placed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of those that are placed and could be degrees; NaN for the others."""
    valid = placed & (np.abs(lon) <= 180) & (np.abs(lat) <= 180)
    wgs84_lon, wgs84_lat = np.full(len(lon), np.nan), np.full(len(lat), np.nan)
    wgs84_lon[valid], wgs84_lat[valid] = to_wgs84(lon[valid], lat[valid], datum)
    return wgs84_lon, wgs84_lat


def _swapped(lon: float, lat: float, bounds: CityBounds) -> RowError:
    return RowError(
        "place_swapped",
        "Longitude {lon:g} and latitude {lat:g} lie outside '{city}' but fit when swapped; swap them.",
        lon=lon,
        lat=lat,
        city=bounds.city,
    )


def _outside(lon: float, lat: float, datum: str, bounds: CityBounds) -> RowError:
    return RowError(
        "place_outside",
        "Longitude {lon:g}, latitude {lat:g} ({datum}) lies outside '{city}' ({bounds}); correct it, or the datum "
        "or bounds in the mapping.",
        lon=lon,
        lat=lat,
        datum=datum,
        city=bounds.city,
        bounds=bounds.extent(),
    )


@dataclass(frozen=True)
class Mended:
    """An outline that was broken and is drawn anew. why: what was wrong; km2_before, km2_after: its area, as far as the
    broken one has any."""

    why: LibraryFault
    km2_before: float
    km2_after: float


def mended(geometry: np.ndarray) -> tuple[np.ndarray, dict[int, Mended]]:
    """The geometry with broken outlines made valid, and by their rows what became of them. One of which no polygon can
    be made stays as it is."""
    broken = np.flatnonzero(np.isin(shapely.get_type_id(geometry), POLYGONS) & ~shapely.is_valid(geometry))
    drawn = shapely.make_valid(geometry[broken], method="structure", keep_collapsed=False)
    is_good = np.isin(shapely.get_type_id(drawn), POLYGONS) & ~shapely.is_empty(drawn)
    broken, drawn = broken[is_good], drawn[is_good]
    why = map(library_fault, shapely.is_valid_reason(geometry[broken]).tolist())
    before, after = _km2(geometry[broken]), _km2(drawn)
    notes = [Mended(*note) for note in zip(why, before.tolist(), after.tolist(), strict=True)]
    geometry = geometry.copy()
    geometry[broken] = drawn
    return geometry, dict(zip(broken.tolist(), notes, strict=True))


def _km2(outlines: np.ndarray) -> np.ndarray:
    """Square kilometres of outlines in degrees, to within a per cent."""
    middle = np.radians(shapely.bounds(outlines)[:, [1, 3]].mean(axis=1)) if len(outlines) else np.empty(0)
    return shapely.area(outlines) * KM_A_DEGREE**2 * np.cos(middle)


def outlines(geometry: np.ndarray, datum: str, bounds: CityBounds, faults: RowErrors) -> np.ndarray:
    """The outlines in WGS 84, object (rows,); one that is broken, no polygon or outside the city gets a fault."""
    present = not_null(geometry)
    polygon = present & np.isin(shapely.get_type_id(geometry), POLYGONS) & ~shapely.is_empty(geometry)
    faults.add_all(np.flatnonzero(present & ~polygon & ~faults.bad), NOT_POLYGON)
    lon, lat = of_geometry(geometry, faults)
    wgs84_places(lon, lat, datum, bounds, np.ones(len(geometry), bool), faults)
    good = ~faults.bad
    converted = nulls(len(geometry))
    converted[good] = shapely.transform(geometry[good], lambda x, y: to_wgs84(x, y, datum), interleaved=False)
    return converted


def invalid_outline(outline: shapely.Geometry) -> RowError:
    why = why_not(shapely.is_valid_reason(outline))
    return RowError(
        "geometry_broken",
        "The outline is broken ({why}); mend it with QGIS 'Fix geometries', or say mend_outlines = true in the "
        "mapping.",
        why=why,
    )


@dataclass(frozen=True)
class LevelAreas:
    """The areas of one level: ids, code → position, outlines in WGS 84, names as `AreaNames` has them.

    ended: position → from which day the area is no more; these come last.
    """

    level: str
    ids: tuple[int, ...]
    positions: Mapping[str, int]
    outlines: Sequence[shapely.Geometry]
    names: AreaNames
    ended: Mapping[int, date]

    def around(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """The id of the area each place lies in, None where in none; object (rows,)."""
        return self.ids_at(self._positions_around(lon, lat))

    def _positions_around(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return area_of(lon, lat, self.outlines[: len(self.outlines) - len(self.ended)])

    def stated(
        self,
        stated: StatedAreas,
        lon: np.ndarray,
        lat: np.ndarray,
        wanted: np.ndarray,
        has_ended: np.ndarray,
        faults: RowErrors,
    ) -> np.ndarray:
        """The id of the area each row states; an unknown one, or a place away from that area, is a fault, and so is one
        that ended, but of what has ended itself. wanted, has_ended: bool (rows,)."""
        said = stated.said
        if stated.by_name:
            positions = self.names.positions(stated, wanted, faults)
        else:
            found = (NONE if code is None else self.positions.get(code, -1) for code in said.tolist())
            positions = np.fromiter(found, int, len(said))
            faults.add_each(np.flatnonzero(wanted & (positions == -1)), lambda row: self._unknown(said[row]))
        ended = np.flatnonzero(wanted & ~has_ended & np.isin(positions, list(self.ended)))
        faults.add_each(ended, lambda row: self._ended(said[row], self.ended[int(positions[row])]))
        placed = wanted & (positions >= 0) & np.isfinite(lon) & np.isfinite(lat)
        around = self._positions_around(lon[placed], lat[placed])
        doubtful = np.flatnonzero(placed)[around != positions[placed]]
        outlines = np.array(self.outlines, object)[positions[doubtful]]
        far = shapely.distance(outlines, shapely.points(lon[doubtful], lat[doubtful])) > NEAR_DEGREES
        faults.add_each(doubtful[far], lambda row: self._elsewhere(said[row], lon[row], lat[row]))
        return self.ids_at(positions)

    def ids_at(self, positions: np.ndarray) -> np.ndarray:
        return np.array([*self.ids, None], object)[np.where(positions < 0, len(self.ids), positions)]

    def _unknown(self, code: str) -> RowError:
        return RowError(
            "area_unknown",
            "There is no {level} '{code}'; correct the code, or import that area first.",
            level=Sentence(self.level),
            code=code,
        )

    def _ended(self, said: str, day: date) -> RowError:
        return RowError(
            "area_ended",
            "The {level} '{said}' ended on {day}; say the one it lies in now, or when this ended.",
            level=Sentence(self.level),
            said=said,
            day=day,
        )

    def _elsewhere(self, code: str, lon: float, lat: float) -> RowError:
        return RowError(
            "outside_its_area",
            "Longitude {lon:g}, latitude {lat:g} is not in its {level} '{code}'; correct one of the two.",
            lon=lon,
            lat=lat,
            level=Sentence(self.level),
            code=code,
        )
