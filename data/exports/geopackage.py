"""A GeoPackage of two tables: the buildings as points in WGS 84, and a description."""

from pathlib import Path

import numpy as np
import shapely
from pyogrio.raw import write

from data.exports.rows import Batch, Column, Export, Kind

LAYER, ABOUT = "buildings", "about"  # fixed names, whatever the city is called
TYPES: dict[Kind, type] = {"text": object, "whole": np.int32, "decimal": np.float64}
COORDINATES = ("lon", "lat")


def write_geopackage(path: Path, export: Export) -> None:
    """A building that is not on the map has no geometry."""
    columns = [column for column in export.columns if column.key not in COORDINATES]
    _write(path, columns, {column.key: [] for column in export.columns}, append=False)
    for batch in export.batches():
        _write(path, columns, batch, append=True)
    lines = [(line.key, line.heading, line.text) for line in export.about]
    lines += [(f"field {column.key}", column.heading, "") for column in columns]
    texts = [np.array(part, object) for part in zip(*lines, strict=True)]
    write(path, None, texts, ("key", "heading", "text"), layer=ABOUT, driver="GPKG", geometry_type=None, append=True)


def _write(path: Path, columns: list[Column], batch: Batch, append: bool) -> None:
    values = [_filled(batch[column.key], column.kind) for column in columns]
    write(
        path,
        _points(batch),
        [value for value, _ in values],
        [column.key for column in columns],
        field_mask=[missing for _, missing in values],
        layer=LAYER,
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        append=append,
    )


def _filled(values: list, kind: Kind) -> tuple[np.ndarray, np.ndarray | None]:
    """Values with a filler for None, and the mask of those."""
    missing = np.array([value is None for value in values], bool)
    if kind == "text":
        return np.array(values, object), None
    return np.array([0 if value is None else value for value in values], TYPES[kind]), missing


def _points(batch: Batch) -> np.ndarray:
    lon, lat = (np.array(batch[side], np.float64) for side in COORDINATES)  # None becomes NaN
    wkb = np.array(shapely.to_wkb(shapely.points(lon, lat)), object)
    wkb[np.isnan(lon)] = None
    return wkb
