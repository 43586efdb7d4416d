"""The ground: the city's own outlines, or a tile service with its datum, set by the environment.

CREDIT_MAP_TILES: the address with {z}, {x} and {y}. CREDIT_MAP_TILES_DATUM: WGS84 (default), CGCS2000, GCJ02 or BD09;
data is shifted to fit. CREDIT_MAP_TILES_CREDIT: the service's own attribution.
"""

import os
from dataclasses import dataclass

import numpy as np
import shapely

from data.settings import ground_datum
from geo.coordinates import from_wgs84


@dataclass(frozen=True)
class Basemap:
    """url: None for the area outlines alone."""

    url: str | None
    datum: str
    credit: str

    def shifted(self, outlines: np.ndarray) -> np.ndarray:
        """WGS 84 outlines as this service would draw them."""
        if self.datum in ("WGS84", "CGCS2000"):
            return outlines
        return shapely.transform(outlines, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], self.datum)))


def basemap() -> Basemap:
    return Basemap(
        url=os.environ.get("CREDIT_MAP_TILES") or None,
        datum=ground_datum(),
        credit=os.environ.get("CREDIT_MAP_TILES_CREDIT", ""),
    )
