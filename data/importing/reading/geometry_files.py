"""GeoJSON and GeoPackage: each by its own reader, named here, on bytes we have read.

GDAL opens whatever a file claims to be (descriptions of other files, addresses on the network), so GeoJSON never
reaches it, and a GeoPackage only under a name of ours and with its driver named.
"""

import json
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyproj
import shapely
import shapely.geometry
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

from data.importing.checking.object_arrays import not_null, objects
from data.importing.checking.row_errors import RowError
from data.importing.errors import FileRefused
from scoring.errors import Sentence

Read = tuple[pd.DataFrame, np.ndarray, np.ndarray]  # texts, geometry, faults
HALVES = re.compile("[\ud800-\udfff]")
NO_GEOMETRY = RowError("geometry_missing", "The row has no geometry; draw it, or leave the row out by the mapping.")


def read_geojson(name: str, data: bytes) -> Read:
    """Properties as texts, geometry in degrees, faults of broken geometry. Raises FileRefused."""
    content = _collection(name, data)
    features = content.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileRefused("{name}: 'features' is no list of features; export the file again.", name=name)
    if not features:
        raise FileRefused("{name}: there is no feature; export the file again.", name=name)
    rows = [_properties(name, feature) for feature in features]
    shapes = [_shape(feature.get("geometry")) for feature in features]
    geometry = objects([shape for shape, _ in shapes])
    frame = pd.DataFrame(rows, dtype=str).fillna("")
    return frame, _in_degrees(name, geometry, _stated_crs(content)), objects([fault for _, fault in shapes])


def _stated_crs(content: dict) -> str | None:
    """What older GeoJSON says of its reference system; none is WGS 84."""
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    stated = properties.get("name") if isinstance(properties, dict) else None
    return str(stated) if stated else None


def _collection(name: str, data: bytes) -> dict:
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise FileRefused("{name}: the JSON is broken ({why}); export the file again.", name=name, why=error) from error
    if content.get("type") != "FeatureCollection":
        raise FileRefused(
            "{name}: this is JSON of type {kind!r}; hand in a GeoJSON FeatureCollection.",
            name=name,
            kind=content.get("type"),
        )
    return content


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
        return None, NO_GEOMETRY
    try:
        return shapely.force_2d(shapely.geometry.shape(geometry)), None
    except MemoryError:
        raise
    except Exception as error:  # shapely raises whatever its constructors meet in malformed coordinates
        return None, broken(str(error).partition("\n")[0])


def broken(why: str | Sentence) -> RowError:
    return RowError(
        "geometry_broken", "The geometry is broken ({why}); mend it, for example with QGIS 'Fix geometries'.", why=why
    )


def read_gpkg(name: str, data: bytes, layer: str | None) -> Read:
    """Attributes as texts, geometry in degrees, faults of broken geometry. Raises FileRefused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gpkg"  # a name of ours: theirs could be an address or an option
        path.write_bytes(data)
        try:
            return _read_layer(name, f"GPKG:{path}", layer)
        except MemoryError:
            raise
        except (DataSourceError, DataLayerError, FieldError, GeometryError, pa.ArrowException, ValueError) as error:
            why = str(error).replace(str(path), "the file").rstrip(".")
            raise FileRefused(
                "{name}: the GeoPackage cannot be read ({why}); export it again.", name=name, why=why
            ) from error


def _read_layer(name: str, path: str, wanted: str | None) -> Read:
    layer = _layer(name, path, wanted)
    meta, table = pyogrio.read_arrow(path, layer=layer, datetime_as_string=True)  # with the offset that stands there
    shapes = meta["geometry_name"] or "wkb_geometry"
    wkb = table.column(shapes).to_pylist()
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    faults = [_wkb_fault(value, shape) for value, shape in zip(wkb, geometry, strict=True)]
    columns = {field.name: table.column(field.name) for field in table.schema if not pa.types.is_binary(field.type)}
    frame = pd.DataFrame({name: _texts(column) for name, column in columns.items() if name != shapes}, dtype=str)
    return frame, _in_degrees(name, geometry, meta["crs"]), objects(faults)


def _layer(name: str, path: str, wanted: str | None) -> str:
    layers = [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
    if wanted:
        if wanted not in layers:
            raise FileRefused(
                "{name}: there is no layer '{wanted}'; correct 'layer' in the mapping.", name=name, wanted=wanted
            )
        return wanted
    if len(layers) != 1:
        raise FileRefused(
            "{name}: there are {count} layers, not one; name one with 'layer' in the mapping.",
            name=name,
            count=len(layers),
        )
    return layers[0]


def _wkb_fault(wkb: bytes | None, shape: shapely.Geometry | None) -> RowError | None:
    if wkb is None:
        return NO_GEOMETRY
    return broken(Sentence("it is no well-known binary")) if shape is None else None


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_nested(column.type):
        return ["" if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_pylist()]
    return pc.fill_null(column.cast(pa.string()), "").to_pylist()


def _in_degrees(name: str, geometry: np.ndarray, stated: str | None) -> np.ndarray:
    """The geometry in the degrees of its own datum, longitude first, whatever projection the file states."""
    if not stated:
        return geometry
    try:
        crs = pyproj.CRS.from_user_input(stated)
        if crs.is_geographic:
            return geometry
        degrees = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise FileRefused(
            "{name}: the reference system '{stated}' is not known; save it in WGS 84.", name=name, stated=stated
        ) from error
    present = not_null(geometry)
    geometry[present] = shapely.transform(geometry[present], degrees.transform, interleaved=False)
    return geometry
