"""What lies under the data: the city's own outlines, or a tile service with its datum, as data.settings says."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.settings import settings
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

    def shifted_bounds(self, bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """West, south, east, north in WGS 84 as this service would draw them."""
        west, south, east, north = shapely.total_bounds(self.shifted(np.array([shapely.box(*bounds)]))).tolist()
        return west, south, east, north


def basemap() -> Basemap:
    now = settings()
    return Basemap(now.tiles_url, now.tiles_datum, now.tiles_credit)
