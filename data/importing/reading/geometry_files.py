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
MOST_METRES_OFF = 10  # what a published operation may be off; a building is further from the next
# Datums of the same frame, by how their names begin; what they have drifted apart since is under two metres.
SAME_AS_WGS84 = (
    *("WGS 84", "ITRF", "IGS", "China Geodetic Coordinate System 2000", "ETRS89", "ETRF", "NAD83", "GDA94", "GDA2020"),
    *("NZGD2000", "JGD2000", "JGD2011", "KGD2002", "SIRGAS 2000", "TWD97"),
)
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
    meta, table = pyogrio.read_arrow(path, layer=_layer(name, path, wanted), datetime_as_string=False)
    shapes = meta["geometry_name"] or "wkb_geometry"
    wkb = table.column(shapes).to_pylist()
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    faults = [_wkb_fault(value, shape) for value, shape in zip(wkb, geometry, strict=True)]
    if not meta["crs"] and not_null(geometry).any():
        raise FileRefused(
            "{name}: no reference system is stated; state it in QGIS, or save the layer in WGS 84.", name=name
        )
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
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S")
    elif pa.types.is_nested(column.type):
        return ["" if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_pylist()]
    return pc.fill_null(column.cast(pa.string()), "").to_pylist()


def _in_degrees(name: str, geometry: np.ndarray, stated: str | None) -> np.ndarray:
    """The geometry in degrees of WGS 84, longitude first, whatever projection and datum the file states."""
    present = not_null(geometry)
    if not stated or not present.any():
        return geometry
    try:
        crs = pyproj.CRS.from_user_input(stated)
        datum = crs.geodetic_crs
        if datum is None:
            raise pyproj.exceptions.CRSError("it lies nowhere on earth")
        if not crs.is_geographic:
            degrees = pyproj.Transformer.from_crs(crs, datum, always_xy=True)
            geometry[present] = shapely.transform(geometry[present], degrees.transform, interleaved=False)
    except pyproj.exceptions.ProjError as error:
        raise FileRefused(
            "{name}: the reference system '{stated}' is not known; save it in WGS 84.", name=name, stated=stated
        ) from error
    if not datum.name.startswith(SAME_AS_WGS84):
        geometry[present] = _out_of(name, geometry[present], datum)
    return geometry


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
            datum=datum.name,
            metres=MOST_METRES_OFF,
        )
    return moved
