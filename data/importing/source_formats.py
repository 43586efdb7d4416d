"""The formats a file may come in. A new one is a line here, its sign in reading/file_type.py, its reader in
reading/tables.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.errors import Sentence


@dataclass(frozen=True)
class SourceFormat:
    """One format of files.

    name: as a mapping's 'format' says it. title: as people call it. endings: of the files people hand in.
    has_geometry: whether its rows may bring outlines or points of their own.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    has_geometry: bool = False


_FORMATS = (
    SourceFormat("csv", "CSV", ("csv", "txt")),
    SourceFormat("xlsx", "XLSX", ("xlsx",)),
    SourceFormat("geojson", "GeoJSON", ("geojson", "json"), has_geometry=True),
    SourceFormat("gpkg", "GeoPackage", ("gpkg",), has_geometry=True),
    SourceFormat("shapefile", "zipped Shapefile", ("zip",), has_geometry=True),
    SourceFormat("parquet", "Parquet", ("parquet",)),
    SourceFormat("geoparquet", "GeoParquet", ("geoparquet",), has_geometry=True),
)
SOURCE_FORMATS: Mapping[str, SourceFormat] = {one.name: one for one in _FORMATS}
FORMATS = tuple(SOURCE_FORMATS)
WITH_OUTLINES = tuple(one.name for one in _FORMATS if one.has_geometry)
ENDINGS = tuple(ending for one in _FORMATS for ending in one.endings)


def titles() -> Sentence:
    """All of them in one sentence: CSV, XLSX, GeoJSON or GeoPackage."""
    *others, last = (one.title for one in _FORMATS)
    return Sentence("{left} or {right}", left=tuple(others), right=last)


def alike(name: str) -> tuple[str, ...]:
    """The formats that can hold what a file of this one holds."""
    return tuple(one.name for one in _FORMATS if one.has_geometry == SOURCE_FORMATS[name].has_geometry)
