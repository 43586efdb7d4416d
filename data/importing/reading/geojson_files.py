"""GeoJSON, read by Python's own JSON: GDAL opens whatever a file claims to be, so GeoJSON never reaches it."""

import json
import re

import pandas as pd
import shapely
import shapely.geometry

from data.errors import why_not
from data.importing.checking.object_arrays import objects
from data.importing.checking.row_errors import RowError
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import Content
from data.importing.reading.encodings import decoded
from data.importing.reading.shapes import broken, checked, in_degrees
from data.importing.writing.rejected_rows import OWN_COLUMNS

HALVES = re.compile("[\ud800-\udfff]")


def read_geojson(name: str, data: bytes, layout: Layout) -> Content:
    """Properties as texts, geometry in degrees, faults of broken geometry. Raises FileRefused."""
    content = _collection(name, decoded(name, data, layout.encoding))
    features = content.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileRefused("{name}: 'features' is no list of features; export the file again.", name=name)
    if not features:
        raise FileRefused("{name}: there is no feature; export the file again.", name=name)
    frame = pd.DataFrame([_properties(name, feature) for feature in features], dtype=str).fillna("")
    was_rejected = set(OWN_COLUMNS) <= set(frame.columns)
    if was_rejected:
        frame = frame.drop(columns=list(OWN_COLUMNS))
    shapes = [_shape(feature.get("geometry")) for feature in features]
    geometry, faults = checked(objects([shape for shape, _ in shapes]), objects([fault for _, fault in shapes]))
    return Content(frame, in_degrees(name, geometry, _stated_crs(content)), faults, was_rejected=was_rejected)


def _stated_crs(content: dict) -> str | None:
    """What older GeoJSON says of its reference system; none is WGS 84."""
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    stated = properties.get("name") if isinstance(properties, dict) else None
    return str(stated) if stated else None


def _collection(name: str, text: str) -> dict:
    try:
        content = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError) as error:
        if _is_lines(text):
            raise FileRefused(
                "{name}: this is one JSON a line; save it as one GeoJSON FeatureCollection.", name=name
            ) from error
        line = getattr(error, "lineno", 1)
        raise FileRefused(
            "{name}: the JSON is broken at line {line}; export the file again.", name=name, line=line
        ) from error
    if content.get("type") != "FeatureCollection":
        kind = content.get("type")
        if not isinstance(kind, str):
            raise FileRefused(
                "{name}: this is JSON, and neither CSV nor GeoJSON; save it as CSV, or as a GeoJSON FeatureCollection.",
                name=name,
            )
        raise FileRefused(
            "{name}: this is JSON of type {kind!r}; hand in a GeoJSON FeatureCollection.", name=name, kind=kind
        )
    return content


def _is_lines(text: str) -> bool:
    first, _, second = text.strip().partition("\n")
    try:
        return isinstance(json.loads(first), dict) and second.lstrip()[:1] == "{"
    except (ValueError, RecursionError):
        return False


def _properties(name: str, feature: dict) -> dict[str, str]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise FileRefused("{name}: the 'properties' of a feature are no table; export the file again.", name=name)
    return {_writable(key): _text(value) for key, value in properties.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return _writable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _writable(text: str) -> str:
    """JSON may hold halves of characters, which no file or database takes."""
    return HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def _shape(geometry: object) -> tuple[shapely.Geometry | None, RowError | None]:
    if geometry is None:
        return None, None
    try:
        return shapely.geometry.shape(geometry), None
    except MemoryError:
        raise
    except Exception as error:  # shapely raises whatever its constructors meet in malformed coordinates
        return None, broken(why_not(str(error).partition("\n")[0]))
