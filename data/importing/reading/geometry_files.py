"""GeoPackage and shapefile: each by its own driver of GDAL, named here, on bytes we have read.

GDAL opens whatever a file claims to be (descriptions of other files, addresses on the network), so it gets a file only
under a name of ours and with its driver named.
"""

import json
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

from data.errors import why_not
from data.importing.checking.object_arrays import not_null, nulls
from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from data.importing.reading.content import Content, ReadFrom
from data.importing.reading.headings import lacking
from data.importing.reading.shapes import checked, in_degrees, of_wkb, unstated
from scoring.errors import Sentence

NO_DATA = ("layer_styles", "qgis_projects")  # what QGIS keeps beside the data
CURVED = frozenset(range(8, 15))  # kinds of geometry in well-known binary that GEOS does not have, but GDAL straightens


@dataclass(frozen=True)
class Layer:
    """One layer as a file lists it. drawn: whether its rows have geometry."""

    name: str
    drawn: bool


def read_gpkg(name: str, data: bytes, layout: Layout) -> Content:
    """Attributes as texts, geometry in degrees, faults of broken geometry. Raises FileRefused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.gpkg"  # a name of ours: theirs could be an address or an option
        path.write_bytes(data)
        with refused(name, Sentence("GeoPackage"), path):
            source = f"GPKG:{path}"
            layers = [Layer(str(one), kind is not None) for one, kind in pyogrio.list_layers(source)]
            layer, parts = _chosen(name, source, layers, layout)
            frame, shapes, faults, crs = read_layer(source, layer)
            if not crs and not_null(shapes).any():
                raise unstated(name)
            read_from = ReadFrom(layer, parts)
            return Content(frame, in_degrees(name, shapes, crs), faults, read_from=read_from)


@contextmanager
def refused(name: str, what: Sentence, path: Path) -> Iterator[None]:
    """Whatever GDAL says of a file it cannot read is one refusal, and its warnings are nobody's concern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except MemoryError:
        raise
    except (DataSourceError, DataLayerError, FieldError, GeometryError, pa.ArrowException, ValueError) as error:
        why = why_not(str(error).replace(str(path), "the file").rstrip("."))
        raise FileRefused(
            "{name}: the {what} cannot be read ({why}); export it again.", name=name, what=what, why=why
        ) from error


def read_layer(source: str, layer: str, **options: object) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, str | None]:
    """Attributes as texts, shapes as they are drawn, their faults, and the reference system. Raises GDAL's errors."""
    meta, table = pyogrio.read_arrow(source, layer=layer, datetime_as_string=True, **options)
    shapes = meta["geometry_name"] or "wkb_geometry"
    columns = {field.name: table.column(field.name) for field in table.schema if not pa.types.is_binary(field.type)}
    texts = {column: texts_of(values) for column, values in columns.items() if column != shapes}
    frame = pd.DataFrame(texts, dtype=str, index=range(table.num_rows))
    if shapes not in table.column_names:
        return frame, *checked(nulls(table.num_rows), nulls(table.num_rows)), meta["crs"]
    wkb = table.column(shapes).to_pylist()
    if any(map(_is_curved, wkb)):
        wkb = pyogrio.raw.read(source, layer=layer, columns=[], **options)[2].tolist()
    return frame, *of_wkb(wkb), meta["crs"]


def _is_curved(wkb: bytes | None) -> bool:
    """Whether the geometry has arcs, or holds others that may."""
    if wkb is None or len(wkb) < 5:
        return False
    kind = int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") & 0xFFFF
    return kind % 1000 in CURVED or kind % 1000 == 7


def _chosen(name: str, source: str, layers: Sequence[Layer], layout: Layout) -> tuple[str, tuple[str, ...]]:
    """The layer to be read, and those there are. Raises FileRefused where it is not plain which."""
    if layout.layer:
        if layout.layer not in [one.name for one in layers]:
            raise FileRefused(
                "{name}: there is no layer '{wanted}'; correct 'layer' in the mapping.", name=name, wanted=layout.layer
            )
        return layout.layer, (layout.layer,) if not layout.looking else _names(layers)
    listed = [one for one in layers if one.name not in NO_DATA]
    drawn = [one for one in listed if one.drawn] or listed
    filled = [one for one in drawn if _rows(source, one.name)] if len(drawn) > 1 else drawn
    candidates = filled or drawn
    if not candidates:
        raise FileRefused("{name}: there is no layer; export the file again.", name=name)
    having = [one for one in candidates if not lacking(_fields(source, one.name), layout)]
    if len(candidates) > 1 and len(having) == 1 and layout.names():
        candidates = having
    if len(candidates) > 1 and not layout.looking:
        raise FileRefused(
            "{name}: there are {count} layers, not one ({layers}); name one with 'layer' in the mapping.",
            name=name,
            count=len(candidates),
            layers=_names(candidates),
        )
    return candidates[0].name, _names(drawn)


def _names(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(one.name for one in layers if one.name not in NO_DATA)


def _rows(source: str, layer: str) -> int:
    return pyogrio.read_info(source, layer=layer, force_feature_count=True)["features"]


def _fields(source: str, layer: str) -> list[str]:
    return [str(one) for one in pyogrio.read_info(source, layer=layer)["fields"]]


def texts_of(column: pa.ChunkedArray) -> list[str]:
    """Values of any kind as texts, "" where null; lists and tables as JSON."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("s", column.type.tz), safe=False)
        column = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S" + ("%z" if column.type.tz else ""))
    elif pa.types.is_nested(column.type):
        values = column.to_pylist()
        return ["" if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in values]
    return pc.fill_null(column.cast(pa.string()), "").to_pylist()
