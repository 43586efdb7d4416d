"""Where the rejected rows of a file lie, as far as it says so: for a look at them before they are mended."""

from collections.abc import Sequence

import numpy as np

from data.importing.checking.places import floats, in_wgs84
from data.importing.checking.prepared import Prepared


def places_of_rows(prepared: Prepared, rows: Sequence[int]) -> np.ndarray:
    """lon, lat in WGS 84 degrees as the rows say them, shape (rows, 2); NaN where there are none."""
    lon, lat, datum = _said(prepared, rows)
    lon, lat = in_wgs84(lon, lat, datum, np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90))
    return np.column_stack([lon, lat])


def _said(prepared: Prepared, rows: Sequence[int]) -> tuple[np.ndarray, np.ndarray, str]:
    """Longitude and latitude of some rows, and their datum. Of an outline its middle."""
    for parsed in prepared.parsed.values():
        if parsed.block.place is not None and parsed.lon is not None and parsed.lat is not None:
            return floats(parsed.lon[rows]), floats(parsed.lat[rows]), parsed.block.place.datum
    nowhere = np.full(len(rows), np.nan)
    if prepared.table.geometry is None:
        return nowhere, nowhere, prepared.mapping.outline_datum
    import shapely  # only files with geometry need it

    middles = shapely.centroid(prepared.table.geometry[rows])
    places = (one.block.place for one in prepared.parsed.values())
    datum = next((place.datum for place in places if place is not None), prepared.mapping.outline_datum)
    return shapely.get_x(middles), shapely.get_y(middles), datum
