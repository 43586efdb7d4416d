"""GeoJSON (RFC 7946): one collection of points, streamed; its description is in a member of its own, `about`."""

import json
from collections.abc import Iterator
from typing import Any

from data.exports.rows import Batch, Export


def feature_collection(export: Export) -> Iterator[bytes]:
    """A building that is not on the map is a feature without a geometry."""
    about: dict[str, Any] = {line.key: line.text for line in export.about}
    about["fields"] = {column.key: column.heading for column in export.columns}
    yield f'{{"type":"FeatureCollection","about":{_json(about)},"features":[\n'.encode()
    separator = ""
    for batch in export.batches():
        yield (separator + ",\n".join(_features(batch))).encode()
        separator = ",\n"
    yield b"\n]}\n"


def _features(batch: Batch) -> Iterator[str]:
    for values in zip(*batch.values(), strict=True):
        properties = dict(zip(batch, values, strict=True))
        lon, lat = properties.pop("lon"), properties.pop("lat")
        point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
        yield _json({"type": "Feature", "geometry": point, "properties": properties})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
